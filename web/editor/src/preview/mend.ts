// Mending what was found: a text of a block, or of a field of the page, is replaced as if somebody had typed it.
import type { Editor } from "@tiptap/core";
import type { Node } from "@tiptap/pm/model";
import type { Transaction } from "@tiptap/pm/state";

import { positionOf } from "../page/problems";

type Mend = [string, string];

const NOT_TEXT = new Set(["only", "markdown", "image", "article", "address", "source_address", "topics", "pending", "block", "products"]);

/** Replaces texts in the block with that number as one step that can be undone; answers whether there was any of them. */
export function mendBlock(editor: Editor, block: number, mends: Mend[]): boolean {
  const at = positionOf(editor, [block]);
  const node = editor.state.doc.nodeAt(at);
  if (!node) return false;
  const tr = editor.state.tr;
  mendAttributes(tr, node, at, mends);
  node.descendants((inner, offset) => {
    if (!inner.isText && !inner.isTextblock) mendAttributes(tr, inner, at + 1 + offset, mends);
  });
  mendTexts(tr, node, at, mends);
  if (!tr.docChanged) return false;
  editor.view.dispatch(tr.scrollIntoView());
  return true;
}

/** Attributes keep the size of their node, so all positions stay what they are. */
function mendAttributes(tr: Transaction, node: Node, at: number, mends: Mend[]): void {
  for (const [name, value] of Object.entries(node.attrs)) {
    const mended = NOT_TEXT.has(name) ? value : typeof value === "string" ? replaced(value, mends) : value;
    if (mended !== value) tr.setNodeAttribute(at, name, mended);
  }
  const products = node.attrs.products as { name: string; text?: string }[] | undefined;
  if (!products) return;
  const mended = products.map((one) => ({ ...one, name: replaced(one.name, mends), ...(one.text ? { text: replaced(one.text, mends) } : {}) }));
  if (JSON.stringify(mended) !== JSON.stringify(products)) tr.setNodeAttribute(at, "products", mended);
}

/** From the end, so that what is replaced moves nothing that is still to be found. */
function mendTexts(tr: Transaction, node: Node, at: number, mends: Mend[]): void {
  const found: { from: number; text: string; node: Node }[] = [];
  node.descendants((inner, offset) => {
    // An address that stands in the text is no text to mend.
    if (inner.isText && !/^(https?:|mailto:)/i.test(inner.text!)) found.push({ from: at + 1 + offset, text: inner.text!, node: inner });
  });
  for (const { from, text, node: inner } of found.reverse()) {
    const mended = replaced(text, mends);
    if (mended !== text) tr.replaceWith(from, from + text.length, tr.doc.type.schema.text(mended, inner.marks));
  }
}

/** Does so in a field of the page; the browser can undo it. */
export function mendField(field: HTMLInputElement, mends: Mend[]): void {
  const mended = replaced(field.value, mends);
  if (mended === field.value) return;
  field.focus();
  field.select();
  if (!document.execCommand("insertText", false, mended)) {
    field.value = mended;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

function replaced(text: string, mends: Mend[]): string {
  return mends.reduce((now, [old, instead]) => now.replaceAll(old, instead), text);
}
