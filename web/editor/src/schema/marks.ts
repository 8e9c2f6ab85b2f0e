// What can be set on words. No signs that are typed become marks: officials write footnotes and sums with asterisks.
import { Mark, mergeAttributes } from "@tiptap/core";

export const Bold = Mark.create({
  name: "bold",
  parseHTML: () => [{ tag: "strong" }],
  renderHTML: () => ["strong", 0],
  addKeyboardShortcuts() {
    return { "Mod-b": () => this.editor.commands.toggleMark("bold") };
  },
});

/** Shown where a text has it already; no button sets it, as Japanese has no slanted letters. */
export const Italic = Mark.create({
  name: "italic",
  parseHTML: () => [{ tag: "em" }],
  renderHTML: () => ["em", 0],
});

export const Link = Mark.create({
  name: "link",
  inclusive: false,
  priority: 1000,
  addAttributes: () => ({ href: { default: "", validate: "string" } }),
  parseHTML: () => [{ tag: "a[href]", getAttrs: (node) => ({ href: (node as Element).getAttribute("href") ?? "" }) }],
  renderHTML: ({ HTMLAttributes }) => {
    // The address is shown, not followed: whoever writes wants to place the cursor.
    const { href, ...rest } = HTMLAttributes;
    return ["a", mergeAttributes(rest, { "data-href": href, title: href, class: "link" }), 0];
  },
});
