// A plan that is written from right to left (rtl/): read, searched and worked with as any other.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { test } from "node:test";
import { desktop, phone, profile, project, serve } from "./harness.mjs";

const pages = [
  "index.html", "base/index.html", "base/response.html", "base/severities/high.html", "base/roles/commander.html",
  "base/phases/start.html", "base/checklists/response.html", "base/templates/message.html", "base/document.html", "base/search.html",
];

let served;

/** The address of the built plan. */
function address() {
  served ??= project(fileURLToPath(new URL("rtl", import.meta.url))).then(serve).then((server) => server.url);
  return served;
}

test("no page of it scrolls sideways", async (t) => {
  const base = await address();
  for (const width of [320, 390, 1280]) {
    const context = await profile(t, { base, viewport: { width, height: 800 } });
    const page = await context.newPage();
    for (const path of pages) {
      await page.goto(base + path);
      const { direction, wider } = await page.evaluate(() => {
        const { scrollWidth, clientWidth } = document.documentElement;
        return { direction: getComputedStyle(document.body).direction, wider: scrollWidth - clientWidth };
      });
      assert.equal(direction, "rtl", path);
      assert.equal(wider, 0, `${path} at ${width} pixels`);
    }
  }
});

test("its bar begins at the right, and its navigation stands there", async (t) => {
  const base = await address();
  const context = await profile(t, { base, ...desktop });
  const page = await context.newPage();
  await page.goto(`${base}base/response.html`);
  const place = async (selector) => await page.locator(selector).first().boundingBox();
  const [mark, report, plan, main] = [await place(".bar .mark"), await place(".bar .alarm"), await place(".plan"), await place("main")];
  assert.ok(mark.x > report.x, "the mark is right of the button");
  assert.ok(plan.x > main.x, "the contents of the plan are right of the text");
});

test("what the theme says in English is marked as English, and what the plan says is not", async (t) => {
  const base = await address();
  const context = await profile(t, { base, ...desktop });
  const page = await context.newPage();
  for (const path of pages) {
    await page.goto(base + path);
    const { latin, arabic } = await page.evaluate(() => {
      const latin = [];
      const arabic = [];
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const holder = node.parentElement;
        if (!holder?.checkVisibility() || holder.closest("script, code, pre, svg")) continue;
        // Names that stand in one list with those of the plan.
        if (holder.closest(".note-title, .due b, a[href$='document.html']")) continue;
        const lang = holder.closest("[lang]")?.lang;
        const words = node.textContent.trim();
        if (/[A-Za-z]+ [a-z]+/.test(words) && lang !== "en") latin.push(words);
        if (/^[\u0621-\u064a]/.test(words) && lang !== "ar") arabic.push(words);
      }
      return { latin, arabic };
    });
    assert.deepEqual({ latin, arabic }, { latin: [], arabic: [] }, path);
  }
});

test("the search finds a word of it, and shows it from right to left", async (t) => {
  const base = await address();
  const context = await profile(t, { base, ...phone });
  const page = await context.newPage();
  await page.goto(`${base}base/index.html`);
  await page.locator(".find").click();
  await page.getByRole("searchbox").fill("المديرة");
  const first = page.locator(".found a").first();
  await first.waitFor();
  assert.match(await first.textContent(), /المديرة/);
  assert.equal(await first.evaluate((it) => getComputedStyle(it).direction), "rtl");
  assert.equal(await first.evaluate((it) => it.closest("[lang]").lang), "ar");
});

test("its checklist is ticked and remembers", async (t) => {
  const base = await address();
  const context = await profile(t, { base, ...phone });
  const page = await context.newPage();
  await page.goto(`${base}base/checklists/response.html`);
  const box = page.getByRole("checkbox", { name: "قرر الدرجة" });
  await box.check();
  await page.reload();
  assert.ok(await box.isChecked());
  const { boxed, words } = await box.evaluate((it) => ({
    boxed: it.getBoundingClientRect().left,
    words: it.parentElement.querySelector(".what").getBoundingClientRect().left,
  }));
  assert.ok(boxed > words, "the box is right of its words");
});

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

test("axe finds nothing to object to", async (t) => {
  const base = await address();
  const context = await profile(t, { base, ...phone });
  const page = await context.newPage();
  for (const path of pages) {
    await page.goto(base + path);
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      await page.evaluate(axe);
      const { violations } = await page.evaluate(() => axe.run({ resultTypes: ["violations"] }));
      assert.deepEqual(violations.map(({ id, nodes }) => [id, nodes.map(({ target }) => target)]), [], path);
    }
  }
});
