// The preview's part of a page: reloads it after a build, and shows what is wrong with the plan.
(() => {
  "use strict";

  const MOST = 200;
  const SCROLL = "redbinder-scroll";
  const CLOSED = "redbinder-closed";

  let events = null;
  let edition = pageEdition();
  let shown = null;

  // The edition this page was served from, so that a change between its request and the
  // connection below is noticed too.
  function pageEdition() {
    const [page] = performance.getEntriesByType("navigation");
    const timing = page?.serverTiming?.find((entry) => entry.name === "redbinder");
    return timing?.description ?? null;
  }

  // Storage may be switched off; then nothing is remembered.
  function remember(key, value) {
    try {
      sessionStorage.setItem(key, value);
    } catch {}
  }

  function recall(key) {
    try {
      return sessionStorage.getItem(key);
    } catch {
      return null;
    }
  }

  function reload() {
    remember(SCROLL, JSON.stringify([location.pathname, scrollX, scrollY]));
    location.reload();
  }

  function restoreScroll() {
    const saved = recall(SCROLL);
    if (!saved) return;
    remember(SCROLL, "");
    const [path, x, y] = JSON.parse(saved);
    if (path === location.pathname) scrollTo({ left: x, top: y, behavior: "instant" });
  }

  function connect() {
    // A browser allows a server six connections: only pages in view hold one.
    if (events || document.hidden) return;
    events = new EventSource("/_redbinder/events");
    events.addEventListener("hello", (event) => {
      if (edition !== null && edition !== event.data) reload();
      edition = event.data;
      showMessages();
    });
    events.addEventListener("reload", reload);
    events.addEventListener("messages", showMessages);
    events.addEventListener("error", () => {
      if (events?.readyState !== EventSource.CLOSED) return;
      disconnect();
      setTimeout(connect, 1000);
    });
  }

  function disconnect() {
    events?.close();
    events = null;
  }

  async function showMessages() {
    try {
      const response = await fetch("/_redbinder/messages.json", { cache: "no-store" });
      const text = await response.text();
      show(JSON.parse(text), text);
    } catch {
      // The server is gone; the messages come with the next connection.
    }
  }

  function make(name, className, text, ...children) {
    const element = document.createElement(name);
    element.className = className;
    if (text) element.textContent = text;
    element.append(...children);
    return element;
  }

  function count(messages) {
    return ["error", "warning", "note"]
      .map((level) => [level, messages.filter((message) => message.level === level).length])
      .filter(([, many]) => many > 0)
      .map(([level, many]) => `${many} ${level}${many === 1 ? "" : "s"}`)
      .join(", ");
  }

  function item(message) {
    const level = ["error", "warning", "note"].includes(message.level) ? message.level : "note";
    const label = make("strong", level, `${message.level}[${message.rule}]`);
    const item = make("li", "message", "", make("p", "text", "", label, `: ${message.text}`));
    if (message.place) item.append(make("p", "place", message.place));
    if (message.help) item.append(make("p", "help", `help: ${message.help}`));
    return item;
  }

  function show(messages, text) {
    shown?.remove();
    shown = null;
    if (messages.length === 0) return;
    const errors = messages.some((message) => message.level === "error");
    const title = make("h2", "title", count(messages));
    const button = make("button", "button");
    const list = make("ul", "list", "", ...messages.slice(0, MOST).map(item));
    if (messages.length > MOST) {
      list.append(make("li", "message", `and ${messages.length - MOST} more`));
    }
    // Reached by the keyboard, because it scrolls.
    list.tabIndex = 0;
    list.setAttribute("aria-label", "Messages");
    shown = make("div", "", "", make("div", "bar", "", title, button), list);
    shown.id = "redbinder-overlay";
    shown.setAttribute("role", "region");
    shown.setAttribute("aria-label", "Preview");
    title.setAttribute("role", "status");
    button.type = "button";

    const set = (open) => {
      list.hidden = !open;
      button.textContent = open ? "Close" : "Show";
      button.setAttribute("aria-expanded", String(open));
      // What was closed stays closed until something else is wrong.
      remember(CLOSED, open ? "" : text);
    };
    button.addEventListener("click", () => set(list.hidden));
    shown.addEventListener("redbinder-close", () => set(false));
    set(errors && recall(CLOSED) !== text);
    document.body.append(shown);
  }

  addEventListener("keydown", (event) => {
    if (event.key === "Escape") shown?.dispatchEvent(new Event("redbinder-close"));
  });
  addEventListener("load", restoreScroll);
  addEventListener("pagehide", disconnect);
  addEventListener("pageshow", connect);
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) disconnect();
    else connect();
  });
  connect();
})();
