// Lighthouse over pages of several kinds, as a phone on a slow network loads them: `npm run lighthouse`.
// It is fetched when it is asked for, since it is heavier than all else here; nothing fails by what it says.

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { test } from "node:test";
import { chromiumPath, serve, site } from "./harness.mjs";
import { screens } from "./screens.mjs";

const program = ["--yes", "lighthouse@12.8.2"];
const options = ["--output=json", "--quiet", "--chrome-flags=--headless --no-sandbox --disable-background-networking"];

const { door, home, reporting, plan, severity, checklist, template, search } = screens;
const words = process.argv.slice(2);

for (const [name, path] of Object.entries({ door, home, reporting, plan, severity, checklist, template, search })) {
  if (words.length && !words.includes(name)) continue;
  test(name, async () => {
    // The public edition: the others tell search engines to stay away, which Lighthouse counts as a fault.
    const { url } = await serve(await site(), { compress: true });
    const environment = { ...process.env, CHROME_PATH: chromiumPath() };
    const { stdout } = await promisify(execFile)("npx", [...program, `${url}public/${path}`, ...options], { env: environment, maxBuffer: 1e8 });
    const { categories, audits } = JSON.parse(stdout);
    for (const { title, score, auditRefs } of Object.values(categories)) {
      console.log(`${name}: ${title} ${Math.round(score * 100)}`);
      for (const { id, weight } of auditRefs) {
        const audit = audits[id];
        if (weight > 0 && audit.score !== null && audit.score < 1) console.log(`  ${audit.title}: ${audit.displayValue ?? ""}`);
      }
    }
  });
}
