// The search engine: what is written, as words; which sections answer a question, and in what order.
// It knows nothing of the page it runs in, so that tests can ask it questions.

import { language } from "./language.js";

/**
 * A section of a page, or a fact that a table explains.
 * @typedef {object} Entry
 * @property {Guidebook} book
 * @property {string} href from the guidebook's folder
 * @property {string} kind such as `role`
 * @property {string} mark the classes of its mark
 * @property {string} title its own; the page's for what stands before the first heading
 * @property {string[]} path the titles of the page and the sections around it; none at the start of a page
 * @property {string[]} names what else it is called
 * @property {string} text a line for each paragraph, item or row
 */

/**
 * A plan as one long row of words: entry after entry, and of each its title, its names, what is around it, its text.
 * @typedef {object} Guidebook
 * @property {string} name
 * @property {string} title
 * @property {Entry[]} entries
 * @property {number[]} words their numbers; 0 where the next words do not go on
 * @property {number[]} fields for each of these words, four times the number of its entry, and which of the four it is in
 * @property {number[]} weights for each field of each entry, what a word in it weighs
 * @property {number[]} standing for each entry, what its score is multiplied with
 * @property {number[][]} places for the number of a word, where in `words` it stands
 * @property {[number, number[]][][]} named for the number of a word, the titles and names that begin with it: of which entry, and their words
 */

/** @typedef {{entry: Entry, score: number, marks: Map<number, number>}} Found `marks`: how much each word tells, by number */

/** @typedef {{typed: string[], meant: string[], weight: number, from: string}} Meaning */

/** @type {Map<string, Promise<Guidebook>>} */
const books = new Map();
/** The words that are written, folded, by number. */
const known = [""];
/** Their stems. */
const stems = [""];
/** The letters in them, a bit for each. */
const letters = [0];
/** The numbers of words, folded and as they are written. @type {Map<string, number>} */
const numbers = new Map();
/** The numbers of the words that begin with the same two letters. @type {Map<string, number[]>} */
const begun = new Map();
/** What a phrase means, by the stem of its first word. @type {Map<string, Meaning[]>} */
const meanings = new Map();
/** What a typed word may be, with how likely. @type {Map<string, Map<number, number>>} */
const likely = new Map();
const idle = new Set(language.idle.split(" "));

// Languages without spaces are compared letter by letter; letters and figures are words apart.
const wordPattern = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}]|\p{N}+|[\p{L}\p{M}]+(?:['’]\p{L}+)*/gu;

/** @param {string} word */
function fold(word) {
  return word.normalize("NFKD").replace(/\p{M}+/gu, "").toLowerCase().replace(/ß/g, "ss").replace(/['’]s?/g, "");
}

/** @param {string} text @returns {string[]} */
function wordsOf(text) {
  return text.match(wordPattern) || [];
}

/** The word without its ending: it begins with the same letters. @param {string} word */
function stem(word) {
  const ending = language.endings.find((ending) => word.length > 3 && word.length - ending.length > 2 && word.endsWith(ending));
  return ending ? word.slice(0, -ending.length).replace(/([^aeiouls])\1$/, "$1") : word;
}

/** @param {string} word */
function lettersOf(word) {
  let bits = 0;
  for (const letter of word) bits |= 1 << letter.charCodeAt(0);
  return bits;
}

/** @param {string} word as it is written @returns {number} */
function numberOf(word) {
  let number = numbers.get(word);
  if (number) return number;
  const folded = fold(word);
  number = numbers.get(folded);
  if (!number) {
    number = known.push(folded) - 1;
    stems.push(stem(folded));
    letters.push(lettersOf(folded));
    numbers.set(folded, number);
    push(begun, folded.slice(0, 2), number);
  }
  numbers.set(word, number);
  return number;
}

/** @template T @param {Map<string, T[]>} lists @param {string} key @param {T} value */
function push(lists, key, value) {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}

/** @param {string} typed @param {string} meant @param {number} weight @param {string} from the guidebook, or all */
function learn(typed, meant, weight, from) {
  const phrase = wordsOf(typed).map(fold);
  for (const other of meant.split("|")) {
    push(meanings, stem(phrase[0] || ""), { typed: phrase, meant: wordsOf(other).map(fold), weight, from });
  }
}

for (const typed in language.same) {
  for (const phrase of typed.split("|")) learn(phrase, language.same[typed], 0.95, "");
}

/** The words that say something; all of them where none does. @param {string[]} words */
function tellingOf(words) {
  const some = words.filter((word) => !idle.has(word));
  return some.length ? some : words;
}

/**
 * What an index calls: takes a guidebook in.
 * @param {string} name
 * @param {string} data see src/render/search/mod.rs
 */
export function add(name, data) {
  const bytes = Uint8Array.from(atob(data), (digit) => digit.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  books.set(name, new Response(stream).json().then((data) => read(name, data)));
}

/** A guidebook whose index is there. @param {string} name */
export const bookOf = (name) => books.get(name);

/** What a word in a field weighs: title, names, what is around it, text. */
const weights = [4, 4, 1.2, 1];
/** What words in a row weigh there. */
const rows = [1, 1, 0.3, 0.6];

/** The facts that stand in rows of tables come behind what is told at length. @type {Record<string, number>} */
const standing = { timer: 0.6, obligation: 0.6, dependency: 0.7, status: 0.8, term: 0.85, channel: 0.9, contact: 0.95, tool: 0.85 };

/** @param {string} name @param {any} data @returns {Guidebook} */
function read(name, data) {
  /** @type {Guidebook} */
  const book = { name, title: data.title, entries: [], words: [0], fields: [0], weights: [], places: [], named: [], standing: [] };
  /** @type {number[]} */
  const lengths = [];
  for (const [href, kind, mark, title, path, names, text] of data.entries) {
    const rank = standing[kind];
    const place = book.entries.push({ book, href, kind, mark, title, path, names, text }) - 1;
    book.standing.push(rank || (path.length ? 1 : 1.08));
    const called = [title, ...names].map(wordsOf);
    for (const name of called) {
      const telling = tellingOf(name.map(fold)).map(numberOf);
      (book.named[telling[0]] ||= []).push([place, telling]);
    }
    for (const name of names) {
      learn(name, title, 0.7, book.name);
      if (rank) learn(title, name, 0.5, book.name);
    }
    const around = [kind, language.kinds[kind], ...path].join(" ");
    for (const field of [[called[0]], called.slice(1), [wordsOf(around)], [wordsOf(text)]]) {
      const begin = book.words.length;
      for (const words of field) {
        for (const word of words) {
          const number = numberOf(word);
          (book.places[number] ||= []).push(book.words.push(number) - 1);
          book.fields.push(lengths.length);
        }
        book.words.push(0);
        book.fields.push(0);
      }
      lengths.push(book.words.length - begin - field.length);
    }
  }
  let sum = 0;
  for (let at = 3; at < lengths.length; at += 4) sum += lengths[at];
  const usual = (4 * sum) / lengths.length || 1;
  book.weights = lengths.map((length, at) => weights[at % 4] / (at % 4 === 3 ? 0.5 + (0.5 * length) / usual : 0.6 + 0.1 * length));
  likely.clear();
  return book;
}

/**
 * How many letters have to be changed, left out, put in or swapped; something above `most` where that is not enough.
 * @param {string} typed @param {string} word @param {number} most @param {boolean} open whether the word may go on
 * @returns {number}
 */
function errors(typed, word, most, open) {
  let at = 0;
  while (at < typed.length && typed[at] === word[at]) at++;
  if (at === typed.length && (open || at === word.length)) return 0;
  if (!most) return 9;
  const without = (/** @type {number} */ left, /** @type {number} */ right) => errors(typed.slice(at + left), word.slice(at + right), most - 1, open);
  const swapped = typed[at] === word[at + 1] && typed[at + 1] === word[at];
  return 1 + Math.min(without(1, 1), without(1, 0), without(0, 1), swapped ? without(2, 2) : 9);
}

/**
 * The written words that a typed word may be, with how likely from 0 to 1.
 * @param {string} typed
 * @param {boolean} sure whether it has no typing errors
 */
function candidates(typed, sure) {
  const key = typed + sure;
  let words = likely.get(key);
  if (words) return words;
  likely.set(key, words = new Map());
  const root = stem(typed);
  let surest = 0;
  for (const number of begun.get(typed.slice(0, 2)) || []) {
    const word = known[number];
    let chance = 0;
    if (word === typed) chance = 1;
    else if (stems[number] === root) chance = 0.9;
    else if (word.startsWith(typed) && !idle.has(word)) chance = 0.35 + 0.4 * (typed.length / word.length);
    if (chance) words.set(number, chance);
    surest = Math.max(surest, chance);
  }
  // Nothing is written like it: then it may be a typing error, perhaps in a word that goes on.
  if (!sure && surest < 0.9 && typed.length > 3 && !/^\p{N}/u.test(typed)) {
    const most = typed.length > 7 ? 2 : 1;
    const mask = lettersOf(typed);
    for (let number = 1; number < known.length; number++) {
      // Each error explains one letter that is not there.
      let missing = mask & ~letters[number];
      missing &= missing - 1;
      if (most > 1) missing &= missing - 1;
      const word = known[number];
      if (missing || word.length < 4 || words.has(number)) continue;
      const wrong = errors(typed, word, most, false);
      if (wrong <= most) words.set(number, 0.8 * (1 - wrong / typed.length));
      else if (typed.length > 5 && errors(typed, word, 1, true) < 2) words.set(number, 0.4);
    }
  }
  return words;
}

/** A word that one with a typing error in five letters, or two in nine, may stand for. @param {string} typed */
function spelt(typed) {
  if (!meanings.has(stem(typed))) {
    for (const [number, chance] of candidates(typed, false)) {
      const word = known[number];
      if (chance > 0.61 && !word.startsWith(typed)) return word;
    }
  }
  return typed;
}

/** What may be meant by some words, with how likely. @param {string[]} typed @param {string} book */
function readings(typed, book) {
  const readings = [{ words: tellingOf(typed), weight: 1 }]; // what stands there, typing errors and all
  const words = typed.map(spelt);
  const some = tellingOf(words);
  for (const { typed, meant, weight, from } of words.flatMap((word) => meanings.get(stem(word)) || [])) {
    if (from && from !== book) continue;
    // Idle words count where the phrase has some: "who do I tell" is not "tell".
    const asked = typed.some((word) => idle.has(word)) ? words : some;
    const places = inOrder(asked, typed);
    if (!places) continue;
    const changed = tellingOf([...meant, ...asked.filter((word, index) => !places.includes(index) && !meant.some((other) => stem(other) === stem(word)))]);
    // What explains all of the question is most likely what was meant.
    const rest = some.length > tellingOf(typed).length;
    readings.push({ words: changed, weight: rest ? weight * 0.9 : weight * (from ? 1 : 1.25) });
  }
  return readings.sort((a, b) => b.weight - a.weight).slice(0, 8);
}

/** Where the words of a phrase stand in a question, with a word between two at most. @param {string[]} asked @param {string[]} phrase */
function inOrder(asked, phrase) {
  /** @type {number[]} */
  let places = [];
  for (let index = 0; index < asked.length; index++) {
    if (index - places[places.length - 1] > 2) places = [];
    if (stem(asked[index]) === stem(phrase[places.length])) places.push(index);
    if (places.length === phrase.length) return places;
  }
  return null;
}

/**
 * Scores the entries of a guidebook for one reading of a question, and keeps what is better than before.
 * @param {Guidebook} book @param {string[]} words @param {number} weight
 * @param {Float64Array} scores by entry @param {Found["marks"][]} marked by entry
 */
function score(book, words, weight, scores, marked) {
  const chances = words.map((word) => candidates(word, weight !== 1));
  /** How much of each word is in each entry, and whether it stands behind the word before it. */
  const amounts = words.map(() => new Float64Array(scores.length));
  const pairs = words.map(() => new Float64Array(scores.length));
  let before = new Uint8Array(known.length);
  /** @type {Found["marks"]} */
  const marks = new Map();
  const rarity = chances.map((likely, index) => {
    const amount = amounts[index];
    const pair = pairs[index];
    const next = new Uint8Array(known.length);
    let surest = 0.4;
    for (const [number, chance] of likely) {
      next[number] = 1;
      surest = Math.max(surest, chance);
      for (const at of book.places[number] || []) {
        const field = book.fields[at];
        const place = field >> 2;
        amount[place] += book.weights[field] * chance;
        for (let gap = 1; index && gap < 4 && book.words[at - gap]; gap++) {
          if (before[book.words[at - gap]]) {
            pair[place] = Math.max(pair[place], (rows[field & 3] * chance) / Math.sqrt(gap));
            break;
          }
        }
      }
    }
    before = next;
    // What few entries have tells more, unless it is a guess.
    let holders = 0;
    for (const part of amount) if (part > 0.3) holders++;
    const rare = surest * (1 + Math.log(1 + (scores.length - holders + 0.5) / (holders + 0.5)));
    for (const [number, chance] of likely) marks.set(number, Math.max(marks.get(number) || 0, chance * rare));
    return rare;
  });
  const whole = rarity.reduce((sum, rare) => sum + rare);
  /** How surely the words are a name of an entry, from 0 to 1. @type {number[]} */
  const exact = [];
  for (const number of chances[0].keys()) {
    for (const [place, name] of book.named[number] || []) {
      if (name.length !== words.length) continue;
      exact[place] = Math.max(exact[place] || 0, Math.min(...name.map((number, index) => chances[index].get(number) || 0)));
    }
  }
  for (let place = 0; place < scores.length; place++) {
    let sum = 0;
    let covered = 0;
    for (let index = 0; index < words.length; index++) {
      const amount = amounts[index][place];
      if (!amount) continue;
      const rare = rarity[index];
      sum += (2.2 * rare * amount) / (amount + 2.5);
      covered += rare * Math.min(1, amount * 2.5);
      if (index) sum += pairs[index][place] * Math.min(rare, rarity[index - 1]);
    }
    if (!sum) continue;
    // As a share of what could be said, so that readings compare however rare their words are.
    sum = (sum / whole) * Math.sqrt(covered / whole) + 1.2 * (exact[place] || 0);
    sum *= weight * book.standing[place];
    if (sum <= scores[place]) continue;
    scores[place] = sum;
    marked[place] = marks;
  }
}

/**
 * The sections that answer a question, the best first: a hundred at most, or a few more that are as good.
 * @param {Guidebook} book
 * @param {string} question
 */
export function find(book, question) {
  /** @type {Found[]} */
  const found = [];
  const words = wordsOf(question).map(fold).slice(0, 12);
  if (!words.length) return found;
  const scores = new Float64Array(book.entries.length);
  /** @type {Found["marks"][]} */
  const marked = [];
  for (const reading of readings(words, book.name)) score(book, reading.words, reading.weight, scores, marked);
  const sorted = scores.slice().sort();
  const least = Math.max(sorted[sorted.length - 1] * 0.12, sorted[sorted.length - 100] || 0, 1e-9);
  scores.forEach((score, place) => {
    if (score >= least) found.push({ entry: book.entries[place], score, marks: marked[place] });
  });
  return found.sort((a, b) => b.score - a.score);
}

/**
 * A text in pieces, those that were looked for marked.
 * @param {string} text
 * @param {Found["marks"]} marks
 * @returns {{text: string, marked: boolean}[]}
 */
export function pieces(text, marks) {
  const pieces = [];
  let from = 0;
  for (const { 0: word, index } of text.matchAll(wordPattern)) {
    if (tells(word, marks) < 0.3) continue;
    pieces.push({ text: text.slice(from, index), marked: false }, { text: word, marked: true });
    from = index + word.length;
  }
  pieces.push({ text: text.slice(from), marked: false });
  return pieces;
}

/** @param {string} word @param {Found["marks"]} marks */
function tells(word, marks) {
  return marks.get(numbers.get(fold(word)) || 0) || 0;
}

/** The sentence of an entry that says most of what was looked for, from near its first mark on. @param {Found} found */
export function excerpt({ entry, marks }) {
  let best = "";
  let most = -1;
  for (const [sentence] of [entry.text, ...entry.names].join("\n").matchAll(/[^\n]+?(?:[.!?]["”)]?(?=\s)|$)/gm)) {
    let sum = 0;
    for (const word of new Set(wordsOf(sentence).map(fold))) sum += tells(word, marks);
    if (sum > most) {
      most = sum;
      best = sentence.trim();
    }
  }
  const at = pieces(best, marks)[0].text.length;
  return at === best.length || at < 120 ? best : "… " + best.slice(best.indexOf(" ", at - 60) + 1);
}
