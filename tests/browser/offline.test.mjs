// A plan that was opened once opens again without a network, and a new version takes its place as a whole.

import assert from "node:assert/strict";
import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { build, profile, searchTickAndFill, serve, site } from "./harness.mjs";

/** What a stopped server and a refused file lead to. */
const expected = /ERR_CONNECTION_REFUSED|ERR_FAILED|request failed|console error/;

const plan = (text) => `---\ntitle: The plan\ndocument: { version: "${text}" }\n---\n\n# The plan\n\nText ${text}.\n\n[More](more.md)\n`;
const more = (text) => `---\ntitle: More\n---\n\n# More\n\nMore ${text}.\n`;
const version = (text) => ({
  "site.toml": "title = \"Guidebook\"\n",
  "content/base/plan.md": plan(text),
  "content/base/more.md": more(text),
});

/** Waits until the page says that it is saved. */
async function saved(page, words = /^Saved for offline/) {
  await page.locator(".kept", { hasText: words }).waitFor();
}

/** Asks for a newer worker, and says how the newest one ended: in waiting, at work, or thrown away. */
function renewed(page) {
  return page.evaluate(async () => {
    const registration = await navigator.serviceWorker.getRegistration();
    await registration.update();
    const worker = registration.installing ?? registration.waiting;
    if (!worker) return "none";
    const ended = ["installed", "activated", "redundant"];
    if (!ended.includes(worker.state)) {
      await new Promise((done) => {
        worker.addEventListener("statechange", () => ended.includes(worker.state) && done());
      });
    }
    return worker.state;
  });
}

/**
 * Puts the workers to sleep, as a browser does half a minute after their last work. Chromium lets a new worker take over
 * when the old one has nothing to do, and under load takes an old one that is awake to be busy for minutes.
 */
async function sleep(page) {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("ServiceWorker.enable");
  await devtools.send("ServiceWorker.stopAllWorkers");
}

/** A plan of version one, opened in a browser. */
async function opened(t, options = {}) {
  const { project, output } = await build(version("one"));
  const server = await serve(output);
  const context = await profile(t, { worker: true, base: server.url, ...options });
  const page = await context.newPage();
  await page.goto(`${server.url}base/index.html`);
  return { project, output, server, context, page };
}

test("after one visit the whole plan opens without a server", async (t) => {
  const server = await serve(await site());
  const context = await profile(t, { worker: true, base: server.url, expected });
  const page = await context.newPage();
  await page.goto(`${server.url}bixal/roles/incident-commander.html`);
  await saved(page, /^Saved for offline, version \d/);
  // The front door and the page for wrong addresses belong to all plans and are saved after the plan.
  await page.waitForFunction(async (root) => (await navigator.serviceWorker.getRegistration(root))?.active, server.url);
  await server.stop();
  for (const path of ["bixal/index.html", "bixal/", "bixal/checklists/response.html", "bixal/severities/high", "index.html", ""]) {
    await page.goto(server.url + path);
    await page.getByRole("heading", { level: 1 }).waitFor();
    const colour = await page.evaluate(() => getComputedStyle(document.body).display);
    assert.equal(colour, "flex", `${path} has its style sheet`);
  }
  await page.goto(`${server.url}bixal/nowhere/at-all.html`);
  await page.getByRole("heading", { name: "There is no such page" }).waitFor();
  await page.getByRole("link", { name: "security@bixal.com" }).waitFor();
  await page.goto(`${server.url}elimu/index.html`);
  await page.getByRole("heading", { name: "There is no such page" }).waitFor();
});

test("without a server one searches, ticks, fills a message and changes the guidebook", async (t) => {
  const server = await serve(await site());
  const context = await profile(t, { worker: true, base: server.url, expected });
  const page = await context.newPage();
  for (const variant of ["elimu", "bixal"]) {
    await page.goto(`${server.url}${variant}/index.html`);
    await saved(page);
  }
  await server.stop();
  await searchTickAndFill(page, server.url);
  await page.locator(".switcher summary").click();
  await page.getByRole("navigation", { name: "Other guidebooks" }).getByRole("link", { name: "Elimu Informatics" }).click();
  await page.waitForURL(/elimu\/templates\/sitrep\.html$/);
  await page.getByRole("heading", { level: 1, name: "Situation report (sitrep)" }).waitFor();
});

test("a new version is shown when the reader wants it, and then on every page", async (t) => {
  const { project, server, context, page } = await opened(t);
  await saved(page, "version one");
  const other = await context.newPage();
  await other.goto(`${server.url}base/index.html`);
  await build(version("two"), { project });
  assert.equal(await renewed(page), "installed");
  // Two pages are open: neither changes by itself, and neither gets a page of the other version.
  await page.getByRole("link", { name: "More" }).last().click();
  await page.getByText("More one.").waitFor();
  await page.getByRole("button", { name: "Show the newer version" }).click();
  await page.getByText("More two.").waitFor();
  await saved(page, "version two");
  assert.ok(await other.getByText("Text one.").isVisible(), "an open page stays as it is");
  await other.reload();
  await other.getByText("Text two.").waitFor();
});

test("the only open page shows the new version by itself when it is opened again", async (t) => {
  const { project, server, page } = await opened(t);
  await saved(page);
  await page.reload();
  await build(version("two"), { project });
  assert.equal(await renewed(page), "installed");
  await sleep(page);
  // A browser on a busy machine may count the page that was left for longer than the worker looks: then it is the next
  // opening that shows it.
  const shown = page.getByText("More two.");
  for (let opening = 0; opening < 3 && !(await shown.isVisible()); opening += 1) {
    // Loading anew may interrupt the opening.
    await page.goto(`${server.url}base/more.html`).catch(() => {});
    await shown.waitFor({ timeout: 8000 }).catch(() => {});
  }
  await shown.waitFor();
  await page.waitForFunction(async () => (await window.caches.keys()).filter((name) => name.includes("/base/")).length === 1);
});

test("a version that is not complete is never shown", async (t) => {
  const { project, output, server, page } = await opened(t, { expected });
  await saved(page);
  const old = join(project, "old.html");
  await cp(join(output, "base/more.html"), old);
  await build(version("two"), { project });
  await writeFile(join(output, "base/more.html"), await readFile(old));
  assert.equal(await renewed(page), "redundant");
  await page.reload();
  await page.getByText("Text one.").waitFor();
  await saved(page, "version one");
  await page.goto(`${server.url}base/more.html`);
  await page.getByText("More one.").waitFor();
});

test("a site that is not to be kept any more goes from the browsers that keep it", async (t) => {
  const { project, server, page } = await opened(t);
  await saved(page);
  await page.waitForFunction(async (root) => (await navigator.serviceWorker.getRegistration(root))?.active, server.url);
  await build({ "site.toml": "title = \"Guidebook\"\noffline = false\n" }, { project });
  await renewed(page);
  await page.goto(`${server.url}index.html`);
  await page.goto(`${server.url}base/index.html`);
  await page.waitForFunction(async () => (await window.caches.keys()).every((name) => !name.includes("/base/")));
});
