// What can be done to the block in which the cursor is: insert behind it, move, remove, change.
import type { Editor, JSONContent } from "@tiptap/core";
import type { Node as ProseMirrorNode, ResolvedPos } from "@tiptap/pm/model";
import { NodeSelection, Selection, TextSelection, type EditorState, type Transaction } from "@tiptap/pm/state";

import { announce } from "../page/elements";
import { say } from "../page/page_data";
import { kindName } from "./block_kinds";

export interface Found {
  node: ProseMirrorNode;
  /** Its position in the document. */
  at: number;
}

export function isBlock(node: ProseMirrorNode): boolean {
  return (node.type.spec.group ?? "").split(" ").includes("block");
}

/** The innermost block around a position, or the one that is selected as a whole. */
export function currentBlock(state: EditorState): Found | null {
  const { selection } = state;
  if (selection instanceof NodeSelection && isBlock(selection.node)) return { node: selection.node, at: selection.from };
  return blockAround(selection.$from);
}

export function blockAround($from: ResolvedPos): Found | null {
  for (let depth = $from.depth; depth > 0; depth -= 1) {
    if (isBlock($from.node(depth))) return { node: $from.node(depth), at: $from.before(depth) };
  }
  return null;
}

/** The outermost block around a position of the page. */
export function topBlock(state: EditorState, position: number): Found | null {
  const $at = state.doc.resolve(Math.min(position, state.doc.content.size));
  if ($at.depth > 0) return { node: $at.node(1), at: $at.before(1) };
  const node = $at.nodeAfter ?? $at.nodeBefore;
  return node ? { node, at: $at.nodeAfter ? $at.pos : $at.pos - node.nodeSize } : null;
}

export function isBlankProse(node: ProseMirrorNode): boolean {
  return node.type.name === "prose" && node.childCount === 1 && node.firstChild?.type.name === "paragraph" && node.firstChild.content.size === 0;
}

/** Whether a position is between blocks, and *blocks* may stand there. */
export function fit(tr: Transaction, at: number, blocks: ProseMirrorNode[]): boolean {
  const $at = tr.doc.resolve(at);
  return !$at.parent.inlineContent && blocks.every((one) => $at.parent.canReplaceWith($at.index(), $at.index(), one.type));
}

/**
 * Puts *blocks* where the cursor is: in place of an empty text, between the paragraphs of a text, else behind the block.
 * Answers where the first of them stands.
 */
export function insertBlocks(tr: Transaction, blocks: ProseMirrorNode[]): number | null {
  const first = blocks[0];
  if (!first) return null;
  const { $from } = tr.selection;
  if (tr.selection.empty && fit(tr, $from.pos, blocks)) {
    tr.insert($from.pos, blocks);
    return $from.pos;
  }
  const whole = tr.selection instanceof NodeSelection && isBlock(tr.selection.node);
  for (let depth = whole ? $from.depth : $from.depth - 1; depth >= 0; depth -= 1) {
    const parent = $from.node(depth);
    const index = $from.index(depth);
    const inside = parent.maybeChild(index);
    const before = whole && depth === $from.depth ? $from.pos : $from.before(depth + 1);
    const behind = before + (inside?.nodeSize ?? 0);
    if (!blocks.every((one) => parent.canReplaceWith(index + 1, index + 1, one.type))) continue;
    if (inside && isBlankProse(inside) && parent.canReplaceWith(index, index + 1, first.type)) {
      tr.replaceWith(before, behind, blocks);
      return before;
    }
    const paragraph = inside?.type.name === "prose" && $from.depth === depth + 2 ? $from.index(depth + 1) : -1;
    if (inside && paragraph >= 0 && $from.parent.content.size === 0) {
      const around = [inside.content.content.slice(0, paragraph), inside.content.content.slice(paragraph + 1)];
      const [above, below] = around.map((part) => (part.length ? [inside.type.create({ ...inside.attrs, markdown: null }, part)] : []));
      tr.replaceWith(before, behind, [...above!, ...blocks, ...below!]);
      return before + (above![0]?.nodeSize ?? 0);
    }
    tr.insert(behind, blocks);
    return behind;
  }
  return null;
}

/** Makes a block from its JSON where the cursor is, puts the cursor into it, and answers where it stands. */
export function insertBlock(editor: Editor, json: JSONContent, atEnd = false): number | null {
  const { state, view } = editor;
  const tr = state.tr;
  const node = state.schema.nodeFromJSON(json);
  if (atEnd) {
    const last = tr.doc.lastChild;
    const end = tr.doc.content.size;
    if (last && isBlankProse(last)) tr.setSelection(TextSelection.near(tr.doc.resolve(end - 1), -1));
    else tr.setSelection(last ? NodeSelection.create(tr.doc, end - last.nodeSize) : Selection.atEnd(tr.doc));
  }
  const at = insertBlocks(tr, [node]);
  if (at === null) return null;
  select(tr, at);
  view.dispatch(tr.scrollIntoView());
  view.focus();
  announce(say("made", { kind: kindName(node.type.name) }));
  return at;
}

/** Puts the cursor into the block at a position, or selects it where there is nothing to write in. */
export function select(tr: Transaction, at: number): void {
  const node = tr.doc.nodeAt(at);
  if (!node) return;
  tr.setSelection(node.isAtom ? NodeSelection.create(tr.doc, at) : Selection.near(tr.doc.resolve(at + 1), 1));
}

/** Moves the current block before its neighbour above, or behind the one below; out of a ranking's place at its end. */
export function moveBlock(editor: Editor, direction: -1 | 1): boolean {
  const { state, view } = editor;
  const found = currentBlock(state);
  if (!found) return false;
  const $at = state.doc.resolve(found.at);
  const offset = state.selection.from - found.at;
  const whole = state.selection instanceof NodeSelection;
  const neighbour = $at.parent.maybeChild($at.index() + direction);
  const tr = state.tr;
  let target: number;
  if (neighbour && isBlock(neighbour)) {
    target = direction < 0 ? found.at - neighbour.nodeSize : found.at + neighbour.nodeSize;
    tr.delete(found.at, found.at + found.node.nodeSize).insert(target, found.node);
  } else if ($at.depth > 0) {
    target = direction < 0 ? $at.before() : $at.after() - found.node.nodeSize;
    tr.delete(found.at, found.at + found.node.nodeSize).insert(target, found.node);
  } else {
    return true;
  }
  if (whole) tr.setSelection(NodeSelection.create(tr.doc, target));
  else tr.setSelection(Selection.near(tr.doc.resolve(target + offset), 1));
  view.dispatch(tr.scrollIntoView());
  const place = tr.doc.resolve(target);
  announce(say("moved", { kind: kindName(found.node.type.name), place: place.index() + 1, count: place.parent.childCount }));
  return true;
}

/** Removes the current block; where it was the only one, an empty text stands in its place. */
export function removeBlock(editor: Editor): boolean {
  const { state, view } = editor;
  const found = currentBlock(state);
  if (!found) return false;
  const tr = state.tr;
  const $at = state.doc.resolve(found.at);
  const end = found.at + found.node.nodeSize;
  const isOnly = $at.depth === 0 && state.doc.childCount === 1;
  if (isOnly) tr.replaceWith(found.at, end, state.schema.nodes.prose!.createAndFill()!);
  else tr.delete(found.at, end);
  tr.setSelection(Selection.near(tr.doc.resolve(Math.min(found.at + (isOnly ? 1 : 0), tr.doc.content.size)), isOnly ? 1 : -1));
  view.dispatch(tr.scrollIntoView());
  view.focus();
  announce(say("removed", { kind: kindName(found.node.type.name) }));
  return true;
}

/** Gives the block at a position other attributes. */
export function changeBlock(editor: Editor, at: number, attrs: Record<string, unknown>): void {
  const node = editor.state.doc.nodeAt(at);
  if (!node) return;
  const selected = editor.state.selection instanceof NodeSelection && editor.state.selection.from === at;
  const tr = editor.state.tr.setNodeMarkup(at, undefined, { ...node.attrs, ...attrs });
  if (selected) tr.setSelection(NodeSelection.create(tr.doc, at));
  editor.view.dispatch(tr);
}
