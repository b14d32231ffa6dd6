// An incident as a file, to hand over from one machine to another.

/** @typedef {import("./incident.js").Incident} Incident */

const fileSchema = "redbinder-incident";
const fileVersion = 1;
const longestText = 20000;

/** @param {Incident} incident */
export function writeFile(incident) {
  return `${JSON.stringify({ schema: fileSchema, version: fileVersion, incident }, null, 1)}\n`;
}

/**
 * The incident in a file. Whatever is not as it must be is refused.
 * @param {string} text @returns {Incident}
 * @throws {Error} with words for the reader
 */
export function readFile(text) {
  let file;
  try {
    file = JSON.parse(text);
  } catch {}
  if (file?.schema !== fileSchema) throw new Error("This is not a file that was saved by a checklist.");
  if (file.version !== fileVersion) throw new Error("This file is from another version of the checklists.");
  try {
    return readIncident(file.incident);
  } catch {
    throw new Error("This file is damaged.");
  }
}

/** @param {any} it @returns {Incident} @throws {Error} when it is none */
export function readIncident(it) {
  return {
    id: words(it.id),
    name: words(it.name),
    variant: words(it.variant),
    started: time(it.started),
    sheets: mapOf(it.sheets, (sheet) => {
      const items = mapOf(sheet.items, (item) => ({
        version: words(item.version), section: words(item.section), text: words(item.text),
      }));
      const ticks = mapOf(sheet.ticks, (tick) => ({ at: time(tick.at), by: words(tick.by) }));
      if (!Object.keys(ticks).every((id) => Object.hasOwn(items, id))) throw new Error();
      return { title: words(sheet.title), items, ticks };
    }),
    drafts: mapOf(it.drafts, (draft) => mapOf(draft, words)),
  };
}

/** @param {any} value */
function words(value) {
  if (typeof value !== "string" || value.length > longestText) throw new Error();
  return value;
}

/** @param {any} value */
function time(value) {
  return new Date(words(value)).toISOString();
}

/** @template T @param {any} value @param {(entry: any) => T} read @returns {Record<string, T>} */
function mapOf(value, read) {
  if (typeof value !== "object" || Array.isArray(value)) throw new Error();
  return Object.fromEntries(
    Object.entries(value).filter(([key]) => key !== "__proto__").map(([key, entry]) => [key, read(entry)]),
  );
}
