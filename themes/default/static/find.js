// Opens the search: its button, "/" and Ctrl-K. The search itself is loaded on first use.

import { make } from "./make.js";

/** What the search has for pages. @typedef {{open(typed: string): void, page(host: HTMLElement): void}} Search */

/** @type {Promise<Search> | undefined} */
let search;

/** @param {string} address @returns {Promise<unknown>} */
export function loadScript(address) {
  return new Promise((resolve, reject) => {
    document.head.append(make("script", { src: address, onload: resolve, onerror: reject }));
  });
}

/** @param {string} address */
async function loadSearch(address) {
  await loadScript(address);
  return /** @type {{redbinderSearch: Search}} */ (/** @type {unknown} */ (globalThis)).redbinderSearch;
}

function startFind() {
  const button = /** @type {HTMLButtonElement | null} */ (document.querySelector("button.find"));
  const script = button?.dataset.script;
  if (!button || !script) return;
  const open = () => {
    // Who types at once loses no letter.
    let typed = "";
    const listen = (/** @type {KeyboardEvent} */ event) => {
      if (event.key.length > 1 || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      typed += event.key;
    };
    addEventListener("keydown", listen);
    search ||= loadSearch(script);
    search.then((search) => search.open(typed), () => {
      // Perhaps there was no network: another try may do.
      search = undefined;
    }).finally(() => removeEventListener("keydown", listen));
  };
  button.hidden = false;
  button.addEventListener("click", open);
  addEventListener("keydown", (event) => {
    const typing = event.target instanceof HTMLElement && event.target.closest("input, textarea, select, [contenteditable]");
    const wanted = event.key === "/" ? !typing && !event.ctrlKey && !event.metaKey && !event.altKey
      : event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey;
    if (!wanted || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    open();
  });
  const page = document.getElementById("_search");
  if (page) {
    search = loadSearch(script);
    search.then((search) => search.page(page), () => {});
  }
}

addEventListener("DOMContentLoaded", startFind);
