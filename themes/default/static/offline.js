// Saves the plan for the time without a network, and says in the foot of the page how far that is.
// The saving itself is in offline/worker.js. From a disk everything works without it.

import { make } from "./make.js";

/** @typedef {{ folder: string, version?: string, saved?: boolean, done?: number, total?: number }} Told */

function startOffline() {
  const { home, root, kept } = document.documentElement.dataset;
  for (const remark of document.querySelectorAll("[data-when-offline]")) {
    if (remark instanceof HTMLElement) remark.hidden = navigator.onLine;
  }
  if (!location.protocol.startsWith("http")) return;
  const plan = new URL(home ?? (root || "./"), location.href);
  // By a script, since a browser that reads the page from a disk would complain about it.
  if (home !== undefined) document.head.append(make("link", { rel: "manifest", href: new URL("app.webmanifest", plan).href }));
  // Without a secure address there is no such thing.
  if (kept === undefined || !navigator.serviceWorker) return;
  saveAllForOffline(new URL("worker.js", plan), new URL("worker.js", new URL(root || "./", location.href)));
}

/**
 * The plan first, then what all plans of the site share.
 * @param {URL} own
 * @param {URL} shared
 */
async function saveAllForOffline(own, shared) {
  await saveForOffline(own);
  if (own.href !== shared.href) await navigator.serviceWorker.register(shared, freshWorker).catch(() => {});
}

/** The worker's file is always asked for anew. @type {RegistrationOptions} */
const freshWorker = { updateViaCache: "none" };

/** @param {URL} address The worker's. */
async function saveForOffline(address) {
  const line = make("p", { className: "kept", lang: "en", role: "status" });
  document.querySelector(".foot > div")?.append(line);
  const folder = new URL("./", address).href;
  const container = navigator.serviceWorker;
  container.addEventListener("message", (event) => {
    const told = /** @type {Told} */ (event.data);
    if (told?.folder !== folder) return;
    if (told.saved) line.textContent = `Saved for offline${told.version ? `, version ${told.version}` : ""}`;
    // The first time only: a newer version is saved in silence, the one in use is complete.
    else if (!container.controller) showSaving(line, told);
  });
  container.startMessages();
  try {
    const registration = await container.register(address, freshWorker);
    const found = registration.installing;
    registration.addEventListener("updatefound", () => followWorker(registration, line));
    if (found) followWorker(registration, line);
    registration.active?.postMessage("state");
    if (registration.waiting && registration.active) {
      // The page has just been opened and nobody has read it: if no other is open, it gives way.
      comeBackWith(registration.waiting, "take over if alone");
      offerNewer(registration, line);
    }
  } catch {
    line.textContent = "Could not be saved for offline";
  }
}

/**
 * Not for the ear: it changes too often.
 * @param {HTMLElement} line
 * @param {Told} told
 */
function showSaving(line, { done = 0, total = 0 }) {
  line.replaceChildren(make("span", { ariaHidden: "true" }, `Saving for offline: ${done} of ${total} files`));
}

/**
 * @param {ServiceWorkerRegistration} registration
 * @param {HTMLElement} line
 */
function followWorker(registration, line) {
  const worker = registration.installing;
  worker?.addEventListener("statechange", () => {
    if (worker.state === "activated") worker.postMessage("state");
    else if (worker.state === "installed" && registration.active) offerNewer(registration, line);
    else if (worker.state === "redundant" && !registration.active) line.textContent = "Could not be saved for offline";
  });
}

/**
 * A newer version is here: the reader decides when to see it.
 * @param {ServiceWorkerRegistration} registration
 * @param {HTMLElement} line
 */
function offerNewer(registration, line) {
  const show = make("button", { type: "button", className: "link" }, "Show the newer version");
  show.addEventListener("click", () => {
    if (registration.waiting) comeBackWith(registration.waiting, "take over");
    else location.reload();
  });
  for (const old of line.parentElement?.querySelectorAll(".newer") ?? []) old.remove();
  line.after(make("p", { className: "newer", lang: "en", role: "status" }, show));
}

/**
 * Loads the page anew when the worker has taken over.
 * @param {ServiceWorker} worker
 * @param {"take over" | "take over if alone"} message
 */
function comeBackWith(worker, message) {
  worker.addEventListener("statechange", () => {
    if (worker.state === "activated") location.reload();
  });
  worker.postMessage(message);
}

addEventListener("DOMContentLoaded", startOffline);
