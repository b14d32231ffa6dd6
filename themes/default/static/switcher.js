// Another guidebook opens at the section the reader is in, where its page has that section.
import { currentSection } from "./contents.js";

/** @param {HTMLAnchorElement} link @param {string} section */
function keepSection(link, section) {
  const missing = (link.dataset.missing ?? "").split(" ");
  link.hash = section && !missing.includes(section) ? section : "";
  const note = link.querySelector("small");
  if (note) note.hidden = !section || !missing.includes(section);
}

function startSwitcher() {
  const menu = document.querySelector("details.switcher");
  menu?.addEventListener("toggle", () => {
    const section = decodeURIComponent(location.hash.slice(1)) || currentSection();
    for (const link of /** @type {NodeListOf<HTMLAnchorElement>} */ (menu.querySelectorAll("a[data-page]"))) {
      keepSection(link, section.startsWith("_") ? "" : section);
    }
  });
}

addEventListener("DOMContentLoaded", startSwitcher);
