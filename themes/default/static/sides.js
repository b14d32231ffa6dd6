// Beside the text, on a wide screen, both lists of contents are open. The style sheet shows them there without
// this; but to a keyboard or a screen reader, what is in closed details may still be closed.

/** The same widths as in style.css. @type {[string, string][]} */
const sides = [
  ["nav.plan details", "(min-width: 54.01rem)"],
  ["nav.here details", "(min-width: 76.01rem)"],
];

addEventListener("DOMContentLoaded", () => {
  for (const [selector, width] of sides) {
    const side = /** @type {HTMLDetailsElement | null} */ (document.querySelector(selector));
    const wide = matchMedia(width);
    if (!side) continue;
    if (wide.matches) side.open = true;
    wide.addEventListener("change", () => (side.open = wide.matches));
  }
});
