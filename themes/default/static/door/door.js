// The front door shows which guidebook was read last, and finds others by a part of their names.

import { lastVariant } from "../visited.js";

/** Fewer than these are found faster with the eye. */
const doorFew = 6;

/** Whether each word is the start of a word of a name. @param {string} name @param {string} wanted */
export function isNamed(name, wanted) {
  const plain = (/** @type {string} */ text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const words = plain(name).split(/[^\p{L}\p{N}]+/u);
  return plain(wanted).split(/\s+/).every((part) => words.some((word) => word.startsWith(part)));
}

/** @param {HTMLElement} list */
function doorLast(list) {
  const name = lastVariant();
  const item = name && list.querySelector(`li[data-name="${CSS.escape(name)}"]`);
  if (!item) return;
  const heading = document.createElement("h2");
  heading.textContent = "Last time you were here";
  const last = document.createElement("ul");
  last.className = "choose";
  last.append(item.cloneNode(true));
  list.previousElementSibling?.before(heading, last);
}

/** @param {HTMLElement} list */
function doorFilter(list) {
  const items = /** @type {HTMLElement[]} */ ([...list.children]);
  if (items.length < doorFew) return;
  const label = document.createElement("label");
  label.className = "filter";
  label.append("Find it by its name ");
  const field = document.createElement("input");
  field.type = "search";
  field.autocomplete = "off";
  label.append(field);
  const found = document.createElement("p");
  found.setAttribute("role", "status");
  found.className = "found";
  list.before(label, found);
  field.addEventListener("input", () => {
    const wanted = field.value.trim();
    for (const item of items) {
      item.hidden = !isNamed(`${item.querySelector("h3")?.textContent} ${item.dataset.name}`, wanted);
    }
    const count = items.filter((item) => !item.hidden).length;
    found.textContent = wanted === "" ? "" : count === 0 ? "None of them. The baseline below is for everybody." : `${count} of ${items.length}`;
  });
}

function startDoor() {
  const list = /** @type {HTMLElement | null} */ (document.querySelector("main.door .choose"));
  if (!list) return;
  doorLast(list);
  doorFilter(list);
}

if (typeof document !== "undefined") addEventListener("DOMContentLoaded", startDoor);
