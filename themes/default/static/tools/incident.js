// An incident as one browser knows it: what was ticked, when and by whom, and the messages begun.

/**
 * `items` is the list as it was when its first item was ticked, and `ticks` are by the ids of these.
 * @typedef {import("./same-item.js").Item} Item
 * @typedef {import("./same-item.js").ItemOfPage} ItemOfPage
 * @typedef {{ at: string, by: string }} Tick `at` as 2026-11-25T16:53:17.000Z
 * @typedef {{ title: string, items: Record<string, Item>, ticks: Record<string, Tick> }} Sheet
 * @typedef {{ id: string, name: string, variant: string, started: string,
 *   sheets: Record<string, Sheet>, drafts: Record<string, Record<string, string>> }} Incident
 */
import { sameItems } from "./same-item.js";

/** @param {string} variant @param {string} name @param {string} at @param {string} id @returns {Incident} */
export function newIncident(variant, name, at, id) {
  return { id, name, variant, started: at, sheets: {}, drafts: {} };
}

/**
 * Ticks an item, or with `null` takes its tick away. From then on it is known as it reads now.
 * @param {Sheet} sheet @param {ItemOfPage} item @param {string | undefined} was @param {Tick | null} tick
 */
export function tickItem(sheet, item, was, tick) {
  let id = was ?? item.id;
  while (was === undefined && id in sheet.items) id += "+";
  if (!tick) {
    delete sheet.ticks[id];
    return;
  }
  sheet.items[id] = { version: item.version, section: item.section, text: item.text };
  sheet.ticks[id] = tick;
}

/**
 * Puts what somebody else did into an incident: what either ticked is ticked, by whoever was first. Of a
 * message that both began, what is written here stays.
 * @param {Incident} into @param {Incident} from
 */
export function mergeIncident(into, from) {
  if (from.started < into.started) into.started = from.started;
  for (const [path, theirs] of Object.entries(from.sheets)) {
    const ours = (into.sheets[path] ??= structuredClone(theirs));
    const items = Object.entries(theirs.items).map(([id, item]) => ({ id, ...item }));
    const same = sameItems(items, ours.items);
    for (const item of items) {
      const tick = theirs.ticks[item.id];
      const was = same.get(item.id)?.was;
      const known = was === undefined ? undefined : ours.ticks[was];
      if (tick && (!known || tick.at < known.at)) tickItem(ours, item, was, tick);
    }
  }
  for (const [path, draft] of Object.entries(from.drafts)) {
    into.drafts[path] = { ...draft, ...into.drafts[path] };
  }
}

/** All ticks of an incident, the first one first. @param {Incident} incident */
export function ticksOf(incident) {
  const all = Object.values(incident.sheets).flatMap((sheet) =>
    Object.entries(sheet.ticks).map(([id, tick]) => ({ ...tick, ...sheet.items[id], sheet: sheet.title })),
  );
  return all.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}
