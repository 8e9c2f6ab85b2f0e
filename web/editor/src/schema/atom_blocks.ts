// Blocks without text of their own to write in: shown much as a letter shows them, changed by a form.
import { Node } from "@tiptap/core";
import type { Node as ProseMirrorNode } from "@tiptap/pm/model";

import { make } from "../page/elements";
import { nameOf, page, say } from "../page/page_data";
import { attributesOf, frame } from "./block_attributes";

type Draw = (attrs: Record<string, any>) => HTMLElement[];

function atom(name: string, group: string, own: Record<string, unknown>, draw: Draw) {
  return Node.create({
    name,
    group,
    atom: true,
    selectable: true,
    draggable: true,
    addAttributes: () => attributesOf(own),
    // What other programs get of a copy; the page shows the view below.
    renderHTML: ({ node }) => make("div", frame(name, node.attrs), ...draw(node.attrs)),
    addNodeView() {
      return ({ node }) => {
        const dom = make("div", frame(name, node.attrs));
        const show = (shown: ProseMirrorNode) => {
          for (const one of [...dom.attributes]) {
            if (one.name !== "class" && one.name !== "contenteditable" && one.name !== "draggable") dom.removeAttribute(one.name);
          }
          for (const [key, value] of Object.entries(frame(name, shown.attrs))) if (key !== "class") dom.setAttribute(key, value);
          dom.replaceChildren(...draw(shown.attrs));
        };
        show(node);
        return {
          dom,
          update: (next) => {
            if (next.type.name !== name) return false;
            if (next.attrs !== node.attrs) show(next);
            node = next;
            return true;
          },
          ignoreMutation: () => true,
        };
      };
    },
  });
}

const p = (look: string, words: string) => make("p", { class: look }, words);

function picture(attrs: Record<string, any>): HTMLElement {
  const address = page.pictures[attrs.image];
  if (address) return make("img", { src: address, alt: attrs.alt || "", draggable: "false" });
  return p("picture-empty", attrs.pending ? say("uploading") : say("no-picture"));
}

export const Figure = atom(
  "figure",
  "block news",
  { image: "", alt: "", caption: "", source: "", source_address: "", pending: null },
  (attrs) => {
    const under = [attrs.caption, attrs.source && say("source", { source: attrs.source })].filter(Boolean).join("\n");
    const missing = attrs.image && !attrs.alt ? [p("picture-hint", say("no-alt"))] : [];
    return [picture(attrs), ...(under ? [p("caption", under)] : []), ...missing];
  },
);

export const Button = atom("button", "block", { text: "", address: "" }, (attrs) => [
  p("label-button", attrs.text || say("button")),
  p("address", attrs.address || say("no-address")),
]);

export const Products = atom("products", "block", { title: "", products: [] }, (attrs) => [
  p("label-strong", attrs.title || say("products")),
  make("ul", {}, ...attrs.products.map((one: any) => make("li", {}, make("strong", {}, one.name), one.text ? ` ${one.text}` : ""))),
  ...(attrs.products.length ? [] : [p("address", say("nothing-chosen"))]),
]);

export const Topics = atom("topics", "block", { title: "", lead: "", topics: [] }, (attrs) => [
  p("label-strong", attrs.title || say("topics")),
  ...(attrs.lead ? [p("", attrs.lead)] : []),
  p("topic-names", attrs.topics.map((slug: string) => nameOf(page.topics, slug)).join(" / ") || say("nothing-chosen")),
]);

export const Search = atom("search", "block", { title: "" }, (attrs) => [
  p("label-strong", attrs.title || say("search")),
  p("label-link", say("search-link")),
]);

/** A block that the editor cannot show as it is: it can be moved and removed, and stays what it is. */
export const Sealed = atom("sealed", "block news", { block: null }, (attrs) => [
  p("label-strong", say("sealed", { kind: say(`kind-${attrs.block?.kind ?? "prose"}`) })),
  ...(attrs.block?.source ? [make("pre", { class: "sealed-source" }, attrs.block.source)] : []),
]);
