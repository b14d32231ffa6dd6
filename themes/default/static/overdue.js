// A review that is overdue is said. The pages know no day but the one it is due on: the reader's machine knows today.

/** Whether a day, as 2026-05-02, is before today. @param {string} day @param {Date} now */
export function isPast(day, now) {
  const two = (/** @type {number} */ number) => String(number).padStart(2, "0");
  return day < `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}

function startOverdue() {
  for (const banner of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-due]"))) {
    banner.hidden = !isPast(banner.dataset.due ?? "", new Date());
  }
}

if (typeof document !== "undefined") addEventListener("DOMContentLoaded", startOverdue);
