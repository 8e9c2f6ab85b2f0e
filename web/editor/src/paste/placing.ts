// Where a part of a text goes that was copied or dragged: words into words, blocks behind the block, each for its own readers.
import { Fragment, Slice, type Node as ProseMirrorNode, type ResolvedPos } from "@tiptap/pm/model";
import { AllSelection, Selection, TextSelection, type Transaction } from "@tiptap/pm/state";

import { isOver, removeSelected } from "../blocks/apart";
import { fit, insertBlocks, isBlock } from "../blocks/block_commands";
import { isForAll, type Only } from "../schema/block_attributes";

const WORDS = new Set(["text", "hardBreak", "paragraph", "bulletList", "orderedList"]);

/** The nodes of a slice, with what their open ends lack filled in. */
export function closed({ content, openStart, openEnd }: Slice): ProseMirrorNode[] {
  const last = content.childCount - 1;
  return content.content.map((node, at) => whole(node, at === 0 ? openStart : 0, at === last ? openEnd : 0));
}

function whole(node: ProseMirrorNode, openStart: number, openEnd: number): ProseMirrorNode {
  if (!openStart && !openEnd) return node;
  const inner = closed(new Slice(node.content, Math.max(0, openStart - 1), Math.max(0, openEnd - 1)));
  const made = node.type.createAndFill(node.attrs, inner, node.marks);
  if (!made) throw new RangeError(`no ${node.type.name} holds this`);
  return made;
}

/**
 * Puts *slice* in place of the selection, or behind the block that is chosen as a whole.
 *
 * @param within for whom it is meant by the blocks that it stood in.
 * @param gap a position between blocks where blocks go if they may stand there.
 * @returns whether words that were meant for some come to more readers now.
 */
export function place(tr: Transaction, slice: Slice, within: Only | null, gap: number | null = null): boolean {
  if (isOver(tr.selection)) removeSelected(tr);
  const inner = innermost(slice);
  const { $from } = tr.selection;
  const isWords = inner.content.content.every((one) => WORDS.has(one.type.name));
  const areItems = isInside($from, "listing") && inner.content.content.every((one) => one.type.name === "listingItem");
  if ((isWords || areItems) && $from.parent.isTextblock) {
    const widened = within !== null && !isMeantFor($from, within);
    if (areItems || $from.parent.type.name === "paragraph") tr.replaceSelection(inner);
    else tr.insertText(inner.content.textBetween(0, inner.content.size, " ", " "));
    return widened;
  }
  const { prose } = tr.doc.type.schema.nodes;
  if (isWords && !prose) tr.replaceSelection(new Slice(Fragment.from(richOf(tr, inner)), 0, 0));
  else placeBlocks(tr, isWords ? [prose!.create({ only: within }, richOf(tr, inner))] : blocksOf(slice, inner), within, gap);
  return false;
}

/** What a slice says without the blocks around it that are open at both ends. */
function innermost(slice: Slice): Slice {
  let { content, openStart, openEnd } = slice;
  while (openStart > 0 && openEnd > 0 && content.childCount === 1 && !WORDS.has(content.firstChild!.type.name)) {
    content = content.firstChild!.content;
    openStart -= 1;
    openEnd -= 1;
  }
  return new Slice(content, openStart, openEnd);
}

function blocksOf(slice: Slice, inner: Slice): ProseMirrorNode[] {
  return closed(inner.content.content.every(isBlock) ? inner : slice);
}

/** Words as paragraphs and lists. */
function richOf(tr: Transaction, inner: Slice): ProseMirrorNode[] {
  const nodes = closed(inner);
  return nodes[0]?.isInline ? [tr.doc.type.schema.nodes.paragraph!.create(null, nodes)] : nodes;
}

function placeBlocks(tr: Transaction, blocks: ProseMirrorNode[], within: Only | null, gap: number | null): void {
  const { selection } = tr;
  let at = gap;
  if (at !== null && fit(tr, at, blocks)) tr.insert(at, blocks);
  else {
    const isText = selection instanceof TextSelection && !selection.empty;
    if (isText || selection instanceof AllSelection) removeSelected(tr);
    at = insertBlocks(tr, blocks);
  }
  if (at === null) throw new RangeError("no place for blocks");
  const isKept = !within || isMeantFor(tr.doc.resolve(at), within);
  for (const { attrs, nodeSize } of blocks) {
    // Blocks that were meant for some by what they stood in, and would be for more readers here.
    if (!isKept && isForAll(attrs.only)) tr.setNodeMarkup(at, undefined, { ...attrs, only: within });
    at += nodeSize;
  }
  tr.setSelection(Selection.near(tr.doc.resolve(at), -1));
}

function isMeantFor($at: ResolvedPos, only: Only): boolean {
  const said = ({ audiences, topics }: Only) => JSON.stringify([audiences, topics]);
  for (let depth = $at.depth; depth > 0; depth -= 1) {
    const around = $at.node(depth).attrs.only as Only | null | undefined;
    if (around && said(around) === said(only)) return true;
  }
  return false;
}

function isInside($at: ResolvedPos, name: string): boolean {
  for (let depth = $at.depth; depth > 0; depth -= 1) if ($at.node(depth).type.name === name) return true;
  return false;
}
