// Making elements without HTML in strings.

type Attributes = Record<string, string | boolean | null | undefined>;

/** An element with attributes and children; an attribute that is true is set empty, one that is false or null is left out. */
export function make<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) made.setAttribute(name, "");
    else if (typeof value === "string") made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

/** A button that does something; its words are its name. */
export function button(words: string, act: () => void, attributes: Attributes = {}): HTMLButtonElement {
  const made = make("button", { type: "button", ...attributes }, words);
  made.addEventListener("click", act);
  return made;
}

let count = 0;
/** An id that no other element has. */
export function newId(): string {
  count += 1;
  return `editor-part-${count}`;
}

/** Tells whoever listens to the page what has happened. */
export function announce(words: string): void {
  const place = document.getElementById("editor-status");
  if (place) place.textContent = words;
}
