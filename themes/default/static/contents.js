// "On this page" follows the reader: the section that fills the upper part of the window is marked.

/** The links of "On this page", by the id of their section. @returns {Map<string, HTMLAnchorElement>} */
function contentsLinks() {
  const links = /** @type {NodeListOf<HTMLAnchorElement>} */ (document.querySelectorAll(".here a[href^='#']"));
  return new Map([...links].map((link) => [decodeURIComponent(link.hash.slice(1)), link]));
}

/** The id of the section the reader is in; empty before the first one. */
export function currentSection() {
  if (scrollY < 8) return "";
  const headings = [...document.querySelectorAll("main :is(h2, h3, h4, h5, h6)[id]")];
  // The last ones may be too short to come up to where one reads.
  const isAtEnd = innerHeight + scrollY > document.documentElement.scrollHeight - 8;
  const reading = isAtEnd ? innerHeight : Math.min(innerHeight / 3, 260);
  const above = headings.filter((heading) => heading.getBoundingClientRect().top < reading);
  return above.at(-1)?.id ?? "";
}

function startContents() {
  const links = contentsLinks();
  if (links.size === 0) return;
  let marked = "";
  let waits = false;
  const mark = () => {
    waits = false;
    const current = currentSection();
    // A deep section is not listed: the one around it is marked.
    const id = links.has(current) ? current : marked;
    if (id === marked && id !== "") return;
    links.get(marked)?.removeAttribute("aria-current");
    links.get(id)?.setAttribute("aria-current", "true");
    marked = current === "" ? "" : id;
    links.get(id)?.scrollIntoView?.({ block: "nearest", behavior: "instant" });
  };
  addEventListener("scroll", () => {
    if (!waits) requestAnimationFrame(mark);
    waits = true;
  }, { passive: true });
  mark();
}

addEventListener("DOMContentLoaded", startContents);
