// The theme a reader chose: light, dark, or what the system says.

import { forget, keep } from "./keep.js";

const themeKey = "redbinder-theme";
const systemTheme = matchMedia("(prefers-color-scheme: dark)");

/** @typedef {"light" | "dark"} Theme */

/** @returns {Theme} */
function themeOfSystem() {
  return systemTheme.matches ? "dark" : "light";
}

/** The theme that the button changes to. @returns {Theme} */
function otherTheme() {
  return (document.documentElement.dataset.theme || themeOfSystem()) === "dark" ? "light" : "dark";
}

/** @param {string | null} theme */
function wearTheme(theme) {
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
}

function startTheme() {
  /** @type {NodeListOf<HTMLButtonElement>} */
  const buttons = document.querySelectorAll("button.theme");
  const label = () => {
    for (const button of buttons) {
      button.hidden = false;
      if (button.firstElementChild) {
        button.firstElementChild.textContent = otherTheme() === "dark" ? "Dark theme" : "Light theme";
      }
    }
  };
  for (const button of buttons) {
    button.addEventListener("click", () => {
      // Going back to what the system says forgets the choice, so the page follows the system again.
      const theme = otherTheme() === themeOfSystem() ? null : otherTheme();
      wearTheme(theme);
      if (theme) keep(themeKey, theme);
      else forget(themeKey);
      label();
    });
  }
  systemTheme.addEventListener("change", label);
  label();
}

// At once and not when the document is ready: before the first paint.
try {
  wearTheme(localStorage.getItem(themeKey));
} catch {}
addEventListener("DOMContentLoaded", startTheme);
