// The search engine: what is written, as words; which sections answer a question, and in what order.
// It knows nothing of the page it runs in, so that tests can ask it questions.

/**
 * A section of a page, or a fact that a table explains.
 * @typedef {object} Entry
 * @property {Guidebook} book
 * @property {string} href from the guidebook's folder
 * @property {string} kind such as `role`
 * @property {string} mark the classes of its mark
 * @property {string} page the page's title
 * @property {string} title its own; the page's for what stands before the first heading
 * @property {boolean} top whether it is the start of its page
 * @property {string[]} path the titles of the sections around it
 * @property {string[]} names what else it is called
 * @property {string} text a line for each paragraph, item or row
 * @property {Int32Array[]} words title, names, what is around it, text: the numbers of their words; -1 between names
 */

/**
 * `holders`: for the number of a word, the numbers of the entries that have it.
 * @typedef {{name: string, title: string, entries: Entry[], holders: number[][], length: number}} Guidebook
 */

/** @typedef {{entry: Entry, score: number, marks: Map<number, number>}} Found */

/**
 * Data of a language, see words.js.
 * @typedef {object} Language
 * @property {string} idle words that say little
 * @property {string[]} endings endings of words, the longest first
 * @property {Record<string, string>} same what people type, and what is meant
 * @property {Record<string, string>} kinds what kinds of entries are called
 * @property {Record<string, string>} says what readers see
 * @property {string[]} tries questions to begin with
 */

const redbinderSearch = (() => {
  /** @type {Map<string, Promise<Guidebook>>} */
  const books = new Map();
  /** @type {string[]} The words that are written, folded, by number. */
  const known = [];
  /** @type {string[]} Their stems. */
  const stems = [];
  /** @type {Map<string, number>} The numbers of words, folded and as they are written. */
  const numbers = new Map();
  /** @type {Language} */
  let language;
  /** @type {Set<string>} */
  let idle;
  /** @type {{typed: string[], meant: string[], weight: number, from: string}[]} */
  let meanings = [];
  /** @type {Map<string, Map<number, number>>} What a typed word may be, with how likely. */
  const likely = new Map();

  // Languages without spaces are compared letter by letter; letters and figures are words apart.
  const wordPattern = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}]|\p{N}+|[\p{L}\p{M}]+(?:['’]\p{L}+)*/gu;

  /** @param {string} word */
  function fold(word) {
    return word.normalize("NFKD").replace(/\p{M}+/gu, "").toLowerCase().replace(/ß/g, "ss").replace(/['’]s?/g, "");
  }

  /** @param {string} text */
  function split(text) {
    return (text.match(wordPattern) || []).map(fold).filter((word) => word);
  }

  /** The word without its ending. @param {string} word */
  function stem(word) {
    if (word.length < 4) return word;
    for (const ending of language.endings) {
      if (word.length - ending.length > 2 && word.endsWith(ending)) {
        const rest = word.slice(0, word.length - ending.length);
        return /([^aeiouls])\1$/.test(rest) ? rest.slice(0, -1) : rest;
      }
    }
    return word;
  }

  /** @param {string} word as it is written */
  function numberOf(word) {
    let number = numbers.get(word);
    if (number === undefined) {
      const folded = fold(word);
      number = numbers.get(folded);
      if (number === undefined) {
        number = known.push(folded) - 1;
        stems.push(stem(folded));
        numbers.set(folded, number);
      }
      numbers.set(word, number);
    }
    return number;
  }

  /** @param {string} text */
  function numbersOf(text) {
    return Int32Array.from(text.match(wordPattern) || [], numberOf);
  }

  /** @param {Language} spoken */
  function speak(spoken) {
    language = spoken;
    idle = new Set(language.idle.split(" "));
    for (const typed in language.same) learn(typed, language.same[typed], 0.85, "");
  }

  /** @param {string} typed @param {string} meant @param {number} weight @param {string} from the guidebook, or all */
  function learn(typed, meant, weight, from) {
    const words = split(typed);
    for (const other of meant.split("|")) meanings.push({ typed: words, meant: split(other), weight, from });
  }

  /** The words that say something; all of them where none does. @param {string[]} words */
  function telling(words) {
    const some = words.filter((word) => !idle.has(word));
    return some.length ? some : words;
  }

  /**
   * What an index calls: takes a guidebook in.
   * @param {string} name
   * @param {string} data see src/render/search/mod.rs
   */
  function add(name, data) {
    likely.clear();
    books.set(name, inflate(data).then((json) => read(name, JSON.parse(json))));
  }

  /** @param {string} data */
  function inflate(data) {
    const bytes = Uint8Array.from(atob(data), (digit) => digit.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
    return new Response(stream).text();
  }

  /** @param {string} name @param {any} data @returns {Guidebook} */
  function read(name, data) {
    /** @type {Guidebook} */
    const book = { name, title: data.title, entries: [], holders: [], length: 0 };
    /** @param {Omit<Entry, "words" | "book">} entry */
    const add = (entry) => {
      /** @type {number[]} */
      const names = [];
      for (const it of entry.names) names.push(...numbersOf(it), -1);
      const around = [entry.kind, language.kinds[entry.kind], ...(entry.top ? [] : [entry.page, ...entry.path])].join(" ");
      const words = [numbersOf(entry.title), Int32Array.from(names), numbersOf(around), numbersOf(entry.text)];
      book.length += words[3].length;
      const place = book.entries.push({ ...entry, book, words }) - 1;
      for (const numbers of words) for (const number of numbers) {
        const holders = (book.holders[number] ||= []);
        if (holders[holders.length - 1] !== place) holders.push(place);
      }
    };
    for (const [address, kind, page, mark, names, sections] of data.pages) {
      /** @type {[number, string][]} */
      const around = [];
      for (const [anchor, level, title, text] of sections) {
        const top = level === 1 && !title;
        while (around.length && around[around.length - 1][0] >= level) around.pop();
        add({
          href: address + (anchor && "#" + anchor), kind, mark, page, title: title || page, top, text,
          path: around.map(([, title]) => title), names: top ? names : [],
        });
        if (!top) around.push([level, title]);
      }
      for (const other of names) learn(other, page, 0.7, name);
    }
    for (const [kind, title, names, page, section, text] of data.things) {
      const [address, , place, , , sections] = data.pages[page];
      const href = address + "#" + sections[section][0];
      add({ href, kind, mark: "ref " + kind, page: place, title, top: false, path: sections[section][2] ? [sections[section][2]] : [], names, text });
      for (const other of names) {
        learn(other, title, 0.7, name);
        learn(title, other, 0.5, name);
      }
    }
    return book;
  }

  /**
   * How many letters have to be changed, left out, put in or swapped; something above `most` where that is not enough.
   * @param {string} typed @param {string} word @param {number} most @param {boolean} begun whether the word may go on
   * @returns {number}
   */
  function errors(typed, word, most, begun) {
    let at = 0;
    while (at < typed.length && typed[at] === word[at]) at++;
    if (at === typed.length && (begun || at === word.length)) return 0;
    if (!most) return 9;
    const a = typed.slice(at);
    const b = word.slice(at);
    const without = (/** @type {number} */ left, /** @type {number} */ right) => errors(a.slice(left), b.slice(right), most - 1, begun);
    return 1 + Math.min(without(1, 1), without(1, 0), without(0, 1), a[0] === b[1] && a[1] === b[0] ? without(2, 2) : 9);
  }

  /**
   * The written words that a typed word may be, with how likely from 0 to 1.
   * @param {string} typed
   * @param {boolean} sure whether it has no typing errors
   */
  function candidates(typed, sure) {
    const found = likely.get(typed + sure);
    if (found) return found;
    /** @type {Map<number, number>} */
    const words = new Map();
    const root = stem(typed);
    let surest = 0;
    known.forEach((word, number) => {
      let chance = 0;
      if (word === typed) chance = 1;
      else if (stems[number] === root && root.length > 2) chance = 0.9;
      else if (typed.length > 1 && word.startsWith(typed)) chance = 0.35 + 0.4 * (typed.length / word.length);
      if (chance) words.set(number, chance);
      surest = Math.max(surest, chance);
    });
    // Nothing is written like it: then it may be a typing error, perhaps in a word that goes on.
    if (!sure && surest < 0.9 && typed.length > 3 && !/^\p{N}/u.test(typed)) {
      const most = typed.length > 7 ? 2 : 1;
      known.forEach((word, number) => {
        if (word.length < 4 || words.has(number)) return;
        const wrong = errors(typed, word, most, false);
        if (wrong <= most) words.set(number, 0.8 * (1 - wrong / typed.length));
        else if (typed.length > 5 && errors(typed, word, 1, true) < 2) words.set(number, 0.4);
      });
    }
    likely.set(typed + sure, words);
    return words;
  }

  /** What may be meant by some words, with how likely. @param {string[]} words @param {string} book */
  function readings(words, book) {
    const readings = [{ words, weight: 1 }]; // what stands there, typing errors and all
    const some = telling(words);
    for (const { typed, meant, weight, from } of meanings) {
      if (from && from !== book) continue;
      // Idle words count where the phrase has some: "who do I tell" is not "tell".
      const asked = typed.some((word) => idle.has(word)) ? words : some;
      const places = inOrder(asked, typed);
      if (!places) continue;
      const changed = [...meant, ...asked.filter((_, index) => !places.includes(index))];
      // What explains all of the question is most likely what was meant.
      const rest = telling(words).length - telling(typed).length;
      readings.push({ words: [...new Set(changed)], weight: rest > 0 ? weight * 0.8 : weight * (from ? 1 : 1.25) });
    }
    return readings.sort((a, b) => b.weight - a.weight).slice(0, 8);
  }

  /** Where the words of a phrase stand in a question, with a word between two at most. @param {string[]} asked @param {string[]} phrase */
  function inOrder(asked, phrase) {
    /** @type {number[]} */
    let places = [];
    for (let index = 0; index < asked.length; index++) {
      if (places.length && index - places[places.length - 1] > 2) places = [];
      if (alike(asked[index], phrase[places.length])) places.push(index);
      if (places.length === phrase.length) return places;
    }
    return null;
  }

  /** @param {string} typed @param {string} word */
  function alike(typed, word) {
    return typed === word || (word.length > 3 && stem(typed) === stem(word));
  }

  /** What the fields of an entry weigh: title, names, what is around it, text. */
  const weights = [4, 4, 1.2, 1];
  /** What words in a row weigh there. */
  const rows = [1, 1, 0.3, 0.6];

  /** Rows of tables stand behind what is told at length. @type {Record<string, number>} */
  const standing = { timer: 0.6, obligation: 0.6, dependency: 0.7, status: 0.8, term: 0.85, channel: 0.9, contact: 0.95, tool: 0.85 };

  /**
   * Scores the entries of a guidebook for one reading of a question.
   * @param {Guidebook} book @param {string[]} words @param {number} weight @param {Map<Entry, Found>} best
   */
  function score(book, words, weight, best) {
    const count = words.length;
    const chances = words.map((word) => candidates(word, weight !== 1));
    const all = words.every((word) => idle.has(word));
    const shares = words.map((word) => (idle.has(word) && !all ? 0.12 : 1));
    // Which of the words each written word may be, a bit for each.
    const wanted = new Int32Array(known.length);
    chances.forEach((words, index) => {
      for (const number of words.keys()) wanted[number] |= 1 << index;
    });
    const usual = book.length / (book.entries.length || 1) || 1;
    /** @type {[Entry, Float64Array, Float64Array][]} */
    const hits = [];
    const holders = new Float64Array(count);
    const last = new Int32Array(count);
    // Idle words alone make no answer, and are in nearly all of them.
    const places = new Set(chances.flatMap((words, index) => shares[index] < 1 ? [] : [...words.keys()].flatMap((number) => book.holders[number] || [])));
    for (const place of places) {
      const entry = book.entries[place];
      /** @type {Float64Array | undefined} How much of each word is in it, and whether it stands behind the word before it. */
      let amounts;
      let pairs = holders;
      entry.words.forEach((numbers, field) => {
        const long = field === 3 ? 0.5 + (0.5 * numbers.length) / usual : 0.6 + 0.1 * numbers.length;
        last.fill(-9);
        for (let at = 0; at < numbers.length; at++) {
          const which = wanted[numbers[at]];
          if (!which) continue;
          if (!amounts) {
            hits.push([entry, (amounts = new Float64Array(count)), (pairs = new Float64Array(count))]);
          }
          for (let index = 0; index < count; index++) {
            if (!((which >> index) & 1)) continue;
            const chance = chances[index].get(numbers[at]) || 0;
            amounts[index] += (weights[field] / long) * chance;
            last[index] = at;
            const gap = index ? at - last[index - 1] : 9;
            if (gap > 0 && gap < 4) pairs[index] = Math.max(pairs[index], (rows[field] * chance) / Math.sqrt(gap));
          }
        }
      });
      amounts?.forEach((amount, index) => {
        if (amount > 0.3) holders[index]++;
      });
    }
    // What few entries have tells more, unless it is a guess.
    const rarity = Array.from(holders, (holders, index) =>
      shares[index] * Math.max(0.4, ...chances[index].values()) * (1 + Math.log(1 + (book.entries.length - holders + 0.5) / (holders + 0.5))));
    const whole = rarity.reduce((sum, rare) => sum + rare, 0) || 1;
    for (const [entry, amounts, pairs] of hits) {
      let sum = 0;
      let covered = 0;
      amounts.forEach((amount, index) => {
        const share = amount / (amount + 1.2);
        sum += rarity[index] * share * 2.2;
        covered += rarity[index] * Math.min(1, amount * 2.5);
        if (index) sum += pairs[index] * Math.min(rarity[index], rarity[index - 1]);
      });
      // As a share of what could be said, so that readings compare however rare their words are.
      sum = (sum / whole) * Math.sqrt(covered / whole) + 1.2 * exactness(entry, words, chances);
      sum *= weight * (standing[entry.kind] || 1) * (entry.top ? 1.08 : 1);
      const known = best.get(entry);
      if (known && known.score >= sum) continue;
      /** @type {Map<number, number>} */
      const marks = new Map();
      chances.forEach((words, index) => {
        if (shares[index] < 1) return;
        for (const [number, chance] of words) marks.set(number, Math.max(marks.get(number) || 0, chance * rarity[index]));
      });
      best.set(entry, { entry, score: sum, marks });
    }
  }

  /** How surely the words are a name of the entry, from 0 to 1. @param {Entry} entry @param {string[]} words @param {Map<number, number>[]} chances */
  function exactness(entry, words, chances) {
    const wanted = chances.filter((_, index) => !idle.has(words[index]));
    let best = 0;
    /** @type {number[]} */
    let name = [];
    for (const number of [...entry.words[0], -1, ...entry.words[1]]) {
      if (number < 0) {
        if (name.length && name.length === wanted.length) best = Math.max(best, Math.min(...name.map((number, place) => wanted[place].get(number) || 0)));
        name = [];
      } else if (!idle.has(known[number])) name.push(number);
    }
    return best;
  }

  /**
   * The sections that answer a question, the best first.
   * @param {Guidebook} book
   * @param {string} question
   * @returns {Found[]}
   */
  function find(book, question) {
    const words = split(question).slice(0, 12);
    if (!words.length) return [];
    /** @type {Map<Entry, Found>} */
    const best = new Map();
    for (const reading of readings(words, book.name)) score(book, reading.words, reading.weight, best);
    const found = [...best.values()].sort((a, b) => b.score - a.score);
    const least = found.length ? found[0].score * 0.12 : 0;
    return found.filter((it) => it.score > least);
  }

  /**
   * A text in pieces, those that were looked for marked.
   * @param {string} text
   * @param {Map<number, number>} marks
   * @returns {{text: string, marked: boolean}[]}
   */
  function pieces(text, marks) {
    const pieces = [];
    let from = 0;
    for (const match of text.matchAll(wordPattern)) {
      const number = numbers.get(fold(match[0]));
      if (number === undefined || (marks.get(number) || 0) < 0.3) continue;
      if (match.index > from) pieces.push({ text: text.slice(from, match.index), marked: false });
      from = match.index + match[0].length;
      pieces.push({ text: match[0], marked: true });
    }
    if (from < text.length) pieces.push({ text: text.slice(from), marked: false });
    return pieces;
  }

  /** The sentence of an entry that says most of what was looked for, from near its first mark on. @param {Found} found */
  function excerpt({ entry, marks }) {
    let best = "";
    let most = -1;
    for (const [sentence] of [entry.text, entry.names.join(", ")].join("\n").matchAll(/[^\n]+?(?:[.!?]["”)]?(?=\s)|$)/gm)) {
      const said = new Set(split(sentence).map((word) => numbers.get(word)));
      let sum = 0;
      for (const number of said) sum += (number !== undefined && marks.get(number)) || 0;
      if (sum > most) {
        most = sum;
        best = sentence.trim();
      }
    }
    const first = pieces(best, marks).find((piece) => piece.marked);
    const at = first ? best.indexOf(first.text) : 0;
    return at < 120 ? best : "… " + best.slice(best.indexOf(" ", at - 60) + 1);
  }

  /** A guidebook whose index is there. @param {string} name */
  const book = (name) => books.get(name);

  return { add, speak, language: () => language, book, find, pieces, excerpt };
})();
