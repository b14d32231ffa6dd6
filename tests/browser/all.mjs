// The browser tests in one process, so that they share one browser and one build of `content/`.
// Words after its name choose the files that have them in theirs.

import { readdir } from "node:fs/promises";

const words = process.argv.slice(2);
const names = (await readdir(new URL(".", import.meta.url))).filter((name) => name.endsWith(".test.mjs"));
for (const name of names.sort()) {
  if (words.length === 0 || words.some((word) => name.includes(word))) await import(`./${name}`);
}
