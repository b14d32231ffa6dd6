// Two things only: the theme a reader chose, and closing an open menu.
(() => {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const key = "redbinder-theme";

  // Storage may be refused (private windows, some browsers on file://): then the choice lasts for the page.
  const remember = (theme) => {
    try {
      theme ? localStorage.setItem(key, theme) : localStorage.removeItem(key);
    } catch {}
  };
  const wear = (theme) => {
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
    else delete root.dataset.theme;
  };
  const ofSystem = () => (system.matches ? "dark" : "light");
  const other = () => ((root.dataset.theme || ofSystem()) === "dark" ? "light" : "dark");

  try {
    wear(localStorage.getItem(key));
  } catch {}

  addEventListener("DOMContentLoaded", () => {
    const buttons = document.querySelectorAll(".theme");
    const label = () => {
      for (const button of buttons) {
        button.hidden = false;
        button.firstElementChild.textContent = other() === "dark" ? "Dark theme" : "Light theme";
      }
    };
    for (const button of buttons) {
      button.addEventListener("click", () => {
        // Going back to what the system says forgets the choice, so the page follows the system again.
        const theme = other() === ofSystem() ? null : other();
        wear(theme);
        remember(theme);
        label();
      });
    }
    system.addEventListener("change", label);
    label();

    const open = () => document.querySelectorAll("details.menu[open]");
    addEventListener("click", (event) => {
      for (const menu of open()) if (!menu.contains(event.target)) menu.open = false;
    });
    addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      for (const menu of open()) {
        const inside = menu.contains(document.activeElement);
        menu.open = false;
        if (inside) menu.firstElementChild.focus();
      }
    });
  });
})();
