// The site that tests read, a server for it, and a browser that tells of everything it dislikes.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { delimiter, dirname, extname, join, normalize, resolve, sep } from "node:path";
import { after } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { chromium } from "playwright-core";

const repository = fileURLToPath(new URL("../..", import.meta.url));
const run = promisify(execFile);

/** What to undo when the tests of this process are over, the last first. */
const undo = [];
after(async () => {
  for (const step of undo.reverse()) await step();
});

// ---------------------------------------------------------------------------------------------- site

async function redbinder(args, folder) {
  const program = process.env.REDBINDER && resolve(repository, process.env.REDBINDER);
  const cargo = ["run", "--locked", "--quiet", "--profile", "test", "--manifest-path", join(repository, "Cargo.toml"), "--"];
  const options = { cwd: folder, maxBuffer: 1e8 };
  return program ? run(program, args, options) : run("cargo", [...cargo, ...args], options);
}

/** A folder that goes when the tests of this process are over. */
export async function temporary() {
  const folder = await mkdtemp(join(tmpdir(), "redbinder-"));
  undo.push(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

let built;

/** The folder with the built `content/` of this repository. It is built once: do not write to it. */
export function site() {
  built ??= project(repository);
  return built;
}

/** Builds a project that lies in a folder, and says where its site is. @param {string} folder */
export async function project(folder) {
  const output = join(await temporary(), "site");
  await redbinder(["build", "--output", output], folder);
  return output;
}

/**
 * Writes a small project and builds it. Write again into the same project to see a change.
 * @param {Record<string, string>} files their texts by their paths
 * @param {{ project?: string }} [options] a project made before
 * @returns {Promise<{ project: string, output: string }>}
 */
export async function build(files, { project } = {}) {
  project ??= await temporary();
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(project, path)), { recursive: true });
    await writeFile(join(project, path), text);
  }
  const output = join(project, "public");
  await redbinder(["build", "--output", output], project);
  return { project, output };
}

// -------------------------------------------------------------------------------------------- server

const kinds = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".webmanifest": "application/manifest+json",
  ".xml": "application/xml",
};

/** The rules of a `_headers` file: lines of paths, and below each the headers that are sent there. */
function headerRules(text) {
  const rules = [];
  for (const line of text.split("\n")) {
    if (!line.trim() || line.trim().startsWith("#")) continue;
    if (!/^\s/.test(line)) {
      const pattern = line.trim().replace(/[.+?^${}()|[\]\\]/g, "\\$&").replace(/\*/g, ".*");
      rules.push({ path: new RegExp(`^${pattern}$`), headers: [] });
    } else {
      const [name, ...value] = line.trim().split(":");
      rules.at(-1)?.headers.push([name, value.join(":").trim()]);
    }
  }
  return rules;
}

/**
 * Serves a folder on this machine as a static host does: with what its `_headers` says, and its 404.html.
 * @param {string} folder
 * @param {{ compress?: boolean }} [options]
 * @returns {Promise<{ url: string, stop: () => Promise<void> }>} `url` ends with a slash
 */
export async function serve(folder, { compress = false } = {}) {
  const headers = join(folder, "_headers");
  const rules = existsSync(headers) ? headerRules(await readFile(headers, "utf8")) : [];
  const server = createServer(async (request, response) => {
    const path = decodeURIComponent(new URL(request.url, "http://x").pathname);
    let file = normalize(join(folder, path));
    if (path.endsWith("/")) file = join(file, "index.html");
    let status = 200;
    let body = file.startsWith(folder + sep) ? await readFile(file).catch(() => null) : null;
    if (body === null) {
      status = 404;
      file = join(folder, "404.html");
      body = await readFile(file).catch(() => Buffer.from("not found"));
    }
    const kind = kinds[extname(file)] ?? "application/octet-stream";
    response.setHeader("Content-Type", kind);
    for (const rule of rules.filter((rule) => rule.path.test(path))) {
      for (const [name, value] of rule.headers) response.setHeader(name, value);
    }
    if (compress && /^text|json|xml/.test(kind)) {
      body = gzipSync(body);
      response.setHeader("Content-Encoding", "gzip");
    }
    response.writeHead(status).end(request.method === "HEAD" ? undefined : body);
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  const stop = () => {
    server.closeAllConnections();
    return new Promise((stopped) => server.close(() => stopped()));
  };
  undo.push(stop);
  return { url: `http://127.0.0.1:${server.address().port}/`, stop };
}

let served;

/** The address of the built `content/`, with a slash at its end. */
export function address() {
  served ??= site().then(serve).then((server) => server.url);
  return served;
}

// ------------------------------------------------------------------------------------------- browser

export function chromiumPath() {
  const names = ["chromium", "chromium-browser", "google-chrome"];
  const places = names.flatMap((name) => process.env.PATH.split(delimiter).map((folder) => join(folder, name)));
  const found = [process.env.CHROMIUM, ...places].find((path) => path && existsSync(path));
  if (!found) throw new Error("no Chromium: install the package chromium, or set CHROMIUM to its path");
  return found;
}

let launched;

/** The one browser of this process. */
export function browser() {
  launched ??= (async () => {
    const browser = await chromium.launch({ executablePath: chromiumPath(), args: ["--disable-background-networking"] });
    undo.push(() => browser.close());
    return browser;
  })();
  return launched;
}

export const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
export const tablet = { viewport: { width: 768, height: 1024 } };
export const desktop = { viewport: { width: 1280, height: 800 } };

/** A base address and the pages below it: what is requested elsewhere is foreign. */
function isOwn(url, base) {
  return url.startsWith(base) || /^(data|blob|about):/.test(url);
}

/**
 * A new profile: nothing remembered, nothing shared with another. What goes wrong on any of its pages
 * is collected, and when the test ends it fails if something did.
 *
 * @param {import("node:test").TestContext} t
 * @param {import("playwright-core").BrowserContextOptions & { base?: string, expected?: RegExp, worker?: boolean }} [options]
 *   Playwright's own (`phone`, `tablet`, `desktop` here; `javaScriptEnabled`, `colorScheme`…);
 *   `base`: where the site is, an address that ends with a slash; the built `content/` over HTTP unless it is said;
 *   `expected`: problems that this test provokes;
 *   `worker`: whether pages may start their service worker, which fetches the whole plan each time
 */
export async function profile(t, { base, expected, worker = false, ...options } = {}) {
  base ??= await address();
  const context = await (await browser()).newContext({ ...desktop, reducedMotion: "reduce", ...options });
  if (!worker) await context.addInitScript(() => delete Navigator.prototype.serviceWorker);
  const problems = [];
  const tell = (problem) => {
    if (!expected?.test(problem)) problems.push(problem);
  };
  context.on("console", (message) => tell(`${message.page()?.url()}: console ${message.type()}: ${message.text()}`));
  context.on("weberror", (error) => tell(`${error.page()?.url()}: ${error.error().stack ?? error.error()}`));
  context.on("request", (request) => {
    if (!isOwn(request.url(), base)) tell(`request elsewhere: ${request.url()}`);
  });
  context.on("requestfailed", (request) => {
    // Aborted by the browser itself, when it leaves a page before all of it has come.
    const reason = request.failure()?.errorText;
    if (reason !== "net::ERR_ABORTED") tell(`request failed: ${request.url()}: ${reason}`);
  });
  context.on("response", (response) => {
    if (response.status() >= 400) tell(`status ${response.status()}: ${response.url()}`);
  });
  t.after(async () => {
    await context.close();
    if (problems.length > 0) throw new Error(`the browser complains:\n  ${problems.join("\n  ")}`);
  });
  return Object.assign(context, { base });
}

/**
 * Opens a page of the site in a profile of its own.
 * @param {import("node:test").TestContext} t
 * @param {string} path such as `bixal/index.html#report`
 * @param {Parameters<typeof profile>[1]} [options]
 */
export async function visit(t, path, options) {
  const context = await profile(t, options);
  const page = await context.newPage();
  await page.goto(context.base + path);
  return page;
}

/** The `base` of a folder as it opens from a disk or a stick. */
export function disk(folder) {
  return pathToFileURL(folder + sep).href;
}

/** What has the focus, if nobody sees that: without an outline, or below something else. @param {import("playwright-core").Page} page */
export function unseenFocus(page) {
  return page.evaluate(() => {
    const it = document.activeElement;
    if (!it || it === document.body) return "";
    const box = it.getBoundingClientRect();
    const { outlineStyle, outlineWidth } = getComputedStyle(it);
    const x = Math.min(Math.max(box.left + Math.min(box.width / 2, 8), 0), innerWidth - 1);
    const y = Math.min(Math.max(box.top + box.height / 2, 0), innerHeight - 1);
    const top = document.elementFromPoint(x, y);
    const isSeen = outlineStyle !== "none" && outlineWidth !== "0px" && top && (it.contains(top) || top.contains(it));
    return isSeen ? "" : it.outerHTML.slice(0, 150);
  });
}

/**
 * Does what a responder does without a server: finds the response checklist of a guidebook, ticks a step that is there
 * again later, and begins a message of Bixal.
 * @param {import("playwright-core").Page} page a page of a guidebook
 * @param {string} base where the site is
 */
export async function searchTickAndFill(page, base) {
  await page.getByRole("button", { name: "Search", exact: true }).click();
  await page.getByRole("searchbox").fill("response checklist");
  await page.locator(".found a", { hasText: "Response checklist" }).first().click();
  await page.getByRole("heading", { level: 1, name: "Response checklist" }).waitFor();
  await page.getByRole("checkbox").first().check();
  await page.reload();
  assert.ok(await page.getByRole("checkbox").first().isChecked(), "a tick is remembered");
  await page.goto(`${base}bixal/templates/sitrep.html`);
  await page.getByRole("textbox", { name: "Subject" }).fill("Bees have left");
  assert.equal(await page.locator("section.template mark[data-blank=subject]").first().textContent(), "Bees have left");
}
