// What a reader sees of the search: in a dialog on every page, and on the page for searching.

const redbinderFind = (() => {
  const root = document.documentElement.dataset.root || "";
  const own = document.documentElement.dataset.variant;

  const { kinds, says, tries } = redbinderSearch.language();
  const limit = 20;

  /** The guidebooks that this page links to, by name. */
  function guidebooks() {
    /** @type {Map<string, string>} */
    const found = new Map();
    for (const link of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-guidebook]"))) {
      found.set(link.dataset.guidebook || "", link.dataset.title || link.firstChild?.textContent || "");
    }
    return found;
  }

  /** @param {string} name */
  const folder = (name) => root + encodeURIComponent(name) + "/";

  /** Given by find.js, which loaded this. @type {(addresses: string[]) => Promise<void>} */
  let loadScripts;

  /** The guidebook with its index, loaded once. @param {string} name */
  async function load(name) {
    if (!redbinderSearch.book(name)) await loadScripts([folder(name) + "search/index.js"]);
    return /** @type {Promise<Guidebook>} */ (redbinderSearch.book(name));
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
    made.addEventListener("click", act);
    return made;
  }

  /** @param {string} text @param {Map<number, number>} marks */
  function marked(text, marks) {
    return redbinderSearch.pieces(text, marks).map((piece) => (piece.marked ? make("mark", {}, piece.text) : piece.text));
  }

  /** @param {Found & {also: number}} found @param {boolean} named whether to say which guidebook it is in */
  function result(found, named) {
    const { entry, marks } = found;
    const around = entry.top && entry.page === entry.title ? [] : [entry.page, ...entry.path];
    if (named) around.unshift(entry.book.title + (found.also ? ` +${found.also}` : ""));
    const link = make("a", { href: folder(entry.book.name) + entry.href },
      make("b", {}, ...marked(entry.title, marks)), " ",
      make("span", { class: entry.kind === "severity" ? "ref " + entry.mark : entry.mark }, kinds[entry.kind]));
    if (around.length) link.append(make("span", { class: "around" }, around.join(" › ")));
    const excerpt = redbinderSearch.excerpt(found);
    if (excerpt) link.append(make("span", { class: "said" }, ...marked(excerpt, marks)));
    return make("li", {}, link);
  }

  /**
   * Puts a field and its results into an element.
   * @param {HTMLElement} host
   * @param {{asked?: string, onask?: (question: string) => void}} [options]
   */
  function fill(host, options = {}) {
    const books = guidebooks();
    let wanted = own ? [own] : [...books.keys()];
    let kind = "";
    /** @type {Guidebook[]} */
    let loaded = [];
    let pause = 0;
    let waiting = 0;

    const field = make("input", { type: "search", id: "_q", autocomplete: "off", spellcheck: "false", enterkeyhint: "search", "aria-describedby": "_found" });
    const where = make("span", {});
    const form = make("form", { role: "search" }, make("label", { for: "_q" }, says.search + " ", where), field);
    const status = make("p", { role: "status", id: "_found" });
    const filter = make("div", { class: "kinds", role: "group", "aria-label": says.show });
    const list = make("ol", { class: "found" });
    const help = make("div", { class: "help" });
    const others = button([says.others], () => {
      wanted = [...new Set([...wanted, ...books.keys()])];
      reload();
      field.focus();
    });
    host.replaceChildren(form, filter, status, list, help, make("p", { class: "ways" }, others));

    /** @param {string} advice */
    const advise = (advice) => {
      const examples = tries.map((words) => button([words], () => {
        field.value = words;
        show();
        field.focus();
      }));
      const report = document.querySelector("a.button.alarm")?.getAttribute("href");
      help.replaceChildren(make("p", {}, advice), make("p", { class: "ways" }, ...examples));
      if (report) help.append(make("p", {}, make("a", { href: report }, says.report)));
    };

    function show() {
      const begun = performance.now();
      const question = field.value.trim();
      options.onask?.(question);
      /** @type {Map<string, Found & {also: number}>} What several guidebooks share is shown once, one's own first. */
      const told = new Map();
      for (const it of loaded.flatMap((book) => redbinderSearch.find(book, question).slice(0, loaded.length > 1 ? 10 : 100))) {
        const key = it.entry.href + it.entry.title + it.entry.text;
        const same = told.get(key);
        if (same) same.also++;
        else told.set(key, { ...it, also: 0 });
      }
      const found = [...told.values()];
      pause = performance.now() - begun > 40 ? 200 : 0;
      if (loaded.length > 1) found.sort((a, b) => Number(b.entry.book.name === own) - Number(a.entry.book.name === own) || b.score - a.score);
      /** @type {Map<string, number>} */
      const counts = new Map();
      for (const { entry } of found) counts.set(kinds[entry.kind], (counts.get(kinds[entry.kind]) || 0) + 1);
      if (!counts.has(kind)) kind = "";
      const chosen = kind ? found.filter(({ entry }) => kinds[entry.kind] === kind) : found;
      list.replaceChildren(...chosen.slice(0, limit).map((it) => result(it, loaded.length > 1)));
      const focused = filter.contains(document.activeElement);
      filter.replaceChildren(...(counts.size < 2 ? [] : ["", ...counts.keys()].map((name) =>
        button([`${name || says.every} `, make("small", {}, String(name ? counts.get(name) : found.length))], () => {
          kind = name;
          show();
        }, { "aria-pressed": String(name === kind) }))));
      if (focused) /** @type {HTMLElement | null} */ (filter.querySelector("[aria-pressed=true]"))?.focus();
      help.replaceChildren();
      if (!question) {
        status.textContent = "";
        advise(says.empty);
      } else if (!loaded.length) {
        status.textContent = says.loading;
      } else if (!chosen.length) {
        status.textContent = says.nothing + question;
        advise(says.again);
      } else {
        status.textContent = `${chosen.length} ${chosen.length === 1 ? says.result : says.results}`;
      }
    }

    const reload = () => {
      where.textContent = wanted.length > 1 ? says.all : books.get(wanted[0]) || "";
      others.hidden = wanted.length >= books.size;
      Promise.all(wanted.map(load)).then((all) => {
        loaded = all;
        show();
      }, () => {
        status.textContent = says.failed;
      });
    };

    /** @param {number} step */
    const move = (step) => {
      const stops = [field, .../** @type {NodeListOf<HTMLElement>} */ (list.querySelectorAll("a"))];
      const at = stops.indexOf(/** @type {any} */ (document.activeElement));
      stops[Math.max(0, Math.min(stops.length - 1, at + step))].focus();
    };

    // In a large plan an answer takes longer than a key: then it waits for a pause.
    field.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(show, pause);
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      list.querySelector("a")?.click();
    });
    host.addEventListener("keydown", (event) => {
      if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
      event.preventDefault();
      move(event.key === "ArrowDown" ? 1 : -1);
    });
    field.value = options.asked || "";
    show();
    reload();
    return field;
  }

  /** @type {HTMLDialogElement | undefined} */
  let dialog;
  /** @type {HTMLInputElement | undefined} */
  let field;

  /**
   * Opens the dialog. The browser keeps the focus in it, closes it at Escape and gives the focus back.
   * @param {typeof loadScripts} loader
   * @param {string} typed what the reader has written already
   */
  function open(loader, typed) {
    loadScripts = loader;
    const onPage = document.getElementById("_q");
    if (onPage && !dialog) return onPage.focus();
    if (!dialog) {
      const panel = make("div", {});
      const made = make("dialog", { class: "search", "aria-label": says.search }, button([says.close], () => made.close()), panel);
      dialog = made;
      document.body.append(made);
      made.addEventListener("click", (event) => {
        // Outside of it, or at a result, which may be on this page.
        if (event.target === made || (event.target instanceof Element && event.target.closest(".found a"))) made.close();
      });
      field = fill(panel);
    }
    dialog.showModal();
    field?.select();
    field?.focus();
    if (field && typed) {
      field.value = typed;
      field.dispatchEvent(new Event("input"));
    }
  }

  /** The page for searching, which keeps the question in its address. @param {HTMLElement} host @param {typeof loadScripts} loader */
  function page(host, loader) {
    loadScripts = loader;
    const asked = new URLSearchParams(location.search).get("q") || "";
    const onask = (/** @type {string} */ question) => {
      // Browsers may refuse on a disk.
      try {
        history.replaceState(null, "", "?q=" + encodeURIComponent(question));
      } catch {}
    };
    fill(host, { asked, onask }).focus();
  }

  return { open, page };
})();
Object.assign(globalThis, { redbinderFind });
