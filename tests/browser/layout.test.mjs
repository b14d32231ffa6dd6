// Narrow, enlarged, right to left, by keyboard, by finger: the page can be read and used.

import assert from "node:assert/strict";
import { test } from "node:test";
import { build, desktop, disk, phone, profile, unseenFocus, visit } from "./harness.mjs";
import { screens } from "./screens.mjs";

/** Fails when the page can be pushed sideways, with what sticks out. */
async function assertNoSidewaysScroll(page) {
  const { width, out } = await page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    const inScroller = (element) => {
      for (let it = element.parentElement; it; it = it.parentElement) {
        if (getComputedStyle(it).overflowX !== "visible") return true;
      }
      return false;
    };
    const out = [...document.body.querySelectorAll("*")].filter((element) => {
      const box = element.getBoundingClientRect();
      return box.width > 0 && (box.right > width + 1 || box.left < -1) && !inScroller(element);
    });
    const scrolls = document.documentElement.scrollWidth > width;
    return { width, out: scrolls ? out.map((it) => it.outerHTML.slice(0, 120)) : [] };
  });
  assert.deepEqual(out, [], `${page.url()} at ${width} pixels`);
}

/** Only what may be wider than the page has a bar of its own to scroll sideways. */
async function assertOnlyTablesAndCodeScroll(page) {
  const scrollers = await page.evaluate(() =>
    [...document.body.querySelectorAll("*")]
      .filter((it) => it.checkVisibility() && it.scrollWidth > it.clientWidth && /auto|scroll/.test(getComputedStyle(it).overflowX))
      .filter((it) => !it.matches("pre, .table, svg *, figure"))
      .map((it) => it.outerHTML.slice(0, 120)),
  );
  assert.deepEqual(scrollers, [], page.url());
}

// WCAG 1.4.10: 320 CSS pixels wide are 1280 enlarged four times.
for (const [name, viewport] of [["320 pixels", { width: 320, height: 640 }], ["1280 × 1024 at 400 %", { width: 320, height: 256 }]]) {
  test(`reflow: ${name}`, async (t) => {
    const context = await profile(t, { viewport, deviceScaleFactor: 1 });
    const page = await context.newPage();
    for (const path of Object.values(screens)) {
      await page.goto(context.base + path);
      await assertNoSidewaysScroll(page);
      await assertOnlyTablesAndCodeScroll(page);
    }
  });
}

test("between a phone and a wide screen nothing else has a bar either", async (t) => {
  const page = await (await profile(t)).newPage();
  const { base } = page.context();
  for (const path of Object.values(screens)) {
    await page.goto(base + path);
    for (const width of [600, 900, 1150]) {
      await page.setViewportSize({ width, height: 800 });
      await assertNoSidewaysScroll(page);
      await assertOnlyTablesAndCodeScroll(page);
    }
  }
});

test("on the front door nothing moves when the field for names comes", async (t) => {
  for (const device of [phone, desktop]) {
    const page = await visit(t, screens.door, device);
    await page.locator("main.door .filter").waitFor();
    const moved = await page.evaluate(() => {
      const list = document.querySelector("main.door .choose");
      const top = () => list.getBoundingClientRect().top;
      const withField = top();
      document.querySelectorAll("main.door .filter, main.door .found").forEach((it) => it.remove());
      return withField - top();
    });
    assert.ok(Math.abs(moved) < 1, `the list moves by ${moved} pixels`);
  }
});

test("text spaced as a reader needs it stays on the page", async (t) => {
  const context = await profile(t, { viewport: { width: 390, height: 844 }, bypassCSP: true });
  const page = await context.newPage();
  for (const path of Object.values(screens)) {
    await page.goto(context.base + path);
    // WCAG 1.4.12.
    await page.addStyleTag({
      content: "* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important } p { margin-block-end: 2em !important }",
    });
    await assertNoSidewaysScroll(page);
  }
});

test("whatever is tapped has room for a finger", async (t) => {
  const context = await profile(t, phone);
  const page = await context.newPage();
  for (const path of Object.values(screens)) {
    await page.goto(context.base + path);
    const small = await page.evaluate(() => {
      const targets = [...document.querySelectorAll("a[href], button, summary, select, input, textarea, label:has(input)")];
      return targets.filter((it) => it.checkVisibility({ visibilityProperty: true }) && !it.closest(".out, .skip")).flatMap((it) => {
        const inText = it.matches("a") && it.closest("p, dd, td, th, .text li, .status, figcaption") && !it.matches(".button");
        // A box is ticked by touching its words.
        const box = (it.matches("input[type=checkbox], input[type=radio]") && it.closest("label") || it).getBoundingClientRect();
        if (box.width === 0) return [];
        const least = inText ? 0 : 43.5;
        return box.height < least ? [`${Math.round(box.width)} × ${Math.round(box.height)}: ${it.outerHTML.slice(0, 100)}`] : [];
      });
    });
    assert.deepEqual(small, [], page.url());
  }
});

test("right to left, the page is the mirror of itself", async (t) => {
  const context = await profile(t, phone);
  const page = await context.newPage();
  for (const path of [screens.home, screens.checklist, screens.severities, screens.glossary]) {
    await page.goto(context.base + path);
    const left = await page.locator(".bar .mark").boundingBox();
    await page.evaluate(() => (document.documentElement.dir = "rtl"));
    await assertNoSidewaysScroll(page);
    const right = await page.locator(".bar .mark").boundingBox();
    assert.ok(Math.abs(390 - (right.x + right.width) - left.x) <= 1, `the mark is at ${left.x}, then at ${right.x}`);
  }
});

test("by keyboard: the skip link comes first, and whatever has the focus is seen", async (t) => {
  const context = await profile(t, desktop);
  const page = await context.newPage();
  for (const path of [screens.home, screens.plan, screens.checklist, screens.door]) {
    await page.goto(context.base + path);
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement.textContent), "Skip to content");
    for (let steps = 0; steps < 60; steps++) {
      assert.equal(await unseenFocus(page), "", `${page.url()}, after ${steps + 1} tabs`);
      await page.keyboard.press("Tab");
    }
  }
});

test("the skip link leads to the text", async (t) => {
  const page = await visit(t, screens.plan, desktop);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  assert.ok(await page.evaluate(() => document.activeElement.closest("main") !== null));
});

test("Escape closes the menu and gives the focus back", async (t) => {
  const page = await visit(t, screens.home, desktop);
  const button = page.locator(".switcher summary");
  await button.focus();
  await page.keyboard.press("Enter");
  const menu = page.getByRole("navigation", { name: "Other guidebooks" });
  await menu.waitFor();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Escape");
  await menu.waitFor({ state: "hidden" });
  assert.ok(await button.evaluate((it) => it === document.activeElement));
});

test("a link to a checklist looks like a link, not like a list of boxes", async (t) => {
  const page = await visit(t, screens.checklists);
  const link = page.locator("main a.ref.checklist").first();
  assert.equal(await link.evaluate((it) => getComputedStyle(it).borderTopStyle), "none");
});

test("on a phone, the number of a row stands before its words", async (t) => {
  const page = await visit(t, screens.phases, phone);
  const row = page.locator("table.counted tbody tr").nth(1);
  const [number, name] = [await row.locator("th").boundingBox(), await row.locator("td").first().boundingBox()];
  assert.ok(Math.abs(number.y - name.y) < 3 && number.x < name.x, JSON.stringify({ number, name }));
});
