// What a screen reader is given of each screen: whatever can be used has a name, places are told apart, headings are in order.

import assert from "node:assert/strict";
import { test } from "node:test";
import { desktop, phone, profile } from "./harness.mjs";
import { opened, screens } from "./screens.mjs";

/** What is of no use without a name. */
const named = "button checkbox combobox dialog form heading img image link navigation progressbar radio region searchbox textbox".split(" ");

/** The tree in reading order, without what is ignored: roles, names and properties. @param {import("playwright-core").Page} page */
async function tree(page) {
  const devtools = await page.context().newCDPSession(page);
  const { nodes } = await devtools.send("Accessibility.getFullAXTree");
  await devtools.detach();
  const byId = new Map(nodes.map((node) => [node.nodeId, node]));
  const found = [];
  const walk = (node, around) => {
    const { role, name, properties = [] } = node;
    const own = { role: role?.value, name: name?.value?.trim() ?? "", around, ...Object.fromEntries(properties.map((it) => [it.name, it.value.value])) };
    if (!node.ignored) found.push(own);
    for (const child of node.childIds) walk(byId.get(child), node.ignored ? around : own);
  };
  walk(nodes[0]);
  return found;
}

/** What a screen reader's user would stumble over. */
function objections(nodes) {
  const found = nodes.filter(({ role, name }) => named.includes(role) && !name).map(({ role, around }) => `a ${role} without a name, in ${around?.role} "${around?.name}"`);
  const isModal = nodes.some(({ role }) => role === "dialog");
  for (const role of isModal ? [] : ["main", "banner", "contentinfo"]) {
    const count = nodes.filter((node) => node.role === role).length;
    if (count !== 1) found.push(`${count} of ${role}`);
  }
  const places = nodes.filter(({ role }) => role === "navigation" || role === "region").map(({ role, name }) => `${role} "${name}"`);
  for (const place of places) if (places.indexOf(place) !== places.lastIndexOf(place)) found.push(`several of ${place}`);
  const headings = nodes.filter(({ role }) => role === "heading");
  headings.forEach(({ name, level }, index) => {
    const before = index ? headings[index - 1].level : isModal ? 1 : 0;
    if (level > before + 1) found.push(`heading "${name}" of level ${level} after one of level ${before}`);
  });
  const titles = nodes.filter(({ role }) => role === "columnheader");
  for (const table of nodes.filter(({ role }) => role === "table")) {
    const isIn = ({ around }) => around && (around === table || isIn(around));
    if (!titles.some(isIn)) found.push(`table "${table.name}" without titles of columns`);
  }
  return found;
}

for (const [width, device] of [["desktop", desktop], ["phone", phone]]) {
  test(`the tree of each screen on a ${width}`, async (t) => {
    const context = await profile(t, device);
    const page = await context.newPage();
    const all = [...Object.entries(screens).map(([name, path]) => [name, { path, open: async () => {} }]), ...Object.entries(opened)];
    for (const [name, { path, open }] of all) {
      await t.test(name, async () => {
        await page.goto(context.base + path);
        await open(page);
        const nodes = await tree(page);
        assert.ok(nodes.length > 15, "there is a tree");
        assert.deepEqual(objections(nodes), []);
      });
    }
  });
}

test("what was found is told in words apart", async (t) => {
  const context = await profile(t);
  const page = await context.newPage();
  await page.goto(context.base + opened["search-dialog"].path);
  await opened["search-dialog"].open(page);
  const first = (await tree(page)).find(({ role }) => role === "link");
  assert.match(first.name, /^Lost or stolen device\W+Playbook\W+It does not matter /);
});

test("what is objected to is found", () => {
  const around = { role: "main", name: "" };
  const good = [{ role: "banner" }, { role: "contentinfo" }, around, { role: "heading", name: "One", level: 1, around }, { role: "link", name: "Two", around }];
  assert.deepEqual(objections(good), []);
  const table = { role: "table", name: "Times", around };
  const bad = [{ role: "link", name: "", around }, { role: "heading", name: "Three", level: 3, around }, table, { role: "region", name: "A", around }, { role: "region", name: "A", around }];
  assert.equal(objections([...good, ...bad]).length, 5);
  assert.deepEqual(objections([...good, table, { role: "columnheader", name: "Due", around: { role: "row", around: table } }]), []);
});
