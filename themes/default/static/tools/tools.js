// The bar of a page that is worked with: which incident, and how far.

import { make, makeButton } from "../make.js";
import { onIncidentChange, openIncident } from "./incidents.js";
import { isRefused } from "../keep.js";
import { openTools } from "./incident-dialog.js";
import { startChecklist } from "./checklist.js";
import { startMessages } from "./template.js";

/** @typedef {import("./incident.js").Incident} Incident */

/**
 * What a page has to work with, how far it is, and how all of it is undone.
 * @typedef {{ show: (incident: Incident | null) => void, done: () => number, all: number, progress: () => string,
 *   clear: { label: string, question: string, edit: (incident: Incident) => void } }} Work
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
  const more = makeButton("Incident", () => openTools(works.map((work) => work.clear)));
  more.setAttribute("aria-haspopup", "dialog");
  const bar = make("section", { className: "working", lang: "en" }, make("p", {}, name, progress, meter), more);
  bar.setAttribute("aria-label", "Incident");
  text.prepend(bar);
  const show = () => {
    const incident = openIncident();
    for (const work of works) work.show(incident);
    bar.classList.toggle("idle", !incident);
    name.textContent = incident?.name ?? "No incident started";
    const far = works.map((work) => work.progress());
    const words = [...far, ...(isRefused() ? ["gone when you close this page"] : [])].join(", ");
    if (progress.textContent !== words) progress.textContent = words;
    meter.value = works.reduce((sum, work) => sum + work.done(), 0);
  };
  onIncidentChange(show);
  show();
}

addEventListener("DOMContentLoaded", startTools);
