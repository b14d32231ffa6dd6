// Pictures of each screen, for eyes: `npm run screenshots`, or `node screenshots.mjs WORD…` for the screens with a word
// in their names. They are written to target/screenshots/.

import { fileURLToPath } from "node:url";
import { test } from "node:test";
import { profile } from "./harness.mjs";
import { opened, screens } from "./screens.mjs";

const folder = fileURLToPath(new URL("../../target/screenshots/", import.meta.url));
const words = process.argv.slice(2);
const isWanted = ([name]) => words.length === 0 || words.some((word) => name.includes(word));

for (const colorScheme of ["light", "dark"]) {
  for (const width of [390, 768, 1280]) {
    test(`${width} pixels, ${colorScheme}`, async (t) => {
      const context = await profile(t, { viewport: { width, height: 900 }, hasTouch: width < 1000, colorScheme });
      const page = await context.newPage();
      const file = (name) => `${folder}${name}-${width}-${colorScheme}.png`;
      for (const [name, path] of Object.entries(screens).filter(isWanted)) {
        await page.goto(context.base + path);
        await page.screenshot({ path: file(name), fullPage: true });
      }
      // What covers a page is seen as a reader's screen shows it.
      for (const [name, { path, open }] of Object.entries(opened).filter(isWanted)) {
        await page.goto(context.base + path);
        await open(page);
        await page.screenshot({ path: file(name) });
      }
    });
  }
}
