// The bar of a page that is worked with: which incident, how far, and what can be done with all of it.

import { allIncidents, changeIncident, nameOfNow, nameReader, onIncidentChange, openIncident, putIncident, readersName, removeIncident, startIncident, switchTo, thisVariant } from "./incidents.js";
import { ask, make, makeButton, makeDialog, makeSaid, say } from "./ask.js";
import { isRefused } from "./keep.js";
import { mergeIncident, ticksOf } from "./incident.js";
import { readFile, writeFile } from "./handover-file.js";
import { copyText } from "./copy.js";
import { startChecklist } from "./checklist.js";
import { startMessages } from "./template.js";
import { timeline } from "./timeline.js";

/** @typedef {import("./incident.js").Incident} Incident */

/**
 * What a page has to work with, and what it says of itself.
 * @typedef {{ show: (incident: Incident | null) => void, done: () => number, all: number,
 *   progress: () => string, clear: { label: string, question: string, edit: (incident: Incident) => void } }} Work
 */

function startTools() {
  const works = [startChecklist(), startMessages()].filter((work) => work !== null);
  const text = document.querySelector("main .text");
  if (works.length === 0 || !text) return;
  const name = make("b", {});
  const progress = make("span", {});
  progress.setAttribute("role", "status");
  const meter = make("progress", { max: works.reduce((sum, work) => sum + work.all, 0) });
  meter.setAttribute("aria-label", "Done");
  const more = makeButton("Incident", () => openTools(works));
  more.setAttribute("aria-haspopup", "dialog");
  const bar = make("section", { className: "working" }, make("p", {}, name, progress, meter), more);
  bar.setAttribute("aria-label", "Incident");
  text.prepend(bar);
  const show = () => {
    const incident = openIncident();
    for (const work of works) work.show(incident);
    name.textContent = incident?.name ?? "No incident started";
    const words = works.map((work) => work.progress()).join(", ");
    if (progress.textContent !== words) progress.textContent = words;
    meter.value = works.reduce((sum, work) => sum + work.done(), 0);
  };
  onIncidentChange(show);
  show();
}

/** @param {Work[]} works */
function openTools(works) {
  const said = makeSaid();
  const parts = make("div", { className: "parts" });
  const dialog = makeDialog("Incident", parts, said, makeButton("Close", () => dialog.close()));
  const show = () => {
    if (!dialog.isConnected) return;
    const focused = parts.contains(document.activeElement) ? document.activeElement?.textContent : null;
    parts.replaceChildren(...partsOfTools(works, openIncident(), said, () => dialog.close()));
    const same = [...parts.querySelectorAll("button")].find((button) => button.textContent === focused);
    if (focused !== null) (same ?? parts.querySelector("button"))?.focus();
  };
  onIncidentChange(show);
  show();
}

/**
 * What starts or ends something closes the dialog: next comes the page.
 * @param {Work[]} works @param {Incident | null} incident @param {HTMLElement} said @param {() => void} close
 */
function partsOfTools(works, incident, said, close) {
  const parts = [];
  const others = allIncidents();
  if (others.length > 1) {
    const choice = make("select", {}, ...others.map(({ id, name }) => new Option(name, id, false, id === incident?.id)));
    choice.addEventListener("change", () => switchTo(choice.value));
    parts.push(make("label", {}, "You work on", choice));
  }
  const name = make("input", { value: readersName(), autocomplete: "name", maxLength: 80 });
  name.addEventListener("change", () => nameReader(name.value.trim()));
  parts.push(make("label", {}, "Your name, for the timeline (optional)", name));
  const buttons = make("div", { className: "answers" });
  if (incident) {
    buttons.append(
      makeButton("Copy timeline", async () => {
        const copied = await copyText(timeline(incident, Intl.DateTimeFormat().resolvedOptions().timeZone));
        say(said, copied ? "The timeline is copied: paste it into the ticket." : "This browser does not let us copy.");
      }),
      makeButton("Export to a file", () => saveFile(incident)),
    );
  }
  buttons.append(
    makeButton("Import from a file", () => chooseFile(said)),
    makeButton("Start a new incident", () => askForName(close)),
  );
  if (incident) {
    for (const { clear } of works) {
      buttons.append(
        makeButton(`${clear.label} …`, () =>
          ask(clear.label, `${clear.question} in “${incident.name}”? It cannot be brought back.`, [
            [
              clear.label,
              () => {
                close();
                changeIncident(clear.edit);
              },
            ],
            ["Keep them", () => {}],
          ])),
      );
    }
    buttons.append(
      makeButton("Remove this incident …", () =>
        ask("Remove this incident", `“${incident.name}” and its ${count(ticksOf(incident).length, "tick")} go from this browser. It cannot be brought back.`, [
          [
            "Remove it",
            () => {
              close();
              removeIncident(incident);
            },
          ],
          ["Keep it", () => {}],
        ])),
    );
  }
  parts.push(buttons);
  const kept = isRefused()
    ? "This browser keeps nothing for us: all of it is gone when you close the page. Export it to a file."
    : "All of it stays in this browser. Nothing is sent anywhere.";
  parts.push(make("p", { className: "kept" }, kept));
  return parts;
}

/** @param {number} number @param {string} thing */
function count(number, thing) {
  return `${number} ${thing}${number === 1 ? "" : "s"}`;
}

/** @param {() => void} close */
function askForName(close) {
  const name = make("input", { value: nameOfNow(), maxLength: 120 });
  const start = () => {
    close();
    startIncident(name.value.trim() || nameOfNow());
  };
  ask("Start a new incident", "It begins with nothing ticked. The others stay as they are.", [["Start", start], ["Cancel", () => {}]], make("label", {}, "Its name", name));
  name.select();
}

/** @param {Incident} incident */
function saveFile(incident) {
  const address = URL.createObjectURL(new Blob([writeFile(incident)], { type: "application/json" }));
  const name = incident.name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-").slice(0, 60);
  make("a", { href: address, download: `${name}-${incident.variant}.json` }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}

/** @param {HTMLElement} said */
function chooseFile(said) {
  const field = make("input", { type: "file", accept: ".json,application/json" });
  field.addEventListener("change", async () => {
    const file = field.files?.[0];
    if (!file) return;
    try {
      takeOver(readFile(await file.text()), said);
    } catch (error) {
      say(said, error instanceof Error ? error.message : "This file cannot be read.");
    }
  });
  field.click();
}

/** @param {Incident} theirs @param {HTMLElement} said */
function takeOver(theirs, said) {
  if (theirs.variant !== thisVariant()) {
    throw new Error(`This file is from another guidebook, “${theirs.variant}”. Open it there.`);
  }
  const ticks = count(ticksOf(theirs).length, "tick");
  const done = () => say(said, `“${theirs.name}” is here, with ${ticks}.`);
  /** @param {Incident} ours */
  const merge = (ours) => {
    mergeIncident(ours, theirs);
    putIncident(ours);
    done();
  };
  const asItsOwn = () => {
    putIncident(theirs);
    done();
  };
  const known = allIncidents().find(({ id }) => id === theirs.id);
  const open = openIncident();
  if (known) merge(known);
  else if (!open) asItsOwn();
  else {
    ask("Is it the same incident?", `The file has “${theirs.name}”, with ${ticks}. You work on “${open.name}”.`, [
      ["Another one: keep both", asItsOwn],
      ["The same: merge them", () => merge(open)],
      ["Cancel", () => {}],
    ]);
  }
}

addEventListener("DOMContentLoaded", startTools);
