// A message with its blanks filled in.

/**
 * The message with what was written in its blanks; an empty one keeps its name in brackets.
 * @param {(string | { blank: string })[]} parts @param {Record<string, string>} values
 */
export function fill(parts, values) {
  return parts.map((part) => (typeof part === "string" ? part : valueOf(part.blank, values) || `[${part.blank}]`)).join("");
}

/** The blanks that are empty. @param {string[]} blanks @param {Record<string, string>} values */
export function emptyBlanks(blanks, values) {
  return blanks.filter((blank) => !valueOf(blank, values));
}

/** @param {string} blank @param {Record<string, string>} values */
export function valueOf(blank, values) {
  return Object.hasOwn(values, blank) ? values[blank].trim() : "";
}

/** What is said of blanks after copying. @param {string[]} empty */
export function wordsOfEmpty(empty) {
  if (empty.length === 0) return "All blanks are filled.";
  return `${empty.length === 1 ? "1 blank is" : `${empty.length} blanks are`} empty: ${empty.join(", ")}.`;
}
