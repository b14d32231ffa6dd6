// Keeps one folder of the site for the time without a network: all of one version of it, or nothing.
//
// The build writes this file into the folder, with the list of what belongs to it. A new version is saved
// beside the one in use, every file compared with its hash, so that a site that is swapped in the middle
// of it is not saved as half of each. Only when it is complete does it wait to take over; it takes over
// when no page of the old version is open, or when a reader asks for it (see ../offline.js). A page that
// is open meanwhile keeps what it was loaded from: what it asks for later has a fingerprint in its address,
// and the old files stay as long as a page may want them.

const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));

/** What to save: the hash of each file by its address from here. Without a name: nothing any more.
 * @type {{ version: string, name: string, files: Record<string, string> }} */
const list = { version: "", name: "", files: {} };

const folder = worker.registration.scope;
const prefix = `redbinder ${folder} `;
const cacheName = prefix + list.name;

/** The hash of each file by its whole address. */
const files = new Map(Object.entries(list.files).map(([path, hash]) => [new URL(path, folder).href, hash]));

worker.addEventListener("install", (event) => {
  event.waitUntil(list.name ? saveAll() : worker.skipWaiting());
});

worker.addEventListener("activate", (event) => {
  event.waitUntil(list.name ? begin() : retire());
});

worker.addEventListener("message", (event) => {
  if (event.data === "state") {
    event.source?.postMessage({ folder, version: list.version, saved: true });
    event.waitUntil(throwOldAway());
  } else if (event.data === "take over") {
    worker.skipWaiting();
  } else if (event.data === "take over if alone") {
    event.waitUntil(takeOverIfAlone());
  }
});

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (!list.name || request.method !== "GET" || url.origin !== worker.location.origin) return;
  const address = fileAt(url);
  if (address) {
    event.respondWith(saved(address, request));
  } else if (request.mode === "navigate") {
    event.respondWith(fetch(request).catch(() => Response.redirect(new URL("404.html", folder).href)));
  } else if (url.pathname.includes("/assets/")) {
    event.respondWith(caches.match(url.href).then((old) => old ?? fetch(request)));
  }
});

/** The page that the reader has just left may still be counted: it is looked a few times. */
async function takeOverIfAlone() {
  for (let look = 0; look < 4; look += 1) {
    if ((await pages()).length < 2) return worker.skipWaiting();
    await new Promise((later) => setTimeout(later, 250));
  }
}

async function saveAll() {
  const cache = await caches.open(cacheName);
  const waiting = [...files];
  const total = waiting.length;
  let done = 0;
  const saveNext = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      await save(cache, ...next);
      done += 1;
      await tell({ done, total });
    }
  };
  // A few at a time: a phone on a bad line.
  await Promise.all([1, 2, 3, 4].map(saveNext));
}

/**
 * What was saved before it broke off, or is the same in the version in use, is not asked for again.
 * @param {Cache} cache
 * @param {string} address
 * @param {string} hash
 */
async function save(cache, address, hash) {
  if (await cache.match(address)) return;
  for (const name of await ownCaches()) {
    const known = await caches.match(address, { cacheName: name });
    if (known?.headers.get("X-Saved-Hash") === hash) {
      await cache.put(address, known);
      return;
    }
  }
  const response = await fetch(address, { cache: "no-cache" });
  const bytes = await response.arrayBuffer();
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).slice(0, 5);
  const found = [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  if (!response.ok || found !== hash) throw new Error(`${address} is not of this version`);
  // Made anew: the answer to a redirected request may not be given to a page. The headers that guard it stay.
  const headers = new Headers(response.headers);
  headers.delete("Content-Encoding");
  headers.delete("Content-Length");
  headers.set("X-Saved-Hash", hash);
  await cache.put(address, new Response(bytes, { headers }));
}

/** The first page was not loaded by way of this worker, and may ask for files of it later. */
async function begin() {
  await throwOldAway();
  await worker.clients.claim();
}

/** Unless several pages are open: one of them may still want what it was loaded from. */
async function throwOldAway() {
  if ((await pages()).length > 1) return;
  const old = (await ownCaches()).filter((name) => name !== cacheName);
  await Promise.all(old.map((name) => caches.delete(name)));
}

/** The site is not to be kept any more. */
async function retire() {
  await Promise.all((await ownCaches()).map((name) => caches.delete(name)));
  await worker.registration.unregister();
}

/** The address of a saved file for an address that is asked for, however servers shorten it.
 * @param {URL} url */
function fileAt(url) {
  const address = url.origin + url.pathname;
  const spellings = address.endsWith("/") ? [`${address}index.html`] : [address, `${address}.html`];
  return spellings.find((spelling) => files.has(spelling));
}

/**
 * @param {string} address
 * @param {Request} request
 */
async function saved(address, request) {
  const cache = await caches.open(cacheName);
  // A browser short of space may have thrown it away.
  return (await cache.match(address)) ?? fetch(request);
}

async function ownCaches() {
  return (await caches.keys()).filter((name) => name.startsWith(prefix));
}

/** The open pages of this folder, also those that were loaded without this worker. */
async function pages() {
  const open = await worker.clients.matchAll({ type: "window", includeUncontrolled: true });
  return open.filter((page) => page.url.startsWith(folder));
}

/** @param {{ done: number, total: number }} progress */
async function tell(progress) {
  for (const page of await pages()) page.postMessage({ folder, ...progress });
}
