// Blocks that people write in: what is in them is text, and their other parts are changed by a form.
import { Node, type NodeConfig } from "@tiptap/core";
import type { DOMOutputSpec } from "@tiptap/pm/model";

import { say, titleOf } from "../page/page_data";
import { attributesOf, dataAttributes, frame } from "./block_attributes";
import { RICH } from "./text_nodes";

type Attributes = Record<string, unknown>;

/** A block whose first line is told by its attributes and whose text is written in place. */
function rich(name: string, own: Attributes, label: (attrs: Attributes) => DOMOutputSpec[], more: Partial<NodeConfig> = {}) {
  return Node.create({
    name,
    group: "block",
    content: RICH,
    defining: true,
    isolating: name !== "prose",
    addAttributes: () => attributesOf({ markdown: null, ...own }),
    parseHTML: () => [{ tag: `div[data-kind=${name}]` }],
    renderHTML: ({ node }) => {
      const labels = label(node.attrs);
      return labels.length
        ? ["div", frame(name, node.attrs), ...labels, ["div", { class: "block-text" }, 0]]
        : ["div", frame(name, node.attrs), 0];
    },
    ...more,
  });
}

function line(words: string, look: string): DOMOutputSpec {
  return ["p", { class: `block-label ${look}`, contenteditable: "false" }, words];
}

export const Prose = rich("prose", {}, () => [], { group: "block news", priority: 900 });

export const Notice = rich("notice", { title: "" }, (attrs) => [line(String(attrs.title || say("notice")), "label-strong")], {
  group: "block news",
});

export const Article = rich("article", { article: "" }, (attrs) => [
  line(attrs.article ? titleOf(String(attrs.article)) : say("no-article"), "label-link"),
]);

export const Signup = rich("signup", { title: "", button: "" }, (attrs) => [
  line(String(attrs.title || say("signup-title")), "label-strong"),
  line(String(attrs.button || say("signup-button")), "label-button"),
]);

export const Heading = Node.create({
  name: "heading",
  group: "block",
  content: "text*",
  marks: "",
  defining: true,
  isolating: true,
  addAttributes: () => attributesOf({ level: 2, markdown: null }),
  parseHTML: () => [2, 3].map((level) => ({ tag: `h${level}`, attrs: { level } })),
  renderHTML: ({ node }) => [`h${Math.min(6, node.attrs.level)}`, frame("heading", node.attrs), 0],
});

export const Listing = Node.create({
  name: "listing",
  group: "block news",
  content: "listingItem+",
  isolating: true,
  addAttributes: () => attributesOf({ ordered: false }),
  renderHTML: ({ node }) => [node.attrs.ordered ? "ol" : "ul", frame("listing", node.attrs), 0],
});

export const ListingItem = Node.create({
  name: "listingItem",
  content: RICH,
  defining: true,
  addAttributes: () => dataAttributes({ markdown: null }),
  renderHTML: () => ["li", 0],
  addKeyboardShortcuts() {
    return { Enter: () => this.editor.commands.splitListItem("listingItem", { markdown: null }) };
  },
});

export const Recap = Node.create({
  name: "recap",
  content: RICH,
  isolating: true,
  addAttributes: () => dataAttributes({ markdown: null }),
  renderHTML: () => ["div", { class: "recap" }, 0],
});

/** The headline stands between two parts of the text, where only the style sheet can put it. */
function newsTitle(title: string | null): string {
  const words = title ?? say("news-title");
  return words ? `--news-title: ${JSON.stringify(words)}` : "";
}

export const Ranking = Node.create({
  name: "ranking",
  group: "block",
  content: "recap news*",
  isolating: true,
  addAttributes: () => attributesOf({ place: 1, article: "", news_title: null, last_place: null, readers: null }),
  renderHTML: ({ node }) => [
    "div",
    frame("ranking", node.attrs),
    line(say("place", { place: node.attrs.place }), "label-place"),
    line(node.attrs.article ? titleOf(node.attrs.article) : say("no-article"), "label-link"),
    ["div", { class: "block-text", style: newsTitle(node.attrs.news_title) }, 0],
  ],
});
