// What this browser remembers for its reader, and for nobody else. It may refuse to (a private window,
// some browsers on file://): then it is remembered as long as the page is open.

/** @type {Map<string, string>} */
const onPage = new Map();
let refused = false;

/** Whether something could not be kept longer than the page. */
export function isRefused() {
  return refused;
}

/** @param {string} key @returns {string | null} */
export function recall(key) {
  const here = onPage.get(key);
  if (here !== undefined) return here;
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

/** @param {string} key @param {string} text */
export function keep(key, text) {
  try {
    localStorage.setItem(key, text);
    onPage.delete(key);
  } catch {
    refused = true;
    onPage.set(key, text);
  }
}

/** @param {string} key */
export function forget(key) {
  onPage.delete(key);
  try {
    localStorage.removeItem(key);
  } catch {}
}

/** The keys that begin so. @param {string} start */
export function keysFrom(start) {
  const keys = new Set(onPage.keys());
  try {
    Object.keys(localStorage).forEach((key) => keys.add(key));
  } catch {}
  return [...keys].filter((key) => key.startsWith(start));
}
