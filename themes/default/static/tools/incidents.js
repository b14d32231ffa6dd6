// The incidents of a variant that this browser keeps, several side by side; one of them is worked on.

import { forget, keep, keysFrom, recall } from "../keep.js";
import { newIncident } from "./incident.js";
import { readIncident } from "./handover-file.js";

/** @typedef {import("./incident.js").Incident} Incident */

const readerKey = "redbinder-reader";

/** @type {(() => void)[]} */
const whenChanged = [];

/** The variant of this page. */
export function thisVariant() {
  return document.documentElement.dataset.variant ?? "";
}

/** The page among those of its variant, however its address is written: `checklists/response`. */
export function thisPage() {
  const home = new URL(document.documentElement.dataset.home ?? "", location.href).pathname;
  return location.pathname.slice(home.lastIndexOf("/") + 1).replace(/(index)?(\.html)?$/, "");
}

/** @param {string} id */
function keyOf(id) {
  return `redbinder-incident:${thisVariant()}:${id}`;
}

function keyOfCurrent() {
  return `redbinder-incident-open:${thisVariant()}`;
}

/** @param {string} key @returns {Incident | null} */
function read(key) {
  try {
    return readIncident(JSON.parse(recall(key) ?? ""));
  } catch {
    return null;
  }
}

/** All of them, the latest first. @returns {Incident[]} */
export function allIncidents() {
  const all = keysFrom(keyOf("")).map(read).filter((incident) => incident !== null);
  return all.sort((a, b) => (a.started < b.started ? 1 : -1));
}

/** The one that is worked on. @returns {Incident | null} */
export function openIncident() {
  return read(keyOf(recall(keyOfCurrent()) ?? ""));
}

/** The reader's name, if they gave one: it stands beside what they tick. */
export function readersName() {
  return recall(readerKey) ?? "";
}

/** @param {string} name */
export function nameReader(name) {
  keep(readerKey, name);
}

/** @param {string} id */
export function switchTo(id) {
  keep(keyOfCurrent(), id);
  tellChanged();
}

/** The name of an incident that was not given one. */
export function nameOfNow() {
  return `Incident of ${new Date().toLocaleString([], { day: "numeric", month: "short", hour: "numeric", minute: "2-digit" })}`;
}

/** @param {string} name */
export function startIncident(name) {
  const id = Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  putIncident(newIncident(thisVariant(), name, new Date().toISOString(), id));
}

/** Keeps an incident and works on it. @param {Incident} incident */
export function putIncident(incident) {
  keep(keyOf(incident.id), JSON.stringify(incident));
  switchTo(incident.id);
}

/**
 * Changes the incident that is worked on, as it is now and not as it was when the page was shown: another
 * tab may have changed it. Starts one where there is none.
 * @param {(incident: Incident) => void} edit
 */
export function changeIncident(edit) {
  if (!openIncident()) startIncident(nameOfNow());
  const incident = openIncident();
  if (!incident) return;
  edit(incident);
  putIncident(incident);
}

/** @param {Incident} incident */
export function removeIncident(incident) {
  forget(keyOf(incident.id));
  switchTo(allIncidents()[0]?.id ?? "");
}

/** Calls after each change, in this tab or another. @param {() => void} listener */
export function onIncidentChange(listener) {
  whenChanged.push(listener);
}

function tellChanged() {
  whenChanged.forEach((listener) => listener());
}

// A page that a browser brings back as it was left may have missed changes, too.
addEventListener("pageshow", tellChanged);
addEventListener("storage", (event) => {
  if (event.key === null || event.key.startsWith("redbinder-incident")) tellChanged();
});
