// An open menu closes at a click elsewhere and at Escape, which gives the focus back to its button. So does the list
// of what is on the page, and it gives way to the section that was chosen.

function openMenus() {
  return /** @type {NodeListOf<HTMLDetailsElement>} */ (document.querySelectorAll("details:is(.menu, .here *)[open]"));
}

addEventListener("click", (event) => {
  const target = /** @type {Element} */ (event.target);
  for (const menu of openMenus()) {
    if (!menu.contains(target) || target.closest(".here a")) menu.open = false;
  }
});

addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of openMenus()) {
    const inside = menu.contains(document.activeElement);
    menu.open = false;
    if (inside) menu.querySelector("summary")?.focus();
  }
});
