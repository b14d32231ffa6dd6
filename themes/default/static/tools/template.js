// Messages that fill as one types, kept with the incident.

import { changeIncident, openIncident, thisPage } from "./incidents.js";
import { emptyBlanks, fill, valueOf, wordsOfEmpty } from "./fill.js";
import { make, makeButton } from "../make.js";
import { makeSaid, say } from "./ask.js";
import { copyText } from "../copy.js";

/** @typedef {import("./incident.js").Incident} Incident */

/** The messages of this page, if any has blanks. @returns {import("./tools.js").Work | null} */
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
  for (const message of messages) placeButtons(message, values);
  if (blanks.length === 0) return null;
  const form = make("fieldset", { className: "fill" }, make("legend", { lang: "en" }, "Fill in the blanks"));
  form.append(...[...fields.values()].map(({ row }) => row));
  messages[0].before(form);
  document.querySelector(".blanks")?.classList.add("replaced");
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
      for (const [blank, { field, offer }] of fields) {
        // What somebody is typing is not touched.
        if (field !== document.activeElement) field.value = valueOf(blank, draft);
        offer(incident ? saidBefore(incident, page, blank) : "");
      }
    },
    clear: {
      label: "Empty this message",
      question: "Take away what is written in the blanks of this page",
      edit: (incident) => void delete incident.drafts[page],
    },
  };
}

/** What the last of the other messages says in a blank of the same name. @param {Incident} incident @param {string} page @param {string} blank */
function saidBefore(incident, page, blank) {
  const others = Object.entries(incident.drafts).filter(([path]) => path !== page);
  return others.map(([, draft]) => valueOf(blank, draft)).filter(Boolean).at(-1) ?? "";
}

/**
 * A field with its explanation, and what may stand in it as buttons: what the plan has, and what
 * another message of the incident says.
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
  const options = /** @type {string[]} */ (
    JSON.parse(marks.find((mark) => mark.dataset.blank === blank && mark.dataset.options)?.dataset.options ?? "[]"));
  /** @param {string} value */
  const makeOption = (value) =>
    makeButton(value, () => {
      field.value = value;
      write(value);
    });
  const group = make("div", { className: "options" });
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", `Values for ${label.textContent}`);
  row.append(group);
  /** @type {string | null} */
  let offered = null;
  /** @param {string} before */
  const offer = (before) => {
    if (before === offered) return;
    offered = before;
    const values = new Set([...options, before].filter(Boolean));
    group.hidden = values.size === 0;
    group.replaceChildren(...[...values].map(makeOption));
  };
  return { row, field, offer };
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
  header.lang = "en";
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
