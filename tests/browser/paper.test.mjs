// Pages as the browser prints them.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { profile, temporary } from "./harness.mjs";
import { screens } from "./screens.mjs";

const run = promisify(execFile);

// Nobody prints the search; its page is the contents.
const { search, ...printed } = screens;

test("on paper there is no navigation", async (t) => {
  const context = await profile(t);
  const page = await context.newPage();
  await page.emulateMedia({ media: "print" });
  for (const path of Object.values(printed)) {
    await page.goto(context.base + path);
    const text = await page.evaluate(() => document.body.innerText);
    assert.ok(text.includes(await page.locator("h1").innerText()));
    for (const word of ["Contents of this plan", "On this page", "Skip to content", "Previous", "Dark theme"]) {
      assert.ok(!text.includes(word), `${path} prints "${word}"`);
    }
    assert.deepEqual(await page.locator("button:visible").allTextContents(), [], path);
  }
  assert.ok((await page.pdf()).length > 1000);
});

/**
 * The lines of each sheet of a page, without the sheet's number.
 * @param {import("playwright-core").Page} page
 * @param {string} format of the paper
 */
async function sheets(page, format) {
  const file = join(await temporary(), "page.pdf");
  await page.pdf({ path: file, format });
  const { stdout } = await run("pdftotext", ["-layout", file, "-"], { maxBuffer: 1e8 });
  const lines = (sheet) => sheet.split("\n").map((line) => line.trim()).filter((line) => line && !/^\d+ \/ \d+$/.test(line));
  return stdout.split("\f").slice(0, -1).map(lines);
}

for (const format of ["A4", "Letter"]) {
  test(`on ${format} no heading ends a sheet, and the last sheet has text of its page`, async (t) => {
    const page = await (await profile(t)).newPage();
    const { base } = page.context();
    for (const path of Object.values(printed)) {
      await page.goto(base + path);
      await page.emulateMedia({ media: "print" });
      const headings = await page.locator("h1, h2, h3, h4, h5, h6").allInnerTexts();
      const ends = (await page.locator(".origins, .foot").allInnerTexts()).join("\n").replace(/\s+/g, " ");
      const found = await sheets(page, format);
      for (const lines of found.slice(0, -1)) {
        // A heading may take two lines.
        const foot = [lines.at(-1), lines.slice(-2).join(" ")];
        assert.ok(!foot.some((words) => headings.includes(words)), `${path}: "${lines.at(-1)}" is left alone at the foot of a sheet`);
      }
      const text = found.at(-1).filter((line) => !ends.includes(line.replace(/\s+/g, " ")));
      assert.notDeepEqual(text, [], `${path}: the last of ${found.length} sheets says only ${found.at(-1)}`);
    }
  });
}
