// Checklists that remember what was ticked, when and by whom.

import { changeIncident, readersName, thisPage } from "./incidents.js";
import { make } from "../make.js";
import { sameItems } from "./same-item.js";
import { tickItem } from "./incident.js";

/** @typedef {import("./incident.js").Incident} Incident */
/** @typedef {import("./incident.js").Sheet} Sheet */
/** @typedef {import("./same-item.js").ItemOfPage} ItemOfPage */
/** @typedef {{ item: ItemOfPage, box: HTMLInputElement, when: HTMLElement, news: HTMLElement, heading: Element | null }} Row */

/** The checklists of this page, if it has any. @returns {import("./tools.js").Work | null} */
export function startChecklist() {
  const rows = readRows();
  if (rows.length === 0) return null;
  const page = thisPage();
  const counts = placeCounts(rows);
  let changed = 0;
  /** @returns {Sheet} */
  const newSheet = () => ({
    title: document.querySelector("h1")?.textContent?.trim() ?? page,
    items: Object.fromEntries(rows.map(({ item: { id, ...item } }) => [id, item])),
    ticks: {},
  });
  for (const { item, box } of rows) {
    box.addEventListener("change", () => {
      const tick = box.checked ? { at: new Date().toISOString(), by: readersName() } : null;
      changeIncident((incident) => {
        const sheet = (incident.sheets[page] ??= newSheet());
        const was = sameItems(rows.map((row) => row.item), sheet.items).get(item.id)?.was;
        tickItem(sheet, item, was, tick);
      });
    });
  }
  const done = () => rows.filter((row) => row.box.checked).length;
  return {
    all: rows.length,
    done,
    progress: () => `${done()} of ${rows.length} done${changed ? `, ${changed} changed since` : ""}`,
    show(incident) {
      changed = showSheet(rows, incident?.sheets[page]);
      for (const [heading, count] of counts) {
        const own = rows.filter((row) => row.heading === heading);
        const ticked = own.filter((row) => row.box.checked).length;
        count.textContent = `${ticked} of ${own.length} done`;
        count.classList.toggle("all", ticked === own.length);
      }
    },
    clear: {
      label: "Clear this checklist",
      question: "Take away all ticks of this page",
      edit: (incident) => void delete incident.sheets[page],
    },
  };
}

/** @returns {Row[]} */
function readRows() {
  /** @type {Row[]} */
  const rows = [];
  /** @type {Element | null} */
  let heading = null;
  for (const element of document.querySelectorAll("main :is(h2, h3, h4, h5, h6)[id], main li[data-item]")) {
    const box = element.querySelector("input");
    const what = element.querySelector(".what");
    const label = box?.parentElement;
    if (!(element instanceof HTMLElement && element.dataset.item)) {
      heading = element;
    } else if (box && what && label) {
      const when = make("span", { className: "when" });
      const news = make("p", { id: `_news-${rows.length}`, className: "news", lang: "en" });
      box.setAttribute("aria-describedby", news.id);
      label.append(when);
      label.after(news);
      const item = {
        id: element.dataset.item,
        version: element.dataset.version ?? "",
        section: heading ? wordsOf(heading) : "",
        text: wordsOf(what),
      };
      rows.push({ item, box, when, news, heading });
    }
  }
  return rows;
}

/** @param {Element} element */
function wordsOf(element) {
  return (element.textContent ?? "").replace(/\s+/g, " ").trim();
}

/** A line below each heading that has items of its own. @param {Row[]} rows */
function placeCounts(rows) {
  /** @type {Map<Element, HTMLElement>} */
  const counts = new Map();
  for (const { heading } of rows) {
    if (!heading || counts.has(heading)) continue;
    const count = make("p", { className: "count", lang: "en" });
    (heading.closest(".titled") ?? heading).after(count);
    counts.set(heading, count);
  }
  return counts;
}

/** What the author ticked stays so. @param {Row[]} rows @param {Sheet | undefined} sheet @returns {number} how many changed after they were ticked */
function showSheet(rows, sheet) {
  const same = sameItems(rows.map((row) => row.item), sheet?.items ?? {});
  let changedTicks = 0;
  for (const { item, box, when, news } of rows) {
    const { was, changed } = same.get(item.id) ?? {};
    const tick = was === undefined ? undefined : sheet?.ticks[was];
    box.checked = tick !== undefined || box.defaultChecked;
    when.replaceChildren(...(tick ? wordsOfTick(tick) : []));
    if (changed && tick) changedTicks += 1;
    news.textContent = "";
    if (sheet && was === undefined) news.textContent = "New since you started.";
    if (sheet && was !== undefined && changed) news.textContent = wordsOfChange(item, sheet.items[was], tick);
    news.hidden = news.textContent === "";
  }
  return changedTicks;
}

/** @param {ItemOfPage} now @param {import("./same-item.js").Item} before @param {import("./incident.js").Tick | undefined} tick */
function wordsOfChange(now, before, tick) {
  // What stands below it may have changed, and not its first words.
  const said = now.text === before.text ? "" : ` It said: “${before.text}”`;
  return `Changed since you ${tick ? "ticked it" : "started"}.${said}`;
}

/** The hour, with the day where it was another one, and who. @param {import("./incident.js").Tick} tick */
function wordsOfTick({ at, by }) {
  const date = new Date(at);
  const isToday = date.toDateString() === new Date().toDateString();
  // On paper the day is always there.
  const day = make("span", { className: isToday ? "day" : "" }, `${date.toLocaleDateString([], { dateStyle: "short" })} `);
  return [make("time", { dateTime: at }, day, date.toLocaleTimeString([], { timeStyle: "short" })), ...(by ? [` ${by}`] : [])];
}
