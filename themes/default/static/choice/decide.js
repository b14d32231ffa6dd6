// The questions that lead to a severity, one at a time. On paper and without this they are a list.

/**
 * Puts the sentence that names the severity into an element of its own, so that a question can be
 * shown without its answer.
 * @param {HTMLElement} item
 */
function decideSplit(item) {
  const own = item.querySelector(":scope > .then");
  if (own) return own;
  const link = item.querySelector(".sev");
  if (!link) return null;
  const then = document.createElement("span");
  then.className = "then";
  const before = link.previousSibling;
  const after = link.nextSibling;
  link.before(then);
  if (before instanceof Text) {
    const start = before.data.search(/[^.?!\s][^.?!]*$/);
    if (start >= 0) then.append(before.splitText(start));
  }
  then.append(link);
  if (after instanceof Text) {
    const end = after.data.search(/[.?!]/);
    if (end >= 0) {
      after.splitText(end + 1);
      then.append(after);
    }
  }
  return then;
}

/** A copy without ids, which stand in a page once. @param {Node} node */
function decideCopy(node) {
  const copy = /** @type {HTMLElement} */ (node.cloneNode(true));
  for (const element of copy.querySelectorAll("[id]")) element.removeAttribute("id");
  return copy;
}

/** @param {string} words @param {() => void} act */
function decideButton(words, act) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button";
  button.textContent = words;
  button.addEventListener("click", act);
  return button;
}

/** @param {HTMLElement} list */
function decideStepwise(list) {
  const items = /** @type {HTMLElement[]} */ ([...list.children]);
  const answers = items.map(decideSplit);
  if (answers.some((answer) => !answer)) return;
  const section = document.createElement("section");
  section.className = "asking";
  section.setAttribute("aria-label", "One question at a time");
  const count = document.createElement("p");
  count.className = "count";
  const text = document.createElement("div");
  text.className = "said";
  text.tabIndex = -1;
  const buttons = document.createElement("p");
  buttons.className = "answers";
  section.append(count, text, buttons);
  list.before(section);

  /** @param {number} index */
  const question = (index) => {
    const copy = document.createElement("div");
    copy.append(...decideCopy(items[index]).childNodes);
    copy.querySelector(".then")?.remove();
    return copy;
  };
  /** @param {number} index @param {boolean} moves whether the reader gave an answer */
  const ask = (index, moves) => {
    count.textContent = `Question ${index + 1} of ${items.length}`;
    text.replaceChildren(question(index));
    buttons.replaceChildren(
      decideButton("Yes", () => conclude(index)),
      // After the last question only its answer is left.
      decideButton("No", () => (index + 2 < items.length ? ask(index + 1, true) : conclude(index + 1))),
    );
    if (index > 0) buttons.append(decideButton("Back", () => ask(index - 1, true)));
    buttons.append(decideButton("Show all questions", () => show(false)));
    if (moves) text.focus();
  };
  /** @param {number} index */
  const conclude = (index) => {
    const link = answers[index]?.querySelector(".sev");
    if (!(link instanceof HTMLAnchorElement)) return;
    const isLast = index + 1 === items.length;
    count.textContent = "Answer";
    const answer = document.createElement("p");
    answer.className = "answer";
    answer.append("It is ", decideCopy(link), ".");
    const why = document.createElement("div");
    why.className = "why";
    why.append(isLast ? "No question before it fits. " : "You said yes to: ", ...question(index).childNodes);
    text.replaceChildren(answer, why);
    const next = document.createElement("a");
    next.className = "button";
    next.href = link.href;
    next.textContent = `What happens next: ${link.textContent}`;
    buttons.replaceChildren(
      next,
      decideButton("Back", () => ask(Math.min(index, items.length - 2), true)),
      decideButton("Start again", () => ask(0, true)),
    );
    text.focus();
  };
  const again = decideButton("Ask one at a time", () => show(true));
  /** @param {boolean} stepwise */
  const show = (stepwise) => {
    section.hidden = !stepwise;
    again.hidden = stepwise;
    list.classList.toggle("stepwise", stepwise);
    if (stepwise) ask(0, true);
    else again.focus();
  };
  list.after(again);
  again.hidden = true;
  list.classList.add("stepwise");
  ask(0, false);
}

function startDecide() {
  for (const list of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("ol.decide"))) {
    decideStepwise(list);
  }
}

addEventListener("DOMContentLoaded", startDecide);
