// What can be done with an incident as a whole: named, told, handed over, started, ended.

import { allIncidents, changeIncident, nameOfNow, nameReader, openIncident, putIncident, readersName, removeIncident, startIncident, switchTo, thisVariant } from "./incidents.js";
import { make, makeButton } from "../make.js";
import { ask, makeDialog, makeSaid, say } from "./ask.js";
import { mergeIncident, ticksOf } from "./incident.js";
import { readFile, writeFile } from "./handover-file.js";
import { copyText } from "../copy.js";
import { isRefused } from "../keep.js";
import { timeline } from "./timeline.js";

/** @typedef {import("./incident.js").Incident} Incident */
/** @typedef {import("./tools.js").Work["clear"]} Clear */

/** @param {Clear[]} clears */
export function openTools(clears) {
  const said = makeSaid();
  const tools = make("div", { className: "answers" });
  const ends = make("div", { className: "answers" });
  const kept = isRefused()
    ? "This browser keeps nothing for us: all of it is gone when you close the page. Export it to a file."
    : "All of it stays in this browser. Nothing is sent anywhere.";
  const close = makeButton("Close", () => dialog.close());
  /** Next comes the page. @param {() => void} act */
  const andClose = (act) => () => {
    dialog.close();
    act();
  };
  const incident = openIncident();
  if (incident) tools.append(makeButton("Copy timeline", () => copyTimeline(said)), makeButton("Export to a file", saveFile));
  tools.append(
    makeButton("Import from a file", () => chooseFile(said, () => dialog.close())),
    makeButton("Start a new incident", () => askForName(andClose)),
  );
  if (incident) {
    for (const { label, question, edit } of clears) {
      const answers = /** @type {[string, () => void][]} */ ([[label, andClose(() => changeIncident(edit))], ["Keep them", () => {}]]);
      ends.append(makeButton(`${label} …`, () => ask(label, `${question}? It cannot be brought back.`, answers)));
    }
    ends.append(makeButton("Remove this incident …", () => askToRemove(andClose)));
  }
  // Fields come after buttons: the first gets the focus, and a phone shows its keyboard for a field.
  const dialog = makeDialog("Incident", tools, said, ...makeFields(), ends, make("p", { className: "kept" }, kept), close);
}

/** Which incident it is, what it is called, and who the reader is. */
function makeFields() {
  const open = openIncident();
  const name = make("input", { value: open?.name ?? "", maxLength: 120 });
  name.addEventListener("change", () => changeIncident((incident) => (incident.name = name.value.trim() || incident.name)));
  const reader = make("input", { value: readersName(), autocomplete: "name", maxLength: 80 });
  reader.addEventListener("change", () => nameReader(reader.value.trim()));
  const fields = [make("label", {}, "Your name, for the timeline (optional)", reader)];
  if (open) fields.unshift(make("label", {}, "Name of the incident", name));
  const all = allIncidents();
  if (all.length > 1) {
    const choice = make("select", {}, ...all.map((incident) => new Option(incident.name, incident.id, false, incident.id === open?.id)));
    choice.addEventListener("change", () => {
      switchTo(choice.value);
      name.value = openIncident()?.name ?? "";
    });
    fields.unshift(make("label", {}, "You work on", choice));
  }
  return fields;
}

/** @param {HTMLElement} said */
async function copyTimeline(said) {
  const incident = openIncident();
  if (!incident) return;
  const copied = await copyText(timeline(incident, Intl.DateTimeFormat().resolvedOptions().timeZone));
  say(said, copied ? "The timeline is copied: paste it into the ticket." : "This browser does not let us copy.");
}

/** @param {(act: () => void) => () => void} andClose */
function askForName(andClose) {
  const name = make("input", { value: nameOfNow(), maxLength: 120 });
  const start = andClose(() => startIncident(name.value.trim() || nameOfNow()));
  ask("Start a new incident", "It begins with nothing ticked. The others stay as they are.", [["Start", start], ["Cancel", () => {}]], make("label", {}, "Its name", name));
  name.select();
}

/** @param {(act: () => void) => () => void} andClose */
function askToRemove(andClose) {
  const incident = openIncident();
  if (!incident) return;
  ask("Remove this incident", `“${incident.name}” goes from this browser, with ${wordsOfTicks(incident)} and its messages. It cannot be brought back.`, [
    ["Remove it", andClose(() => removeIncident(incident))],
    ["Keep it", () => {}],
  ]);
}

/** @param {Incident} incident */
function wordsOfTicks(incident) {
  const { length } = ticksOf(incident);
  return `${length} tick${length === 1 ? "" : "s"}`;
}

function saveFile() {
  const incident = openIncident();
  if (!incident) return;
  const address = URL.createObjectURL(new Blob([writeFile(incident)], { type: "application/json" }));
  const name = incident.name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-").slice(0, 60);
  make("a", { href: address, download: `${name}-${incident.variant}.json` }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}

/** @param {HTMLElement} said @param {() => void} close */
function chooseFile(said, close) {
  const field = make("input", { type: "file", accept: ".json,application/json" });
  field.addEventListener("change", async () => {
    const file = field.files?.[0];
    if (!file) return;
    try {
      takeOver(readFile(await file.text()), close);
    } catch (error) {
      say(said, error instanceof Error ? error.message : "This file cannot be read.");
    }
  });
  field.click();
}

/** @param {Incident} theirs @param {() => void} close */
function takeOver(theirs, close) {
  if (theirs.variant !== thisVariant()) {
    throw new Error(`This file is from another guidebook, “${theirs.variant}”. Open it there.`);
  }
  /** @param {Incident} incident */
  const put = (incident) => {
    putIncident(incident);
    close();
    ask("Imported", `You work on “${incident.name}”, with ${wordsOfTicks(incident)}.`, [["Go on", () => {}]]);
  };
  /** @param {Incident} ours */
  const merge = (ours) => {
    mergeIncident(ours, theirs);
    put(ours);
  };
  const known = allIncidents().find(({ id }) => id === theirs.id);
  const open = openIncident();
  if (known) merge(known);
  else if (!open) put(theirs);
  else {
    ask("Is it the same incident?", `The file has “${theirs.name}”, with ${wordsOfTicks(theirs)}. You work on “${open.name}”.`, [
      ["The same: merge them", () => merge(open)],
      ["Another one: keep both", () => put(theirs)],
      ["Cancel", () => {}],
    ]);
  }
}
