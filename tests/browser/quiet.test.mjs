// Every page of the site opens without a complaint of the browser, wherever it is opened from.

import { readdir } from "node:fs/promises";
import { test } from "node:test";
import { disk, profile, site } from "./harness.mjs";
import { screens } from "./screens.mjs";

/** Opens each page, a few at a time; the profile collects what goes wrong. */
async function openAll(context, paths) {
  const queue = [...paths];
  const work = async () => {
    const page = await context.newPage();
    for (let path = queue.pop(); path !== undefined; path = queue.pop()) await page.goto(context.base + path);
  };
  await Promise.all([work(), work(), work(), work()]);
}

test("every page over HTTP", async (t) => {
  const pages = (await readdir(await site(), { recursive: true })).filter((path) => path.endsWith(".html"));
  await openAll(await profile(t), pages);
});

test("a page of each kind from the disk", async (t) => {
  // A missing page is a host's: it stands for any address, so it speaks of the site by absolute paths.
  const { missing, ...others } = screens;
  await openAll(await profile(t, { base: disk(await site()) }), Object.values(others));
});

test("a page of each kind on a phone without JavaScript", async (t) => {
  await openAll(await profile(t, { javaScriptEnabled: false }), Object.values(screens));
});
