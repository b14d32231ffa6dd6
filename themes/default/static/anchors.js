// The link beside a heading copies the address of its section, and says so.
import { copyText } from "./copy.js";
import { make } from "./make.js";

const anchorSaid = make("p", { className: "out", role: "status" });

/** @param {HTMLAnchorElement} link */
async function copyAddress(link) {
  // A browser may refuse: then it is a link and no more.
  if (!(await copyText(link.href))) return;
  const before = link.textContent;
  link.textContent = "✓";
  anchorSaid.textContent = "The address of this section is copied.";
  setTimeout(() => {
    link.textContent = before;
    anchorSaid.textContent = "";
  }, 2000);
}

function startAnchors() {
  const links = /** @type {NodeListOf<HTMLAnchorElement>} */ (document.querySelectorAll("a.anchor"));
  if (links.length === 0) return;
  document.body.append(anchorSaid);
  for (const link of links) {
    link.addEventListener("click", () => {
      if (link.textContent !== "✓") void copyAddress(link);
    });
  }
}

addEventListener("DOMContentLoaded", startAnchors);
