// Pages composed from the records, and the scripts that help to read them.

import assert from "node:assert/strict";
import { test } from "node:test";
import { isNamed } from "../../themes/default/static/door/door.js";
import { isPast } from "../../themes/default/static/overdue.js";
import { build, disk, phone, profile, site, visit } from "./harness.mjs";

test("questions lead to a severity one at a time, by keyboard alone", async (t) => {
  const page = await visit(t, "bixal/severities.html");
  const asking = page.getByRole("region", { name: "One question at a time" });
  await asking.getByText("Question 1 of 7").waitFor();
  await asking.getByRole("button", { name: "No" }).focus();
  await page.keyboard.press("Enter");
  await asking.getByText("Question 2 of 7").waitFor();
  assert.equal(await asking.getByText("It is").count(), 0, "the answer is not told before it is given");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  const next = asking.getByRole("link", { name: "What happens next: 1 - High Severity" });
  await asking.getByText("You said yes to: Does somebody control a production system who should not?").waitFor();
  await next.click();
  await page.getByRole("heading", { level: 1, name: "1 - High Severity" }).waitFor();
});

test("whoever says no to everything gets the last severity, and can go back", async (t) => {
  const page = await visit(t, "elimu/severities.html", phone);
  const asking = page.getByRole("region", { name: "One question at a time" });
  for (let number = 1; number < 8; number++) {
    await asking.getByText(`Question ${number} of 8`).waitFor();
    await asking.getByRole("button", { name: "No" }).tap();
  }
  await asking.getByRole("link", { name: "What happens next: P5" }).waitFor();
  await asking.getByRole("button", { name: "Back" }).tap();
  await asking.getByText("Question 7 of 8").waitFor();
  await asking.getByRole("button", { name: "Show all questions" }).tap();
  assert.equal(await page.locator("ol.decide > li").first().isVisible(), true);
});

test("without JavaScript the questions are a list with their answers", async (t) => {
  const page = await visit(t, "bixal/severities.html", { javaScriptEnabled: false });
  assert.equal(await page.locator("ol.decide > li").first().isVisible(), true);
  assert.equal(await page.getByRole("button").count(), 0);
});

test("another guidebook opens at the same section, or says that it has none", async (t) => {
  const page = await visit(t, "elimu/response.html#channels");
  await page.getByText("Guidebook of Elimu").click();
  const menu = page.getByRole("navigation", { name: "Other guidebooks" });
  await menu.getByRole("link", { name: "Bixal" }).click();
  await page.waitForURL(/bixal\/response\.html#channels$/);

  const missing = await page.goto(page.url().replace("bixal/response.html#channels", "elimu/response.html")).then(() =>
    page.locator("details.switcher a[data-missing]").first().getAttribute("data-missing"),
  );
  assert.ok(missing, "Elimu's page has a section that others do not have");
  await page.goto(`${page.url()}#${missing.split(" ")[0]}`);
  await page.getByText("Guidebook of Elimu").click();
  const link = menu.locator("a[data-missing]").first();
  await link.getByText("does not have this section").waitFor();
  assert.doesNotMatch(await link.getAttribute("href"), /#./);
});

test("a card says what a reference means: it stays under the pointer and goes at Escape", async (t) => {
  for (const base of [undefined, disk(await site())]) {
    const page = await visit(t, "bixal/response.html", { base });
    const role = page.locator("main a.ref.role").first();
    await role.hover();
    const card = page.getByRole("tooltip");
    await card.getByText("Role", { exact: true }).waitFor();
    await card.hover();
    assert.equal(await card.isVisible(), true, "it can be pointed at");
    await page.keyboard.press("Escape");
    await card.waitFor({ state: "hidden" });
  }
});

test("a term is explained at the keyboard", async (t) => {
  const page = await visit(t, "bixal/severities.html");
  const term = page.locator("main span.ref.term[role=button]").first();
  await page.keyboard.press("Tab");
  await term.focus();
  await page.keyboard.press("Enter");
  const card = page.getByRole("tooltip");
  await card.waitFor();
  assert.equal(await term.getAttribute("aria-describedby"), "_card");
  await page.keyboard.press("Tab");
  await card.waitFor({ state: "hidden" });
});

test("the address of a section is copied, and that is said", async (t) => {
  const page = await visit(t, "bixal/response.html", { permissions: ["clipboard-read", "clipboard-write"] });
  await page.getByRole("heading", { name: "Where we talk", exact: true }).hover();
  await page.locator("#channels + .anchor").click();
  await page.getByRole("status").getByText("The address of this section is copied.").waitFor();
  assert.match(await page.evaluate(() => navigator.clipboard.readText()), /bixal\/response\.html#channels$/);
});

test("what is read is marked in the contents of the page", async (t) => {
  const page = await visit(t, "bixal/severities.html");
  const here = page.getByRole("navigation", { name: "On this page" });
  assert.equal(await here.locator("[aria-current]").count(), 0, "nothing before one begins to read");
  await page.locator("#authority").evaluate((heading) => heading.scrollIntoView());
  await here.locator("a[aria-current][href='#authority']").waitFor();
});

test("the front door remembers the last guidebook and finds others by name", async (t) => {
  const context = await profile(t);
  const page = await context.newPage();
  await page.goto(`${context.base}grants-portal/index.html`);
  await page.goto(`${context.base}index.html`);
  const last = page.getByRole("list").filter({ has: page.getByRole("heading", { name: "Grants portal" }) }).first();
  await page.getByRole("heading", { name: "Last time you were here" }).waitFor();
  await last.getByRole("link", { name: "Report it now to Grants portal" }).waitFor();
  await page.getByRole("searchbox", { name: "Find it by its name" }).fill("arch");
  await page.getByText("1 of 7").waitFor();
  await page.getByRole("heading", { name: "Records archive" }).waitFor();
  assert.equal(await page.getByRole("heading", { name: "CivicActions" }).isVisible(), false);
});

test("a review that is overdue is said on the day after", async (t) => {
  const plan = (/** @type {string} */ day) => `---\ndocument: {reviewed_on: ${day}, review_every: 1 year}\n---\n# Plan\n\nHello.\n`;
  for (const [day, isShown] of [["2020-02-01", true], ["2999-02-01", false]]) {
    const { output } = await build({ "site.toml": 'title = "Harbor"\n', "content/base/plan.md": plan(day) });
    const page = await visit(t, "base/index.html", { base: disk(output) });
    assert.equal(await page.getByText("should have been reviewed").isVisible(), isShown, day);
  }
});

test("days and names are compared as people do", () => {
  const now = new Date(2026, 4, 2, 23, 59);
  assert.deepEqual(["2026-05-01", "2026-05-02", "2026-10-01"].map((day) => isPast(day, now)), [true, false, false]);
  assert.equal(isNamed("Élan & Söhne", "elan so"), true);
  assert.equal(isNamed("Records archive records-archive", "hive"), false);
});
