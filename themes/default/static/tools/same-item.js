// Which item of a checklist is which item of the list as somebody began with it: the plan may have
// been published anew while an incident goes on.

/**
 * An item of a checklist: its words, their version, the heading above it.
 * @typedef {{ version: string, section: string, text: string }} Item
 * @typedef {Item & { id: string }} ItemOfPage
 */

/**
 * For each item of the page, by its id: the id it was known by, and whether it is another text now.
 * Missing are those that were not there. The same words are the same item wherever they stand; then the
 * same id; then most of the words, under the same heading.
 * @param {ItemOfPage[]} page @param {Record<string, Item>} known
 * @returns {Map<string, { was: string, changed: boolean }>}
 */
export function sameItems(page, known) {
  /** @type {Map<string, { was: string, changed: boolean }>} */
  const found = new Map();
  const left = new Map(Object.entries(known));
  /** @param {boolean} changed @param {(item: ItemOfPage, other: Item, id: string) => boolean} isSame */
  const pair = (changed, isSame) => {
    for (const item of page) {
      if (found.has(item.id)) continue;
      for (const [was, other] of left) {
        if (!isSame(item, other, was)) continue;
        found.set(item.id, { was, changed });
        left.delete(was);
        break;
      }
    }
  };
  pair(false, (item, other, id) => item.version === other.version && item.id === id);
  pair(false, (item, other) => item.version === other.version);
  pair(true, (item, _, id) => item.id === id);
  pair(true, (item, other) => item.section === other.section && isAlike(item.text, other.text));
  return found;
}

/** Whether two texts have more than half of their words in common. @param {string} one @param {string} other */
function isAlike(one, other) {
  const [ones, others] = [one, other].map((text) => new Set(text.toLowerCase().match(/[\p{L}\p{N}]+/gu)));
  const common = [...ones].filter((word) => others.has(word)).length;
  return common * 2 > Math.max(ones.size, others.size);
}
