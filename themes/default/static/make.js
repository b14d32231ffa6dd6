// Elements made by scripts.

/**
 * An element with its attributes and what is in it.
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag @param {Partial<HTMLElementTagNameMap[T]>} properties @param {...(Node | string)} content
 * @returns {HTMLElementTagNameMap[T]}
 */
export function make(tag, properties, ...content) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...content);
  return element;
}

/** @param {string} label @param {() => void} press @param {string} [kind] */
export function makeButton(label, press, kind = "") {
  const button = make("button", { type: "button", className: `button ${kind}`.trim() }, label);
  button.addEventListener("click", press);
  return button;
}
