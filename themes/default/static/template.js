// Messages that fill as one types, kept with the incident.

import { changeIncident, openIncident, thisPage } from "./incidents.js";
import { emptyBlanks, fill, valueOf, wordsOfEmpty } from "./fill.js";
import { make, makeButton, makeSaid, say } from "./ask.js";
import { copyText } from "./copy.js";

/** The messages of this page, if it has any. @returns {import("./tools.js").Work | null} */
export function startMessages() {
  const marks = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("mark[data-blank]")]);
  const messages = [...document.querySelectorAll("section.template")];
  if (messages.length === 0) return null;
  const page = thisPage();
  const blanks = [...new Set(marks.map((mark) => mark.dataset.blank ?? ""))];
  const values = () => openIncident()?.drafts[page] ?? {};
  /** @param {string} blank @param {string} text */
  const write = (blank, text) => changeIncident((incident) => void ((incident.drafts[page] ??= {})[blank] = text));
  const fields = new Map(blanks.map((blank) => [blank, makeField(blank, marks, (text) => write(blank, text))]));
  if (blanks.length > 0) {
    const form = make("fieldset", { className: "fill" }, make("legend", {}, "Fill in the blanks"));
    form.append(...[...fields.values()].map(({ row }) => row));
    messages[0].before(form);
    document.querySelector(".blanks")?.classList.add("replaced");
  }
  for (const message of messages) placeButtons(message, values);
  const done = () => blanks.length - emptyBlanks(blanks, values()).length;
  return {
    all: blanks.length,
    done,
    progress: () => `${done()} of ${blanks.length} blanks filled`,
    show(incident) {
      const draft = incident?.drafts[page] ?? {};
      for (const mark of marks) {
        const blank = mark.dataset.blank ?? "";
        const value = valueOf(blank, draft);
        mark.textContent = value || `[${blank}]`;
        mark.classList.toggle("filled", value !== "");
      }
      for (const [blank, { field }] of fields) {
        // What somebody is typing is not touched.
        if (field !== document.activeElement) field.value = draft[blank] ?? "";
      }
    },
    clear: {
      label: "Empty this message",
      question: "Take away what is written in the blanks of this page",
      edit: (incident) => void delete incident.drafts[page],
    },
  };
}

/**
 * A field with its explanation, and what the plan has to say in it as buttons.
 * @param {string} blank @param {HTMLElement[]} marks @param {(text: string) => void} write
 */
function makeField(blank, marks, write) {
  const id = `_blank-${blank.replace(/\W+/g, "-")}`;
  const field = make("textarea", { id, rows: 1 });
  field.addEventListener("input", () => write(field.value));
  const label = make("label", { htmlFor: id }, blank.charAt(0).toUpperCase() + blank.slice(1).replace(/[-_]/g, " "));
  const row = make("div", {}, label);
  const meaning = [...document.querySelectorAll(".blanks dt")].find((term) => term.textContent?.trim() === blank)?.nextElementSibling;
  if (meaning) {
    const hint = make("p", { id: `${id}-hint` }, meaning.textContent ?? "");
    field.setAttribute("aria-describedby", hint.id);
    row.append(hint);
  }
  row.append(field);
  const options = marks.find((mark) => mark.dataset.blank === blank && mark.dataset.options)?.dataset.options;
  if (options) {
    const buttons = JSON.parse(options).map((/** @type {string} */ option) =>
      makeButton(option, () => {
        field.value = option;
        write(option);
      }));
    const group = make("div", { className: "options" }, ...buttons);
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", `Values for ${label.textContent}`);
    row.append(group);
  }
  return { row, field };
}

/** @param {Element} message @param {() => Record<string, string>} values */
function placeButtons(message, values) {
  const text = message.querySelector("pre");
  const header = message.querySelector("header");
  const subject = document.querySelector(".record .subject");
  if (!text || !header) return;
  const said = makeSaid();
  /** @param {string} name @param {Element} element */
  const copy = (name, element) => async () => {
    const { parts, blanks } = partsOf(element);
    const copied = await copyText(fill(parts, values()));
    say(said, copied ? `${name} copied. ${wordsOfEmpty(emptyBlanks(blanks, values()))}` : "This browser does not let us copy.");
  };
  header.append(makeButton("Copy the message", copy("Message", text)));
  if (subject) header.append(makeButton("Copy the subject", copy("Subject", subject)));
  header.after(said);
}

/** The text of an element, with its blanks. @param {Element} element */
function partsOf(element) {
  const parts = [...element.childNodes].map((node) =>
    node instanceof HTMLElement && node.dataset.blank ? { blank: node.dataset.blank } : (node.textContent ?? ""));
  const blanks = new Set(parts.flatMap((part) => (typeof part === "string" ? [] : [part.blank])));
  return { parts, blanks: [...blanks] };
}
