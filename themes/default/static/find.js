// Opens the search: its button, "/" and Ctrl-K. The search itself is loaded on first use.

import { make } from "./make.js";

/** What search.js defines. */
function finder() {
  return /** @type {{redbinderFind: {open(loader: typeof loadScripts, typed: string): void, page(host: HTMLElement, loader: typeof loadScripts): void}}} */ (/** @type {unknown} */ (globalThis)).redbinderFind;
}

/** @type {Promise<void> | undefined} */
let searchLoaded;

/** One script after the other, as they need each other. @param {string[]} addresses @returns {Promise<void>} */
export function loadScripts(addresses) {
  const loads = addresses.map((address) => new Promise((resolve, reject) => {
    document.head.append(make("script", { src: address, async: false, onload: resolve, onerror: reject }));
  }));
  return Promise.all(loads).then(() => {});
}

function startFind() {
  const button = /** @type {HTMLButtonElement | null} */ (document.querySelector("button.find"));
  const scripts = button?.dataset.scripts?.split(" ");
  if (!button || !scripts) return;
  const open = () => {
    // Who types at once loses no letter.
    let typed = "";
    const listen = (/** @type {KeyboardEvent} */ event) => {
      if (event.key.length > 1 || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      typed += event.key;
    };
    addEventListener("keydown", listen);
    searchLoaded ||= loadScripts(scripts);
    searchLoaded.then(() => finder().open(loadScripts, typed), () => {
      // Perhaps there was no network: another try may do.
      searchLoaded = undefined;
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
    searchLoaded = loadScripts(scripts);
    searchLoaded.then(() => finder().page(page, loadScripts), () => {});
  }
}

addEventListener("DOMContentLoaded", startFind);
