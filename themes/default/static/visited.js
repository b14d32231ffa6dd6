// Which guidebook was read last, for the front door.

import { keep, recall } from "./keep.js";

const visitedKey = "redbinder-variant";

/** @returns {string | null} */
export function lastVariant() {
  return recall(visitedKey);
}

if (typeof document !== "undefined") {
  addEventListener("DOMContentLoaded", () => {
    const variant = document.documentElement.dataset.variant;
    if (variant) keep(visitedKey, variant);
  });
}
