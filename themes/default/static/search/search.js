// What a reader sees of the search: in a dialog on every page, and on the page for searching.

import { language } from "./language.js";
import { add, bookOf, excerpt, find, pieces } from "./rank.js";

/** @typedef {import("./rank.js").Guidebook} Guidebook */
/** @typedef {import("./rank.js").Found & {also: number}} Result `also`: how many other guidebooks say the same */

const { lang, dataset: { root = "", variant } } = document.documentElement;
const { tag = lang, kinds, says, tries } = language;

/** @param {string} name */
const folderOf = (name) => root + encodeURIComponent(name) + "/";

/** The guidebook with its index, loaded once. @param {string} name */
async function load(name) {
  if (!bookOf(name)) {
    await new Promise((onload, onerror) => {
      const script = make("script", { src: folderOf(name) + "search/index.js" });
      document.head.append(Object.assign(script, { onload, onerror }));
    });
  }
  return /** @type {Promise<Guidebook>} */ (bookOf(name));
}

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag @param {Record<string, string>} attributes @param {(Node | string)[]} content
 * @returns {HTMLElementTagNameMap[Tag]}
 */
function make(tag, attributes, ...content) {
  const element = document.createElement(tag);
  for (const name in attributes) element.setAttribute(name, attributes[name]);
  element.append(...content);
  return element;
}

/** @param {(Node | string)[]} content @param {() => void} act @param {Record<string, string>} [attributes] */
function button(content, act, attributes = { class: "button" }) {
  const made = make("button", { type: "button", ...attributes }, ...content);
  made.onclick = act;
  return made;
}

/** @param {string} name @param {string} text @param {Result["marks"]} [marks] */
function line(name, text, marks = new Map()) {
  return make(name === "b" ? "b" : "span", { class: name }, ...pieces(text, marks).map((piece) => (piece.marked ? make("mark", {}, piece.text) : piece.text)));
}

/** @param {Result} result @param {boolean} named whether to say which guidebook it is in */
function show(result, named) {
  const { entry, marks, also } = result;
  const around = named ? [entry.book.title + (also ? ` +${also}` : ""), ...entry.path] : entry.path;
  return make("li", {}, make("a", { href: folderOf(entry.book.name) + entry.href },
    // A space alone is lost in what a screen reader is told.
    line("b", entry.title, marks), "\u200b ", line(entry.mark, kinds[entry.kind]),
    line("around", around.join(" › ")), line("said", excerpt(result), marks)));
}

/**
 * Puts a field and its results into an element.
 * @param {HTMLElement} host
 * @param {string} asked
 * @param {(question: string) => void} onask
 */
function fill(host, asked, onask) {
  /** The guidebooks that this page links to, by name. @type {Map<string, string>} */
  const books = new Map();
  for (const link of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-guidebook]"))) {
    books.set(link.dataset.guidebook || "", link.dataset.title || link.firstChild?.textContent || "");
  }
  let wanted = variant ? [variant] : [...books.keys()];
  let kind = "";
  let waiting = 0;
  /** @type {Guidebook[]} */
  let loaded = [];

  const field = make("input", { type: "search", id: "_q", autocomplete: "off", spellcheck: "false", "aria-describedby": "_found" });
  const where = make("span", {});
  const form = make("form", { role: "search" }, make("label", { for: "_q" }, says.search + " ", where), field);
  const status = make("p", { role: "status", id: "_found" });
  const filter = make("div", { class: "kinds", role: "group", "aria-label": says.show });
  const list = make("ol", { class: "found", lang });
  const help = make("div", { class: "help" });
  const others = button([says.others], () => {
    wanted = [...new Set([...wanted, ...books.keys()])];
    reload();
    field.focus();
  });
  host.lang = tag;
  host.replaceChildren(form, filter, status, list, help, make("p", { class: "ways" }, others));

  /** @param {string} advice */
  const advise = (advice) => {
    const examples = tries.map((words) => button([words], () => {
      field.value = words;
      answer();
      field.focus();
    }));
    const report = document.querySelector("a.button.alarm")?.getAttribute("href");
    help.append(make("p", {}, advice), make("p", { class: "ways" }, ...examples));
    if (report) help.append(make("p", {}, make("a", { href: report }, says.report)));
  };

  function answer() {
    const question = field.value.trim();
    const several = loaded.length > 1;
    onask(question);
    /** What several guidebooks share is shown once, one's own first. @type {Map<string, Result>} */
    const told = new Map();
    for (const it of loaded.flatMap((book) => find(book, question).slice(0, several ? 10 : 100))) {
      const key = it.entry.href + it.entry.title + it.entry.text;
      const same = told.get(key);
      if (same) same.also++;
      else told.set(key, { ...it, also: 0 });
    }
    const found = [...told.values()];
    const own = (/** @type {Result} */ it) => +(it.entry.book.name === variant);
    if (several) found.sort((a, b) => own(b) - own(a) || b.score - a.score);
    const named = (/** @type {string} */ name) => found.filter(({ entry }) => !name || kinds[entry.kind] === name);
    const names = new Set(found.map(({ entry }) => kinds[entry.kind]));
    if (!names.has(kind)) kind = "";
    const chosen = named(kind);
    const shown = (/** @type {number} */ from, /** @type {number} */ to) => chosen.slice(from, to).map((it) => show(it, several));
    // What a phone has room for at once, the others when nobody types.
    list.replaceChildren(...shown(0, 5));
    clearTimeout(waiting);
    waiting = setTimeout(() => list.append(...shown(5, 20)), 150);
    const focused = filter.contains(document.activeElement);
    filter.replaceChildren(...(names.size < 2 ? [] : ["", ...names].map((name) =>
      button([`${name || says.every} `, make("small", {}, "" + named(name).length)], () => {
        kind = name;
        answer();
      }, { "aria-pressed": String(name === kind) }))));
    if (focused) /** @type {HTMLElement | null} */ (filter.querySelector("[aria-pressed=true]"))?.focus();
    help.replaceChildren();
    status.textContent = !question ? "" : !loaded.length ? says.loading
      : chosen.length ? `${chosen.length} ${chosen.length > 1 ? says.results : says.result}` : says.nothing + question;
    if (!question) advise(says.empty);
    else if (loaded.length && !chosen.length) advise(says.again);
  }

  const reload = () => {
    where.textContent = wanted.length > 1 ? says.all : books.get(wanted[0]) || "";
    others.hidden = wanted.length >= books.size;
    Promise.all(wanted.map(load)).then((all) => {
      loaded = all;
      answer();
    }, () => {
      status.textContent = says.failed;
    });
  };

  field.oninput = answer;
  form.onsubmit = (event) => {
    event.preventDefault();
    list.querySelector("a")?.click();
  };
  host.onkeydown = (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const stops = [field, .../** @type {NodeListOf<HTMLElement>} */ (list.querySelectorAll("a"))];
    stops[stops.indexOf(/** @type {any} */ (document.activeElement)) + step]?.focus();
  };
  field.value = asked;
  answer();
  reload();
  return field;
}

/** @type {HTMLDialogElement | undefined} */
let dialog;
/** @type {HTMLInputElement} */
let dialogField;

/**
 * Opens the dialog. The browser keeps the focus in it, closes it at Escape and gives the focus back.
 * @param {string} typed what the reader has written already
 */
function open(typed) {
  const onPage = document.getElementById("_q");
  if (onPage && !dialog) return onPage.focus();
  if (dialog) {
    dialogField.select();
  } else {
    const panel = make("div", {});
    const made = make("dialog", { class: "search", lang: tag, "aria-label": says.search }, button([says.close], () => made.close()), panel);
    document.body.append(made);
    made.onclick = ({ target }) => {
      // Outside of it, or at a result, which may be on this page.
      if (target === made || /** @type {Element} */ (target).closest(".found a")) made.close();
    };
    dialogField = fill(panel, typed, () => {});
    dialog = made;
  }
  dialog.showModal();
  dialogField.focus();
}

/** The page for searching, which keeps the question in its address. @param {HTMLElement} host */
function page(host) {
  fill(host, new URLSearchParams(location.search).get("q") || "", (question) => {
    // Browsers may refuse on a disk.
    try {
      history.replaceState(null, "", "?q=" + encodeURIComponent(question));
    } catch {}
  }).focus();
}

Object.assign(globalThis, { redbinderSearch: { add, open, page } });
