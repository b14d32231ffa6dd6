// A checklist during an incident: what is ticked is remembered, told, handed over.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { build, disk, phone, profile, site, visit } from "./harness.mjs";

const list = "bixal/checklists/response.html";

const box = (page, words) => page.getByRole("checkbox", { name: words });
const progress = (page) => page.locator(".working [role=status]");
const tools = (page) => page.getByRole("dialog", { name: "Incident", exact: true });
const open = (page) => page.locator(".working").getByRole("button", { name: "Incident" }).click();

/** Presses what copies and gives what was copied. */
async function copied(page, press) {
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await press();
  return page.evaluate(() => navigator.clipboard.readText());
}

async function timeline(page) {
  await open(page);
  return copied(page, async () => {
    await tools(page).getByRole("button", { name: "Copy timeline" }).click();
    await page.getByText("The timeline is copied").waitFor();
  });
}

async function exported(page) {
  await open(page);
  const [file] = await Promise.all([page.waitForEvent("download"), tools(page).getByRole("button", { name: "Export" }).click()]);
  await page.keyboard.press("Escape");
  return file;
}

async function imports(page, file) {
  await open(page);
  const [chooser] = await Promise.all([page.waitForEvent("filechooser"), tools(page).getByRole("button", { name: "Import" }).click()]);
  await chooser.setFiles(file);
}

test("what is ticked is there after a reload, with its time, and counted", async (t) => {
  const page = await visit(t, list, { ...phone });
  const all = await page.locator("[data-item]").count();
  assert.equal(await progress(page).textContent(), `0 of ${all} done`);
  await box(page, /Put other work aside/).check();
  await box(page, /Keep passwords/).check();
  await page.reload();
  assert.equal(await progress(page).textContent(), `2 of ${all} done`);
  assert.ok(await box(page, /Put other work aside/).isChecked());
  assert.match(await page.locator("[data-item]", { hasText: "Keep passwords" }).locator("time").textContent(), /\d/);
  assert.equal(await page.locator(".titled:has(#breathe) + .count").textContent(), "1 of 2 done");
  await box(page, /Keep passwords/).uncheck();
  await page.reload();
  assert.equal(await progress(page).textContent(), `1 of ${all} done`);
});

test("the timeline has every tick in order, with who, from all lists of the incident", async (t) => {
  const page = await visit(t, list, { timezoneId: "Europe/Berlin" });
  await open(page);
  await tools(page).getByLabel(/Your name/).fill("Ada");
  await page.keyboard.press("Escape");
  await box(page, /Look for an innocent/).check();
  await box(page, /Take a slow breath/).check();
  await page.goto(page.url().replace("response.html", "security-incident.html"));
  await box(page, /Cut the network/).check();
  const lines = (await timeline(page)).split("\n").filter((line) => line.startsWith("- "));
  const time = String.raw`\d{4}-\d\d-\d\d \d\d:\d\d UTC \(.*\+0[12]:00\)`;
  const expected = [
    "Started working through the plan",
    "Ada · Response checklist, 3. Initiate · Look for an innocent explanation",
    "Ada · Response checklist, 1. Breathe · Take a slow breath.",
    "Ada · Security incident checklist, Stop the attack · Cut the network",
  ];
  assert.equal(lines.length, expected.length);
  for (const [index, words] of expected.entries()) assert.match(lines[index], new RegExp(`^- ${time} · ${words}`));
});

test("several incidents side by side", async (t) => {
  const page = await visit(t, list);
  const start = async (name) => {
    await open(page);
    await tools(page).getByRole("button", { name: "Start a new incident" }).click();
    await page.getByLabel("Its name").fill(name);
    await page.keyboard.press("Enter");
  };
  await start("Phishing");
  await box(page, /Take a slow breath/).check();
  await start("Lost laptop");
  assert.ok(!(await box(page, /Take a slow breath/).isChecked()));
  await open(page);
  await tools(page).getByLabel("You work on").selectOption("Phishing");
  await page.keyboard.press("Escape");
  assert.ok(await box(page, /Take a slow breath/).isChecked());
  assert.equal(await page.locator(".working b").textContent(), "Phishing");
  await open(page);
  await tools(page).getByLabel("Name of the incident").fill("Phishing at payroll");
  await page.keyboard.press("Escape");
  assert.equal(await page.locator(".working b").textContent(), "Phishing at payroll");
});

test("clearing and removing ask first, and the focus comes back", async (t) => {
  const page = await visit(t, list);
  await box(page, /Take a slow breath/).check();
  const button = page.locator(".working").getByRole("button");
  await button.focus();
  await page.keyboard.press("Enter");
  await tools(page).getByRole("button", { name: /Clear this checklist/ }).click();
  const question = page.getByRole("dialog", { name: "Clear this checklist" });
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "Keep them");
  await page.keyboard.press("Enter");
  assert.ok(await box(page, /Take a slow breath/).isChecked());
  await tools(page).getByRole("button", { name: /Clear this checklist/ }).click();
  await question.getByRole("button", { name: "Clear" }).click();
  assert.ok(!(await box(page, /Take a slow breath/).isChecked()));
  assert.ok(await button.evaluate((it) => it === document.activeElement));
});

test("handed over to another machine, and two people's ticks merged", async (t) => {
  const ada = await visit(t, list, { acceptDownloads: true });
  await box(ada, /Take a slow breath/).check();
  const file = await (await exported(ada)).path();
  const ben = await visit(t, list);
  await imports(ben, file);
  await ben.getByText(/^You work on “.*”, with 1 tick\.$/).waitFor();
  await ben.keyboard.press("Escape");
  assert.ok(await box(ben, /Take a slow breath/).isChecked());

  const cleo = await visit(t, list);
  await box(cleo, /Keep passwords/).check();
  await imports(cleo, file);
  await cleo.getByRole("button", { name: "The same: merge them" }).click();
  await cleo.keyboard.press("Escape");
  assert.ok(await box(cleo, /Take a slow breath/).isChecked());
  assert.ok(await box(cleo, /Keep passwords/).isChecked());
});

test("a file that is none, or from another guidebook, changes nothing", async (t) => {
  const page = await visit(t, list);
  await imports(page, { name: "x.json", mimeType: "application/json", buffer: Buffer.from("<p>") });
  await page.getByText("This is not a file that was saved by a checklist.").waitFor();
  await page.keyboard.press("Escape");
  await box(page, /Take a slow breath/).check();
  const text = await readFile(await (await exported(page)).path(), "utf8");
  await imports(page, { name: "x.json", mimeType: "application/json", buffer: Buffer.from(text.replace('"variant": "bixal"', '"variant": "elimu"')) });
  await page.getByText("from another guidebook").waitFor();
});

test("two tabs keep in step", async (t) => {
  const context = await profile(t);
  const [one, two] = [await context.newPage(), await context.newPage()];
  for (const page of [one, two]) await page.goto(context.base + list);
  await box(one, /Take a slow breath/).check();
  await two.getByText(/^1 of \d+ done$/).first().waitFor();
  await box(two, /Keep passwords/).check();
  await one.getByText(/^2 of \d+ done$/).first().waitFor();
  assert.ok(await box(two, /Take a slow breath/).isChecked());
});

test("where storage is refused it works until the page is closed, and says so", async (t) => {
  const context = await profile(t);
  await context.addInitScript(() => {
    Object.defineProperty(window, "localStorage", { get: () => { throw new DOMException("no", "SecurityError"); } });
  });
  const page = await context.newPage();
  await page.goto(context.base + list);
  await box(page, /Take a slow breath/).check();
  await box(page, /Keep passwords/).check();
  assert.match(await progress(page).textContent(), /^2 of \d+ done, gone when you close this page$/);
  await open(page);
  await page.getByText("This browser keeps nothing for us").waitFor();
});

test("from a disk, and where the clipboard is closed to it", async (t) => {
  const page = await visit(t, list, { base: disk(await site()) });
  await page.addInitScript(() => Object.defineProperty(navigator, "clipboard", { value: undefined }));
  await page.reload();
  await box(page, /Take a slow breath/).check();
  await page.reload();
  assert.ok(await box(page, /Take a slow breath/).isChecked());
  await open(page);
  await page.evaluate(() => document.addEventListener("copy", () => { window.copied = document.activeElement.value; }));
  await tools(page).getByRole("button", { name: "Copy timeline" }).click();
  await page.getByText("The timeline is copied").waitFor();
  assert.match(await page.evaluate(() => window.copied), /^## Timeline: .*Take a slow breath/s);
});

test("an item that a rebuild changed keeps its tick and says so", async (t) => {
  const plan = "---\ntitle: Base plan\n---\n\nText. Work through the [list](checklists/list.md).\n";
  const items = (...all) => `---\ntitle: The list\n---\n\n## Assess {#assess}\n\nDo:\n\n${all.map((it) => `- [ ] ${it}\n`).join("")}`;
  const files = (...all) => ({ "site.toml": "title = \"Guidebook\"\n", "content/base/plan.md": plan, "content/base/checklists/list.md": items(...all) });
  const { project, output } = await build(files("Save the logs.", "Call the lead within 5 minutes.", "Close the ticket."));
  const page = await visit(t, "base/checklists/list.html", { base: disk(output) });
  await box(page, /Call the lead/).check();
  await box(page, /Close the ticket/).check();
  await build(files("Breathe.", "Save all of the logs.", "Close the ticket.", "Call the lead within 10 minutes."), { project });
  await page.reload();
  assert.deepEqual(await page.locator("[data-item]").evaluateAll((all) => all.map((item) => [
    item.querySelector(".what").textContent, item.querySelector("input").checked, item.querySelector(".news:not([hidden])")?.textContent ?? "",
  ])), [
    ["Breathe.", false, "New since you started."],
    ["Save all of the logs.", false, "Changed since you started. It said: “Save the logs.”"],
    ["Close the ticket.", true, ""],
    ["Call the lead within 10 minutes.", true, "Changed since you ticked it. It said: “Call the lead within 5 minutes.”"],
  ]);
  assert.equal(await progress(page).textContent(), "2 of 4 done, 1 changed since");
  const described = await box(page, /Call the lead/).evaluate((it) => document.getElementById(it.getAttribute("aria-describedby")).textContent);
  assert.match(described, /It said/);
  await box(page, /Call the lead/).uncheck();
  await box(page, /Call the lead/).check();
  assert.equal(await progress(page).textContent(), "2 of 4 done");
});

test("the bar hides nothing that has the focus", async (t) => {
  const page = await visit(t, list, { ...phone });
  const bar = page.locator(".working");
  await page.locator(".text a").first().focus();
  for (let step = 0; step < 40; step += 1) {
    await page.keyboard.press("Tab");
    const top = (await bar.boundingBox()).y;
    const focused = await page.evaluate(() => {
      const element = document.activeElement;
      return element.closest(".working, .bar, .foot") ? null : element.getBoundingClientRect().toJSON();
    });
    if (focused) assert.ok(focused.top >= 0 && focused.bottom <= top, `${JSON.stringify(focused)} above ${top}`);
  }
});

test("on paper: boxes, times of ticks, no tools", async (t) => {
  const page = await visit(t, list);
  await box(page, /Take a slow breath/).check();
  await page.emulateMedia({ media: "print" });
  assert.ok(await page.locator("[data-item] time").first().isVisible());
  for (const part of [".working button", ".working progress", ".count"]) assert.ok(!(await page.locator(part).first().isVisible()), part);
});

test("without JavaScript there are boxes and nothing else", async (t) => {
  const page = await visit(t, list, { javaScriptEnabled: false });
  assert.ok(await box(page, /Take a slow breath/).isVisible());
  assert.equal(await page.locator(".text button:visible").count(), 0);
});
