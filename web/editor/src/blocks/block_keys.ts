// Keys of blocks: Alt with an arrow moves, Enter leaves a block at its end, Backspace removes an empty one.
import { Extension, type Editor } from "@tiptap/core";
import { GapCursor } from "@tiptap/pm/gapcursor";
import { NodeSelection, Selection, TextSelection } from "@tiptap/pm/state";

import { openForm } from "../forms/block_form";
import { currentBlock, isBlankProse, moveBlock, removeBlock } from "./block_commands";
import { kindOf } from "./block_kinds";
import { room } from "./typing";

export const BlockKeys = Extension.create({
  name: "blockKeys",
  priority: 2000,
  addKeyboardShortcuts() {
    return {
      "Alt-ArrowUp": () => moveBlock(this.editor, -1),
      "Alt-ArrowDown": () => moveBlock(this.editor, 1),
      "Mod-Shift-Backspace": () => removeBlock(this.editor),
      Enter: () => openSelected(this.editor) || writeBehind(this.editor) || leaveHeading(this.editor) || leaveBlock(this.editor),
      Backspace: () => removeBlank(this.editor),
      Delete: () => removeBlank(this.editor),
    };
  },
});

function openSelected(editor: Editor): boolean {
  const { selection } = editor.state;
  if (!(selection instanceof NodeSelection) || !kindOf(selection.node.type.name)) return false;
  openForm(editor, selection.from);
  return true;
}

/** Between blocks, and behind a block that has no form, comes a text. */
function writeBehind(editor: Editor): boolean {
  const { selection } = editor.state;
  const tr = selection instanceof NodeSelection || selection instanceof GapCursor ? room(editor.state) : null;
  if (tr) editor.view.dispatch(tr.scrollIntoView());
  return Boolean(tr);
}

/** Behind a headline comes a text; the words behind the cursor go there, for whom they were meant. */
function leaveHeading(editor: Editor): boolean {
  const { state, view } = editor;
  const { $from, empty } = state.selection;
  if (!empty || $from.parent.type.name !== "heading") return false;
  const words = $from.parent.content.cut($from.parentOffset);
  const tr = state.tr.delete($from.pos, $from.end());
  const only = words.size ? $from.parent.attrs.only : null;
  const prose = state.schema.nodes.prose!.create({ only }, state.schema.nodes.paragraph!.create(null, words));
  const at = tr.mapping.map($from.after());
  tr.insert(at, prose).setSelection(TextSelection.create(tr.doc, at + 2));
  view.dispatch(tr.scrollIntoView());
  return true;
}

/** An empty line at the end of a notice, a card or a list leads out of it, into a text behind it. */
function leaveBlock(editor: Editor): boolean {
  const { state, view } = editor;
  const { $from, empty } = state.selection;
  const block = currentBlock(state);
  if (!empty || !block || block.node.type.name === "prose" || $from.parent.type.name !== "paragraph" || $from.parent.content.size) return false;
  let depth = $from.depth;
  while (depth > 0 && $from.node(depth - 1).childCount === 1 && $from.node(depth - 1) !== block.node && $from.node(depth - 1).type.name !== "recap") depth -= 1;
  const parent = $from.node(depth - 1);
  const holder = parent === block.node || parent.type.name === "recap";
  if (!holder || parent.childCount === 1 || $from.index(depth - 1) !== parent.childCount - 1) return false;
  const tr = state.tr.delete($from.before(depth), $from.after(depth));
  const at = tr.mapping.map(parent.type.name === "recap" ? $from.after(depth - 1) : block.at + block.node.nodeSize);
  tr.insert(at, state.schema.nodes.prose!.createAndFill()!).setSelection(TextSelection.create(tr.doc, at + 2));
  view.dispatch(tr.scrollIntoView());
  return true;
}

function removeBlank(editor: Editor): boolean {
  const { state, view } = editor;
  const { selection, doc } = state;
  const block = currentBlock(state);
  if (!selection.empty || !block || selection instanceof NodeSelection) return false;
  const isBlank = isBlankProse(block.node) || (block.node.type.name === "heading" && block.node.content.size === 0);
  const only = isBlankProse(block.node) && doc.childCount === 1;
  if (!isBlank || only) return false;
  const tr = state.tr;
  if (doc.childCount === 1) tr.replaceWith(block.at, block.at + block.node.nodeSize, state.schema.nodes.prose!.createAndFill()!);
  else tr.delete(block.at, block.at + block.node.nodeSize);
  tr.setSelection(Selection.near(tr.doc.resolve(Math.min(block.at, tr.doc.content.size)), -1));
  view.dispatch(tr.scrollIntoView());
  return true;
}
