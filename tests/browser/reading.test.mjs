// The theme that was chosen, another organization's version of a page, and a browser without JavaScript.

import assert from "node:assert/strict";
import { test } from "node:test";
import { desktop, phone, profile, visit } from "./harness.mjs";
import { screens } from "./screens.mjs";

const background = (page) => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);

for (const [name, device] of [["desktop", desktop], ["phone", phone]]) {
  test(`the theme that was chosen is remembered (${name})`, async (t) => {
    const page = await visit(t, screens.home, { ...device, colorScheme: "light" });
    const light = await background(page);
    await page.locator("button.theme:visible").click();
    const dark = await background(page);
    assert.notEqual(dark, light);
    await page.goto(page.url().replace("index.html", "reporting.html"));
    assert.equal(await background(page), dark, "on another page");
    // The second press goes back to what the system says, and follows it from then on.
    await page.locator("button.theme:visible").click();
    assert.equal(await background(page), light);
    await page.emulateMedia({ colorScheme: "dark" });
    assert.equal(await background(page), dark);
  });
}

test("the theme follows the system without JavaScript", async (t) => {
  const light = await visit(t, screens.home, { javaScriptEnabled: false, colorScheme: "light" });
  const dark = await visit(t, screens.home, { javaScriptEnabled: false, colorScheme: "dark" });
  // Nothing can be evaluated in there, so what is painted is compared.
  const clip = { x: 0, y: 200, width: 2, height: 2 };
  assert.notDeepEqual(await light.screenshot({ clip }), await dark.screenshot({ clip }));
});

test("the switcher keeps the page and the section", async (t) => {
  const page = await visit(t, `${screens.severity}#guidelines`);
  await page.locator(".switcher summary").click();
  await page.getByRole("navigation", { name: "Other guidebooks" }).getByRole("link", { name: "Elimu Informatics" }).click();
  await page.waitForURL(/\/elimu\/severities\/high\.html#guidelines$/);
  assert.equal(await page.locator(".switcher .now").textContent(), "Elimu Informatics");
});

for (const [name, path] of Object.entries(screens)) {
  test(`without JavaScript: ${name}`, async (t) => {
    const page = await visit(t, path, { ...phone, javaScriptEnabled: false });
    await page.getByRole("heading", { level: 1 }).waitFor();
    assert.ok((await page.getByRole("main").innerText()).length > 100, "there is something to read");
    // What only a script could answer promises what does not happen; boxes are ticked on paper.
    const promised = page.locator("button:visible, [role=button]:visible, input:not([type=checkbox]):visible, select:visible, textarea:visible");
    assert.deepEqual(await promised.allTextContents(), []);
  });
}

test("on a phone, what is on the page stays at hand and gives way to the section that is chosen", async (t) => {
  const page = await visit(t, screens.plan, phone);
  await page.evaluate(() => scrollTo(0, 3000));
  const contents = page.getByRole("navigation", { name: "On this page" });
  await contents.getByText("On this page").first().tap();
  await contents.getByRole("link", { name: "Handoff" }).tap();
  await contents.getByRole("link", { name: "Handoff" }).waitFor({ state: "hidden" });
  const [list, heading] = [await contents.boundingBox(), await page.locator("#handoff").boundingBox()];
  assert.ok(heading.y > list.y + list.height && heading.y < 300, JSON.stringify({ list, heading }));
  await contents.getByText("On this page").first().tap();
  await page.keyboard.press("Escape");
  await contents.getByRole("link", { name: "Handoff" }).waitFor({ state: "hidden" });
});
