// Small questions in a dialog, and words that a screen reader hears.

import { make, makeButton } from "../make.js";

/** A place for words that are announced. */
export function makeSaid() {
  const said = make("p", { className: "said" });
  said.setAttribute("role", "status");
  return said;
}

/** Announces, also when it was the last thing announced. @param {HTMLElement} said @param {string} text */
export function say(said, text) {
  said.textContent = "";
  setTimeout(() => (said.textContent = text), 50);
}

/**
 * A dialog with a title. Escape closes it, and the focus goes back to where it was.
 * @param {string} title @param {...(Node | string)} content
 */
export function makeDialog(title, ...content) {
  const heading = make("h2", { id: `_dialog-${document.querySelectorAll("dialog").length}` }, title);
  const dialog = make("dialog", { className: "ask", lang: "en" }, heading, ...content);
  dialog.setAttribute("aria-labelledby", heading.id);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

/**
 * Asks, and calls what was chosen; nothing for the last answer, which leaves all as it is.
 * @param {string} title @param {string} text @param {[string, () => void][]} answers @param {HTMLElement} [field]
 */
export function ask(title, text, answers, field) {
  const buttons = make("div", { className: "answers" });
  const dialog = makeDialog(title, make("p", {}, text), ...(field ? [field] : []), buttons);
  for (const [label, choose] of answers) {
    buttons.append(
      makeButton(label, () => {
        dialog.close();
        choose();
      }),
    );
  }
  dialog.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.target instanceof HTMLInputElement)) return;
    // Otherwise it also presses the button that gets the focus back.
    event.preventDefault();
    buttons.querySelector("button")?.click();
  });
  const first = field?.querySelector("input") ?? buttons.lastElementChild;
  if (first instanceof HTMLElement) first.focus();
}
