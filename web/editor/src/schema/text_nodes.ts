// The words of blocks: paragraphs, lists, ends of lines. The same texts that the dialect of manuscripts has.
import { Node } from "@tiptap/core";

export const RICH = "(paragraph | bulletList | orderedList)+";

export const Doc = Node.create({ name: "doc", topNode: true, content: "block+" });

export const Text = Node.create({ name: "text", group: "inline" });

export const Paragraph = Node.create({
  name: "paragraph",
  content: "inline*",
  priority: 1000,
  parseHTML: () => [{ tag: "p" }],
  renderHTML: () => ["p", 0],
});

export const HardBreak = Node.create({
  name: "hardBreak",
  group: "inline",
  inline: true,
  selectable: false,
  linebreakReplacement: true,
  parseHTML: () => [{ tag: "br" }],
  renderHTML: () => ["br"],
  renderText: () => "\n",
  addKeyboardShortcuts() {
    return { "Shift-Enter": () => this.editor.commands.insertContent({ type: "hardBreak" }) };
  },
});

export const BulletList = Node.create({
  name: "bulletList",
  content: "listItem+",
  parseHTML: () => [{ tag: "ul" }],
  renderHTML: () => ["ul", 0],
  addKeyboardShortcuts() {
    return { "Mod-Shift-8": () => this.editor.commands.toggleList("bulletList", "listItem") };
  },
});

function checkNumber(value: unknown): void {
  if (!Number.isInteger(value) || Number(value) < 0 || Number(value) > 999_999_999) throw new RangeError(`no list begins with ${value}`);
}

export const OrderedList = Node.create({
  name: "orderedList",
  content: "listItem+",
  addAttributes: () => ({ start: { default: 1, validate: checkNumber, parseHTML: (one) => Number(one.getAttribute("start") ?? 1) || 1 } }),
  parseHTML: () => [{ tag: "ol" }],
  renderHTML: ({ HTMLAttributes }) => ["ol", HTMLAttributes.start === 1 ? {} : { start: HTMLAttributes.start }, 0],
  addKeyboardShortcuts() {
    return { "Mod-Shift-7": () => this.editor.commands.toggleList("orderedList", "listItem") };
  },
});

export const ListItem = Node.create({
  name: "listItem",
  content: RICH,
  defining: true,
  parseHTML: () => [{ tag: "li" }],
  renderHTML: () => ["li", 0],
  addKeyboardShortcuts() {
    return {
      Enter: () => this.editor.commands.splitListItem("listItem"),
      Tab: () => this.editor.commands.sinkListItem("listItem"),
      "Shift-Tab": () => this.editor.commands.liftListItem("listItem"),
    };
  },
});
