// A reference shows what it means when it is pointed at, focused, or, where it leads nowhere, tapped. The
// definitions of a guidebook are a script of its own, which is loaded when the first card is wanted.

import { loadScript } from "./find.js";
import { make } from "./make.js";

/** @typedef {{ kind: string, title: string, text: string }} Card */

/** @type {Promise<Record<string, Card>> | undefined} */
let cardsLoaded;

function loadCards() {
  cardsLoaded ??= new Promise((resolve, reject) => {
    Object.assign(globalThis, { redbinderCards: resolve });
    loadScript(new URL("cards.js", cardsHome()).href).catch(reject);
  });
  return cardsLoaded;
}

function cardsHome() {
  return new URL(document.documentElement.dataset.home ?? "", location.href);
}

/** What a reference is known by among the definitions. @param {HTMLElement} reference */
function cardKey(reference) {
  if (reference.dataset.card) return reference.dataset.card;
  if (!(reference instanceof HTMLAnchorElement)) return "";
  const folder = new URL(".", cardsHome()).href;
  const address = reference.href.split("#")[0];
  return address.startsWith(folder) ? decodeURI(address.slice(folder.length)) : "";
}

const cardBox = document.createElement("div");
/** @type {HTMLElement | undefined} */
let cardFor;
/** @type {number | undefined} */
let cardTimer;

function hideCard() {
  clearTimeout(cardTimer);
  cardFor?.removeAttribute("aria-describedby");
  cardFor = undefined;
  cardBox.hidden = true;
}

/** @param {HTMLElement} reference */
async function showCard(reference) {
  if (cardFor === reference) return;
  hideCard();
  cardFor = reference;
  const card = (await loadCards().catch(() => undefined))?.[cardKey(reference)];
  // The reader may have gone on meanwhile.
  if (!card || cardFor !== reference) return;
  cardBox.replaceChildren(
    make("p", { className: "kind" }, card.kind),
    make("p", { className: "title" }, card.title),
    make("p", {}, card.text),
  );
  cardBox.hidden = false;
  reference.setAttribute("aria-describedby", cardBox.id);
  const place = reference.getBoundingClientRect();
  const box = cardBox.getBoundingClientRect();
  const left = Math.max(8, Math.min(place.left, document.documentElement.clientWidth - box.width - 8));
  const isBelow = place.bottom + box.height + 8 < innerHeight || place.top < box.height + 8;
  cardBox.style.left = `${left + scrollX}px`;
  cardBox.style.top = `${(isBelow ? place.bottom + 4 : place.top - box.height - 4) + scrollY}px`;
}

/** @param {EventTarget | null} target @returns {HTMLElement | null} */
function referenceOf(target) {
  return target instanceof Element ? target.closest("main :is(a.ref, a.sev, [data-card])") : null;
}

/** @param {() => void} act @param {number} after in milliseconds */
function cardLater(act, after) {
  clearTimeout(cardTimer);
  cardTimer = setTimeout(act, after);
}

function startCards() {
  if (document.documentElement.dataset.home === undefined) return;
  cardBox.id = "_card";
  cardBox.className = "card";
  cardBox.setAttribute("role", "tooltip");
  cardBox.hidden = true;
  document.body.append(cardBox);
  const seen = new Set();
  for (const reference of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("main span[data-card]"))) {
    // A keyboard stops at the first mention of a thing, not at each.
    if (reference.closest("a, button, label, summary") || seen.has(reference.dataset.card)) continue;
    seen.add(reference.dataset.card);
    reference.tabIndex = 0;
    reference.setAttribute("role", "button");
  }
  document.addEventListener("pointerover", (event) => {
    if (event.pointerType === "touch") return;
    const reference = referenceOf(event.target);
    const isOnCard = event.target instanceof Node && cardBox.contains(event.target);
    if (reference) cardLater(() => void showCard(reference), 350);
    else if (isOnCard) clearTimeout(cardTimer);
    else if (cardFor && cardFor !== document.activeElement) cardLater(hideCard, 250);
    else clearTimeout(cardTimer);
  });
  document.addEventListener("focusin", (event) => {
    const reference = referenceOf(event.target);
    if (reference?.matches(":focus-visible")) void showCard(reference);
    else hideCard();
  });
  document.addEventListener("focusout", hideCard);
  document.addEventListener("click", (event) => {
    const reference = referenceOf(event.target);
    if (reference?.matches("span")) void showCard(reference);
    else if (!(event.target instanceof Node && cardBox.contains(event.target))) hideCard();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") hideCard();
    const reference = referenceOf(event.target);
    if (reference?.matches("span[role=button]") && (event.key === "Enter" || event.key === " ")) {
      event.preventDefault();
      void showCard(reference);
    }
  });
}

addEventListener("DOMContentLoaded", startCards);
