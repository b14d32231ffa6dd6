// Somebody clicked a phishing link and has only a phone: two taps from the front door to the address.

import assert from "node:assert/strict";
import { test } from "node:test";
import { disk, phone, site, visit } from "./harness.mjs";

for (const place of ["HTTP", "disk"]) {
  for (const javaScriptEnabled of [true, false]) {
    test(`two taps to the right address (${place}, JavaScript ${javaScriptEnabled ? "on" : "off"})`, async (t) => {
      const base = place === "disk" ? disk(await site()) : undefined;
      const page = await visit(t, "index.html", { ...phone, base, javaScriptEnabled });
      await page.getByRole("link", { name: "Report it now to Bixal" }).tap();
      const address = page.getByRole("main").getByRole("link", { name: "security@bixal.com" }).first();
      await address.waitFor();
      const box = await address.boundingBox();
      assert.ok(box && box.y + box.height < 844, "the address is visible without scrolling");
      assert.match(await address.getAttribute("href"), /^mailto:security@bixal\.com\?subject=Security%20incident/);
    });
  }
}

test("each variant's page for reports has an address above the fold of a phone", async (t) => {
  const door = await visit(t, "index.html", phone);
  const pages = await door.getByRole("link", { name: /^Report it now/ }).evaluateAll((links) => links.map((link) => link.href));
  assert.ok(pages.length >= 8);
  for (const address of pages) {
    await door.goto(address);
    const way = door.getByRole("main").locator("a[href^='mailto:'], a[href^='tel:']").first();
    const box = await way.boundingBox();
    assert.ok(box && box.y + box.height < 844, `${address}: ${JSON.stringify(box)}`);
  }
});
