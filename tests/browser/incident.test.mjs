// What the working tools know without a browser: which item is which, merging, the timeline, files, blanks.

import assert from "node:assert/strict";
import { test } from "node:test";
import { emptyBlanks, fill, wordsOfEmpty } from "../../themes/default/static/tools/fill.js";
import { readFile, writeFile } from "../../themes/default/static/tools/handover-file.js";
import { mergeIncident, newIncident, tickItem, ticksOf } from "../../themes/default/static/tools/incident.js";
import { sameItems } from "../../themes/default/static/tools/same-item.js";
import { timeline } from "../../themes/default/static/tools/timeline.js";

const at = (clock) => `2026-11-25T${clock}:00.000Z`;

/** An item: its version changes with its words, as the compiler's does. */
function item(id, text, section = "Assess") {
  return { id, version: `v:${text}`, section, text };
}

function sheetOf(items, title = "Response checklist") {
  return { title, items: Object.fromEntries(items.map(({ id, ...rest }) => [id, rest])), ticks: {} };
}

function incidentWith(sheet, ticks, id = "1") {
  const incident = newIncident("bixal", "Phishing", at("16:50"), id);
  incident.sheets["checklists/response"] = { ...sheet, ticks: { ...ticks } };
  return incident;
}

test("an item is the same after others came, went and moved", () => {
  const before = sheetOf([item("a.save", "Save the logs."), item("a.call", "Call the lead."), item("a.close", "Close it.")]);
  const after = [item("a.breathe", "Breathe."), item("b.call", "Call the lead.", "Conclude"), item("a.save", "Save the logs.")];
  assert.deepEqual(Object.fromEntries(sameItems(after, before.items)), {
    "a.save": { was: "a.save", changed: false },
    "b.call": { was: "a.call", changed: false },
  });
});

test("a reworded item is known by its id, and by most of its words", () => {
  const before = sheetOf([item("a.save-the-logs", "Save the logs of today."), item("a.call-the-lead", "Call the lead at once, by phone.")]);
  const after = [item("a.save-the-logs", "Save the logs and the disks."), item("a.at-once-call", "At once call the lead by phone.")];
  assert.deepEqual(Object.fromEntries(sameItems(after, before.items)), {
    "a.save-the-logs": { was: "a.save-the-logs", changed: true },
    "a.at-once-call": { was: "a.call-the-lead", changed: true },
  });
});

test("a new item is not taken for one that went", () => {
  const before = sheetOf([item("a.lock", "Lock every account of the attacker.")]);
  for (const other of [item("a.tell", "Tell the team."), item("b.lock-x", "Lock every account of the attacker now.", "Other section")]) {
    assert.equal(sameItems([other], before.items).size, 0);
  }
});

test("of two items with the same words each keeps its own tick", () => {
  const twice = [item("a.close", "Close it."), item("b.close", "Close it.", "Conclude")];
  assert.equal(sameItems(twice, sheetOf(twice).items).get("b.close").was, "b.close");
});

test("an item that changed is known by its new words once it is ticked again", () => {
  const sheet = sheetOf([item("a.save", "Save the logs.")]);
  const now = item("a.save", "Save the logs and the disks.");
  tickItem(sheet, now, "a.save", { at: at("17:00"), by: "" });
  assert.deepEqual(sameItems([now], sheet.items).get("a.save"), { was: "a.save", changed: false });
});

test("a new item with the id of one that moved does not take its place", () => {
  const sheet = sheetOf([item("a.close", "Close it.")]);
  sheet.ticks["a.close"] = { at: at("17:00"), by: "Ada" };
  tickItem(sheet, item("a.close", "Close it for good, and say so."), undefined, { at: at("18:00"), by: "Ben" });
  assert.equal(sheet.ticks["a.close"].by, "Ada");
  assert.equal(Object.keys(sheet.ticks).length, 2);
});

test("merging takes all ticks, and of two the earlier one", () => {
  const items = [item("a.save", "Save the logs."), item("a.call", "Call the lead."), item("a.close", "Close it.")];
  const ours = incidentWith(sheetOf(items), { "a.save": { at: at("17:00"), by: "Ada" }, "a.call": { at: at("17:10"), by: "Ada" } });
  const theirs = incidentWith(sheetOf(items), { "a.call": { at: at("17:05"), by: "Ben" }, "a.close": { at: at("18:00"), by: "Ben" } }, "2");
  theirs.sheets["playbooks/phishing"] = { ...sheetOf([item("x.y", "Ask who clicked.")], "Phishing"), ticks: { "x.y": { at: at("17:01"), by: "" } } };
  theirs.started = at("16:40");
  for (const [into, from] of [[structuredClone(ours), theirs], [structuredClone(theirs), ours]]) {
    mergeIncident(into, from);
    const ticks = ticksOf(into).map(({ at, by, text }) => [at.slice(11, 16), by, text]);
    assert.deepEqual(ticks, [
      ["17:00", "Ada", "Save the logs."],
      ["17:01", "", "Ask who clicked."],
      ["17:05", "Ben", "Call the lead."],
      ["18:00", "Ben", "Close it."],
    ]);
    assert.equal(into.started, at("16:40"));
  }
});

test("merging leaves what is written here as it is", () => {
  const ours = newIncident("bixal", "Phishing", at("16:50"), "1");
  const theirs = newIncident("bixal", "Phishing", at("16:50"), "2");
  ours.drafts["templates/sitrep"] = { subject: "Bees" };
  theirs.drafts["templates/sitrep"] = { subject: "Wasps", ticket: "IR-7" };
  mergeIncident(ours, theirs);
  assert.deepEqual(ours.drafts["templates/sitrep"], { subject: "Bees", ticket: "IR-7" });
});

test("the timeline is in order, with both times and who", () => {
  const sheet = sheetOf([item("a.save", "Save the logs."), item("b.call", "Write to @channel in [#room] *now*.", "3. Initiate")]);
  const incident = incidentWith(sheet, { "a.save": { at: at("23:30"), by: "" }, "b.call": { at: at("16:53"), by: "Ada" } });
  const expected = `## Timeline: Phishing

Times are UTC, with local time (Europe/Berlin) in parentheses. Each line is an item of the plan and when it was ticked.

- 2026-11-25 16:50 UTC (17:50 +01:00) · Started working through the plan
- 2026-11-25 16:53 UTC (17:53 +01:00) · Ada · Response checklist, 3. Initiate · Write to \`@channel\` in \\[#room\\] \\*now\\*.
- 2026-11-25 23:30 UTC (2026-11-26 00:30 +01:00) · Response checklist, Assess · Save the logs.
`;
  assert.equal(timeline(incident, "Europe/Berlin"), expected);
  assert.match(timeline(incident, "UTC"), /16:53 UTC \(16:53 \+00:00\)/);
  assert.match(timeline(incident, "America/New_York"), /16:53 UTC \(11:53 -05:00\)/);
});

test("a file holds an incident as it is", () => {
  const incident = incidentWith(sheetOf([item("a.save", "Save “all” the logs.")]), { "a.save": { at: at("17:00"), by: "Ada" } });
  incident.drafts["templates/sitrep"] = { subject: "Bees" };
  assert.deepEqual(readFile(writeFile(incident)), incident);
});

test("a file that is not as it must be is refused in words", () => {
  const good = JSON.parse(writeFile(incidentWith(sheetOf([item("a.save", "Save.")]), { "a.save": { at: at("17:00"), by: "" } })));
  const spoilt = (spoil) => {
    const file = structuredClone(good);
    spoil(file);
    return JSON.stringify(file);
  };
  for (const [text, words] of [
    ["", /not a file/], ["[]", /not a file/], ["{}", /not a file/], ["null", /not a file/],
    [spoilt((file) => (file.version = 2)), /another version/],
    [spoilt((file) => delete file.incident), /damaged/],
    [spoilt((file) => (file.incident.name = 7)), /damaged/],
    [spoilt((file) => (file.incident.name = "x".repeat(30000))), /damaged/],
    [spoilt((file) => (file.incident.started = "soon")), /damaged/],
    [spoilt((file) => (file.incident.sheets = [])), /damaged/],
    [spoilt((file) => (file.incident.sheets["checklists/response"].ticks.other = { at: at("17:00"), by: "" })), /damaged/],
    [spoilt((file) => (file.incident.sheets["checklists/response"].ticks["a.save"].at = null)), /damaged/],
  ]) {
    assert.throws(() => readFile(text), { message: words }, text);
  }
  const polluting = writeFile(newIncident("bixal", "x", at("16:50"), "1")).replace('"drafts": {}', '"drafts": {"__proto__": {"subject": "x"}}');
  assert.deepEqual(Object.keys(readFile(polluting).drafts), []);
  assert.equal(Object.getPrototypeOf(readFile(polluting).drafts), Object.prototype);
});

test("a message keeps its empty blanks in brackets and counts them", () => {
  const parts = ["Severity: ", { blank: "severity" }, "\nTicket: ", { blank: "ticket" }, "\nAgain: ", { blank: "severity" }];
  assert.equal(fill(parts, { severity: " High " }), "Severity: High\nTicket: [ticket]\nAgain: High");
  assert.deepEqual(emptyBlanks(["severity", "ticket", "toString"], { severity: "High", ticket: " " }), ["ticket", "toString"]);
  assert.equal(wordsOfEmpty(["a", "b"]), "2 blanks are empty: a, b.");
  assert.equal(wordsOfEmpty(["a"]), "1 blank is empty: a.");
  assert.equal(wordsOfEmpty([]), "All blanks are filled.");
});
