import assert from "node:assert/strict";
import { test } from "node:test";
import { disk, phone, site, visit } from "./harness.mjs";

/** Opens the search, types, and waits for the number of results. */
async function ask(page, question) {
  await page.getByRole("button", { name: "Search", exact: true }).click();
  await page.getByRole("searchbox", { name: /^Search/ }).fill(question);
  await page.locator("#_found").filter({ hasText: /result|Nothing/ }).waitFor();
}

test("a question leads to a section, by keyboard alone", async (t) => {
  const page = await visit(t, "bixal/response.html");
  await page.keyboard.press("/");
  await page.getByRole("dialog", { name: "Search" }).waitFor();
  await page.keyboard.type("lost laptop");
  const first = page.locator(".found a").first();
  await first.waitFor();
  assert.match(await page.locator("#_found").innerText(), /^\d+ results$/);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowUp");
  assert.equal(await first.evaluate((link) => link === document.activeElement), true);
  await page.keyboard.press("Enter");
  await page.waitForURL(/bixal\/playbooks\/lost-device\.html/);
});

test("Escape closes the search and gives the focus back", async (t) => {
  const page = await visit(t, "bixal/response.html");
  const link = page.getByRole("link", { name: "Glossary" });
  await link.focus();
  await page.keyboard.press("Control+k");
  await page.getByRole("searchbox", { name: /^Search/ }).waitFor();
  await page.keyboard.type("sitrep");
  await page.keyboard.press("Escape");
  // A search field empties at the first Escape.
  if (await page.getByRole("dialog").isVisible()) await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "hidden" });
  assert.equal(await link.evaluate((link) => link === document.activeElement), true);
});

test("it works from a disk, and says what it found where", async (t) => {
  const page = await visit(t, "bixal/roles/scribe.html", { ...phone, base: disk(await site()) });
  await ask(page, "incident comander");
  const first = page.locator(".found a").first();
  assert.equal(await first.locator("b").innerText(), "Incident Commander");
  assert.equal(await first.locator(".ref").innerText(), "Role");
  assert.equal(await first.locator("mark").first().innerText(), "Incident");
});

test("results are of one kind on request", async (t) => {
  const page = await visit(t, "bixal/index.html");
  await ask(page, "severity");
  await page.getByRole("group", { name: "Show" }).getByRole("button", { name: /^Severity/ }).click();
  const kinds = new Set(await page.locator(".found .ref").allInnerTexts());
  assert.deepEqual([...kinds], ["Severity"]);
});

test("the other guidebooks are searched on request, one's own comes first", async (t) => {
  const page = await visit(t, "bixal/index.html");
  const asked = [];
  page.on("request", (request) => asked.push(request.url()));
  await ask(page, "patient data");
  assert.equal(asked.filter((url) => url.endsWith("search/index.js")).length, 1);
  await page.getByRole("button", { name: "Also search the other guidebooks" }).click();
  await page.locator(".found a", { hasText: "Decision support" }).first().waitFor();
});

test("nothing found says what to try, and where to report", async (t) => {
  const page = await visit(t, "bixal/response.html");
  await ask(page, "zzzzqqqq");
  assert.match(await page.locator("#_found").innerText(), /Nothing found/);
  assert.match(await page.locator(".help a").getAttribute("href"), /reporting\.html/);
  await page.locator(".help").getByRole("button", { name: "lost laptop" }).click();
  await page.locator(".found a").first().waitFor();
});

test("the page for searching keeps the question in its address", async (t) => {
  const page = await visit(t, "bixal/search.html?q=false%20alarm");
  await page.locator(".found a").first().waitFor();
  assert.equal(await page.getByRole("searchbox", { name: /^Search/ }).inputValue(), "false alarm");
  await page.getByRole("searchbox", { name: /^Search/ }).fill("handoff");
  await page.waitForURL(/\?q=handoff$/);
});

test("the front door searches all guidebooks", async (t) => {
  const page = await visit(t, "index.html");
  await ask(page, "lost laptop");
  await page.locator(".found a", { hasText: "Bixal" }).first().waitFor();
});

test("without JavaScript nothing is promised", async (t) => {
  const page = await visit(t, "bixal/search.html", { javaScriptEnabled: false });
  assert.equal(await page.getByRole("button", { name: "Search" }).isVisible(), false);
  await page.getByText("The search needs JavaScript").waitFor();
  await page.getByRole("link", { name: "Glossary", exact: true }).waitFor();
});
