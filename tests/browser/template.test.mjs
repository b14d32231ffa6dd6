// A message: its blanks are filled, and it is copied.

import assert from "node:assert/strict";
import { test } from "node:test";
import { visit } from "./harness.mjs";

const sitrep = "bixal/templates/sitrep.html";

async function copied(page, name) {
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.getByRole("button", { name }).click();
  await page.getByText(/copied\. /).waitFor();
  return page.evaluate(() => navigator.clipboard.readText());
}

test("a message fills as one types, offers what the plan has, and is copied with its empty blanks", async (t) => {
  const page = await visit(t, sitrep);
  await page.getByLabel("Subject", { exact: true }).fill("Bees have left");
  await page.getByRole("group", { name: "Values for Status" }).getByRole("button", { name: "Confirmed" }).click();
  const severities = page.getByRole("group", { name: "Values for Severity" }).getByRole("button");
  assert.equal(await severities.count(), 3);
  await severities.nth(1).click();
  const severity = await severities.nth(1).textContent();
  const message = await copied(page, "Copy the message");
  assert.ok(message.startsWith(`Subject: [sitrep] Bees have left\nStatus: Confirmed\nSeverity: ${severity}\nIncident Commander: [commander]\n`), message);
  assert.match(await page.locator(".template .said").textContent(), /^Message copied\. 7 blanks are empty: commander, /);
  assert.equal(await copied(page, "Copy the subject"), "[sitrep] Bees have left");
});

test("a draft stays with its incident", async (t) => {
  const page = await visit(t, sitrep);
  await page.getByLabel("Ticket", { exact: true }).fill("IR-7");
  await page.reload();
  assert.equal(await page.getByLabel("Ticket", { exact: true }).inputValue(), "IR-7");
  assert.equal(await page.locator("mark[data-blank=ticket]").textContent(), "IR-7");
  await page.locator(".working").getByRole("button").click();
  await page.getByRole("button", { name: "Start a new incident" }).click();
  await page.keyboard.press("Enter");
  assert.equal(await page.getByLabel("Ticket", { exact: true }).inputValue(), "");
  assert.equal(await page.locator("mark[data-blank=ticket]").textContent(), "[ticket]");
});

test("what another message of the incident says is offered", async (t) => {
  const page = await visit(t, sitrep);
  await page.getByLabel("Ticket", { exact: true }).fill("IR-7");
  await page.goto(page.url().replace("sitrep", "event"));
  await page.getByRole("group", { name: "Values for Ticket" }).getByRole("button", { name: "IR-7" }).click();
  assert.equal(await page.getByLabel("Ticket", { exact: true }).inputValue(), "IR-7");
  assert.equal(await page.locator("mark[data-blank=ticket]").textContent(), "IR-7");
});

test("without JavaScript the message and what goes in its blanks can be read", async (t) => {
  const page = await visit(t, sitrep, { javaScriptEnabled: false });
  assert.ok(await page.getByText("Severity: [severity]").isVisible());
  assert.ok(await page.getByRole("heading", { name: "What goes in the blanks" }).isVisible());
  assert.equal(await page.locator(".text button:visible").count(), 0);
});

test("where there is room, the message stays beside the fields that fill it", async (t) => {
  const page = await visit(t, sitrep, { viewport: { width: 1280, height: 900 } });
  const places = () => Promise.all([".fill", "section.template"].map((part) => page.locator(part).first().boundingBox()));
  const [fields, message] = await places();
  assert.ok(message.x > fields.x + fields.width && Math.abs(message.y - fields.y) < 40, JSON.stringify({ fields, message }));
  await page.getByLabel("Ticket", { exact: true }).focus();
  const [, later] = await places();
  assert.ok(later.y > 0 && later.y + later.height <= 900, `it is at ${later.y} beside the last field`);
});
