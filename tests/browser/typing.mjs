// How long after a key the search has answered, as on a phone: `npm run typing`. From the key to the picture that
// shows the answer, with the processor slowed down to a fourth and to a sixth: the best of three rounds for each key,
// since other programs may be at work. Nothing fails by what it says.
// `npm run typing -- FOLDER VARIANT` measures a site that is built already.

import { test } from "node:test";
import { build, phone, serve, site, visit } from "./harness.mjs";

const questions = [
  "incident comander", "who is in charge", "clicked a link", "evidence", "sev 1", "how often do i write a sitrep",
  "report the suspicious attachment to the commander",
];

/** A plan of a thousand pages, the same each time: real words, some often and most seldom, and made-up ones. */
async function largePlan() {
  let state = 1;
  const random = () => (state = (state * 48271) % 2147483647) / 2147483647;
  const common = `the of to and a in is for on that with as by be or incident report severity commander evidence system team
    response phase access review contain confirm write tell call ticket room message device account server network backup
    password key log mail link attachment customer data service time hour change page plan role contact`.split(/\s+/);
  const syllables = "ba re in ter con pro de sta ti on ment al ver si ca to ple mo nu li gra fen dor pas".split(" ");
  const rare = Array.from({ length: 8000 }, () => Array.from({ length: 2 + 3 * random() }, () => syllables[Math.floor(random() * syllables.length)]).join(""));
  const word = () => (random() < 0.6 ? common[Math.floor(common.length * random() ** 2)] : rare[Math.floor(rare.length * random() ** 3)]);
  const words = (count) => Array.from({ length: count }, word).join(" ");
  const files = { "site.toml": 'title = "Large"\n', "content/base/plan.md": "# The plan\n\nWhat to do.\n" };
  for (let page = 0; page < 1000; page++) {
    let text = `---\ntitle: ${words(3)} ${page}\n---\n\n${words(30)}.\n`;
    for (let section = 0; section < 11; section++) text += `\n## ${words(4)} ${section}\n\n${words(40)}.\n\n- ${words(12)}\n- ${words(12)}\n`;
    files[`content/base/group-${page % 20}/page-${page}.md`] = text;
  }
  return (await build(files)).output;
}

/** @param {string} what @param {string} folder @param {string} path a page of the variant */
function measure(what, folder, path) {
  for (const slower of [4, 6]) {
    test(`${what}, ${slower} times slower`, async (t) => {
      const { url } = await serve(await folder());
      const page = await visit(t, path, { ...phone, base: url });
      await page.evaluate(() => {
        globalThis.answers = {};
        addEventListener("input", ({ target: { value }, timeStamp }) => {
          globalThis.answered = new Promise((resolve) => requestAnimationFrame(() => setTimeout(() => {
            answers[value] = Math.min(answers[value] ?? Infinity, performance.now() - timeStamp);
            resolve();
          })));
        }, true);
      });
      const devtools = await page.context().newCDPSession(page);
      await devtools.send("Emulation.setCPUThrottlingRate", { rate: slower });
      const begun = Date.now();
      await page.getByRole("button", { name: "Search" }).click();
      const field = page.getByRole("searchbox");
      await field.pressSequentially("a");
      await page.getByRole("status").getByText(/result|Nothing/).waitFor();
      await page.evaluate(() => { answers = {}; });
      console.log(`${what}, ${slower} times slower: loaded and ready in ${Date.now() - begun} ms`);
      for (const question of [...questions, ...questions, ...questions]) {
        await field.fill("");
        for (const key of question) {
          await page.keyboard.press(key);
          await page.evaluate(() => answered);
        }
      }
      const answers = Object.entries(await page.evaluate(() => answers)).filter(([typed]) => typed);
      answers.sort(([, one], [, other]) => one - other);
      const at = (share) => answers[Math.floor((answers.length - 1) * share)][1].toFixed(0);
      console.log(`  ${answers.length} keys: half within ${at(0.5)} ms, nine of ten within ${at(0.9)}, all within ${at(1)}`);
      console.log(`  the slowest: ${answers.slice(-5).reverse().map(([typed, time]) => `"${typed}" ${time.toFixed(0)}`).join(", ")}`);
    });
  }
}

const [folder, variant] = process.argv.slice(2);
if (folder) {
  measure(variant, async () => folder, `${variant}/index.html`);
} else {
  measure("content/", site, "bixal/response.html");
  measure("1,000 pages", largePlan, "base/index.html");
}
