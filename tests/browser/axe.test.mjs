// axe finds nothing to object to: WCAG 2.2 A and AA, and what its makers call best practice.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { test } from "node:test";
import { desktop, phone, profile } from "./harness.mjs";
import { opened, screens } from "./screens.mjs";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const all = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** @param {import("playwright-core").Page} page */
async function violations(page) {
  // Evaluated and not added as a script: the page's policy would refuse it.
  await page.evaluate(axe);
  const found = await page.evaluate((runOnly) => axe.run({ runOnly, resultTypes: ["violations"] }), all);
  return found.violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} (${help}): ${target.join(" ")}: ${failureSummary}`),
  );
}

/** Fails with each violation of the page as it is now, in the light and in the dark. */
async function assertAccessible(page) {
  const found = [];
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    found.push(...(await violations(page)).map((violation) => `${colorScheme}: ${violation}`));
  }
  assert.deepEqual(found, [], page.url());
}

for (const [width, device] of [["desktop", desktop], ["phone", phone]]) {
  test(`each screen on a ${width}`, async (t) => {
    const context = await profile(t, device);
    const page = await context.newPage();
    for (const [name, path] of Object.entries(screens)) {
      await t.test(name, async () => {
        await page.goto(context.base + path);
        await assertAccessible(page);
      });
    }
    for (const [name, { path, open }] of Object.entries(opened)) {
      await t.test(name, async () => {
        await page.goto(context.base + path);
        await open(page);
        await assertAccessible(page);
      });
    }
  });
}
