// A copy on a stick, below a name that addresses have to spell: everything works from there.

import assert from "node:assert/strict";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { disk, phone, profile, searchTickAndFill, site } from "./harness.mjs";

test("search, checklist, message and switcher work from a stick", async (t) => {
  const stick = await mkdtemp(join(tmpdir(), "redbinder-"));
  t.after(() => rm(stick, { recursive: true, force: true }));
  const folder = join(stick, "Notfälle & Übungen #1, 100 %");
  await cp(await site(), folder, { recursive: true });
  const context = await profile(t, { ...phone, base: disk(folder) });
  const page = await context.newPage();
  await page.goto(`${context.base}index.html`);
  await page.getByRole("link", { name: "Open the guidebook of Bixal" }).tap();
  await searchTickAndFill(page, context.base);
  await page.locator(".switcher summary").tap();
  await page.getByRole("navigation", { name: "Other guidebooks" }).getByRole("link", { name: "Elimu Informatics" }).tap();
  await page.waitForURL(/elimu\/templates\/sitrep\.html$/);
  assert.equal(await page.getByRole("textbox", { name: "Subject" }).inputValue(), "", "each guidebook has its own drafts");
});
