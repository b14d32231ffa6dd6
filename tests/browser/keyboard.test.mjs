// From the front door to a message that is copied, and back, without a pointer.

import assert from "node:assert/strict";
import { test } from "node:test";
import { profile, unseenFocus } from "./harness.mjs";

/** Whether the focus is on what a locator finds. @param {import("playwright-core").Locator} wanted */
const hasFocus = (wanted) => wanted.evaluate((it) => it === document.activeElement);

/** Presses a key until something has the focus; wherever that is meanwhile, it is seen. */
async function go(page, key, wanted) {
  const target = await wanted.elementHandle();
  for (let steps = 0; steps < 120; steps++) {
    await page.keyboard.press(key);
    assert.equal(await unseenFocus(page), "", `${page.url()}, after ${steps + 1} times ${key}`);
    if (await target.evaluate((it) => it === document.activeElement)) return;
  }
  assert.fail(`${key} does not lead to ${wanted}`);
}

test("a keyboard alone leads from the front door to a copied message, and back", async (t) => {
  const context = await profile(t, { permissions: ["clipboard-read", "clipboard-write"] });
  const page = await context.newPage();
  const link = (name) => page.getByRole("link", { name, exact: true }).first();
  await page.goto(`${context.base}index.html`);

  await go(page, "Tab", link("Open the guidebook of Bixal"));
  await page.keyboard.press("Enter");
  await page.waitForURL(/bixal\/index\.html$/);
  await go(page, "Tab", link("Severities"));
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "Severities" }).waitFor();

  // The search, and back to where one was.
  const find = page.getByRole("button", { name: "Search", exact: true });
  await go(page, "Tab", find);
  await page.keyboard.press("Enter");
  const field = page.getByRole("searchbox");
  await field.waitFor();
  await page.keyboard.press("Shift+Tab");
  assert.ok(await hasFocus(page.getByRole("button", { name: "Close" })), "what is behind the dialog is not reached");
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "hidden" });
  assert.ok(await hasFocus(find), "the focus comes back");
  await page.keyboard.press("/");
  await page.keyboard.type("response checklist");
  const result = page.locator(".found a", { hasText: "Response checklist" }).first();
  await go(page, "ArrowDown", result);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "Response checklist" }).waitFor();

  // An item is ticked; the incident gets a name; the dialog gives the focus back.
  const box = page.getByRole("checkbox").first();
  await go(page, "Tab", box);
  await page.keyboard.press("Space");
  assert.ok(await box.isChecked());
  const incident = page.getByRole("region", { name: "Incident" }).getByRole("button");
  await go(page, "Shift+Tab", incident);
  await page.keyboard.press("Enter");
  const name = page.getByLabel("Name of the incident");
  await go(page, "Tab", name);
  await page.keyboard.press("Control+a");
  await page.keyboard.type("Bees");
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "hidden" });
  assert.ok(await hasFocus(incident), "the focus comes back");
  await page.getByRole("region", { name: "Incident" }).getByText("Bees").waitFor();

  // A message of the same incident.
  await go(page, "Shift+Tab", link("Message templates"));
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "Message templates" }).waitFor();
  await go(page, "Tab", page.getByRole("main").getByRole("link", { name: "Situation report (sitrep)" }).first());
  await page.keyboard.press("Enter");
  const subject = page.getByRole("textbox", { name: "Subject" });
  await go(page, "Tab", subject);
  await page.keyboard.type("Bees have left");
  await go(page, "Tab", page.getByRole("button", { name: "Confirmed" }));
  await page.keyboard.press("Enter");
  await go(page, "Tab", page.getByRole("button", { name: "Copy the message" }));
  await page.keyboard.press("Space");
  await page.getByText(/copied\. /).waitFor();
  assert.match(await page.evaluate(() => navigator.clipboard.readText()), /Bees have left\nStatus: Confirmed\n/);

  // The theme, another guidebook, and back.
  const theme = page.getByRole("banner").getByRole("button", { name: /theme$/ });
  await go(page, "Shift+Tab", theme);
  const before = await theme.textContent();
  await page.keyboard.press("Enter");
  assert.notEqual(await theme.textContent(), before);
  const switcher = page.locator(".switcher summary");
  await go(page, "Shift+Tab", switcher);
  await page.keyboard.press("Enter");
  const menu = page.getByRole("navigation", { name: "Other guidebooks" });
  await go(page, "Tab", menu.getByRole("link", { name: "Elimu Informatics" }));
  await page.keyboard.press("Escape");
  await menu.waitFor({ state: "hidden" });
  assert.ok(await hasFocus(switcher), "the focus comes back");
  await page.keyboard.press("Space");
  await go(page, "Tab", menu.getByRole("link", { name: "Elimu Informatics" }));
  await page.keyboard.press("Enter");
  await page.waitForURL(/elimu\/templates\/sitrep\.html$/);
  // The keys for this are the browser's own.
  await page.goBack();
  await page.waitForURL(/bixal\/templates\/sitrep\.html$/);
  assert.equal(await subject.inputValue(), "Bees have left");
});
