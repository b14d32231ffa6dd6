// The clipboard, also where a browser gives no access to it: from a file, or without permission.

import { make } from "./make.js";

/** @param {string} text @returns {Promise<boolean>} whether it is there now */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copySelected(text);
  }
}

/** As a reader would: selects it and copies. @param {string} text */
function copySelected(text) {
  const focused = document.activeElement;
  const field = make("textarea", { className: "out", value: text });
  // Inside an open dialog nothing else can be selected.
  (focused?.closest("dialog") ?? document.body).append(field);
  field.select();
  const copied = document.execCommand("copy");
  field.remove();
  if (focused instanceof HTMLElement) focused.focus();
  return copied;
}
