// Blocks for different readers stay apart: what is removed over several of them joins no words of one to another.
import { Extension, isiOS, isMacOS, type Editor } from "@tiptap/core";
import type { ResolvedPos } from "@tiptap/pm/model";
import { NodeSelection, Plugin, PluginKey, Selection, TextSelection, type EditorState, type Transaction } from "@tiptap/pm/state";

import { remarkOn } from "../page/notes";
import { say } from "../page/page_data";
import { isForAll } from "../schema/block_attributes";
import { blockAround } from "./block_commands";

export const Apart = Extension.create({
  name: "apart",
  priority: 2600,
  addKeyboardShortcuts() {
    const back = () => removeOver(this.editor) || staysApart(this.editor, -1);
    const forth = () => removeOver(this.editor) || staysApart(this.editor, 1);
    const between = () => (removeOver(this.editor), false); // its own work is done between what is left
    return {
      Backspace: back, "Mod-Backspace": back, "Shift-Backspace": back, "Alt-Backspace": back,
      Delete: forth, "Mod-Delete": forth, "Shift-Delete": forth, "Alt-Delete": forth,
      Enter: between, "Shift-Enter": between,
      ...(isMacOS() || isiOS() ? { "Ctrl-h": back, "Ctrl-d": forth, "Alt-d": forth, "Ctrl-Alt-Backspace": forth } : {}),
    };
  },
  onTransaction: ({ transaction }) => {
    if (transaction.docChanged || transaction.selectionSet) remarkOn("");
  },
  addProseMirrorPlugins: () => [
    new Plugin({
      key: new PluginKey("apart"),
      props: {
        handleDOMEvents: {
          cut: (view, event) => {
            if (!event.clipboardData || !isOver(view.state.selection)) return false;
            const { dom, text } = view.serializeForClipboard(view.state.selection.content());
            event.clipboardData.clearData();
            event.clipboardData.setData("text/html", dom.innerHTML);
            event.clipboardData.setData("text/plain", text);
            event.preventDefault();
            const { tr } = view.state;
            removeSelected(tr);
            view.dispatch(tr.scrollIntoView().setMeta("uiEvent", "cut"));
            return true;
          },
        },
      },
    }),
  ],
});

/** Removes what is selected; what is left of blocks for different readers stays in each. */
export function removeSelected(tr: Transaction): void {
  const { selection } = tr;
  if (!isOver(selection)) return void tr.deleteSelection();
  const { $from, $to } = selection;
  const depth = $from.sharedDepth($to.pos) + 1;
  const end = Selection.near(tr.doc.resolve($from.end(depth)), -1).to;
  const start = Selection.near(tr.doc.resolve($to.start(depth)), 1).from;
  if (start < $to.pos) tr.delete(start, $to.pos);
  tr.delete($from.after(depth), $to.before(depth));
  if ($from.pos < end) tr.delete($from.pos, end);
  tr.setSelection(Selection.near(tr.doc.resolve($from.pos), -1));
}

/** Whether a selection begins and ends in blocks that are not for the same readers. */
export function isOver(selection: Selection): boolean {
  return selection instanceof TextSelection && readersOf(selection.$from) !== readersOf(selection.$to);
}

function readersOf($at: ResolvedPos): string {
  const all = Array.from({ length: $at.depth }, (_one, depth) => $at.node(depth + 1).attrs.only);
  return JSON.stringify(all.filter((only) => !isForAll(only)).map(({ audiences, topics }) => [audiences, topics]));
}

function removeOver({ state, view }: Editor): boolean {
  if (!isOver(state.selection)) return false;
  const { tr } = state;
  removeSelected(tr);
  view.dispatch(tr.scrollIntoView());
  return true;
}

/** Whether the key at the edge of a block would join it to one for other readers: an empty line goes, else the page says why nothing does. */
function staysApart({ state, view }: Editor, direction: -1 | 1): boolean {
  const $other = beyondEdge(state, direction);
  if (!$other || readersOf($other) === readersOf(state.selection.$from)) return false;
  const tr = withoutEmptyLine(state, direction);
  if (tr) view.dispatch(tr.scrollIntoView());
  else remarkOn(say("stays-apart"));
  return true;
}

/** Takes the empty paragraph or item away in which the cursor stands; null where there is none, or nothing beside it in its block. */
function withoutEmptyLine({ selection: { $from }, tr }: EditorState, direction: -1 | 1): Transaction | null {
  if ($from.parent.type.name !== "paragraph" || $from.parent.content.size) return null;
  let depth = $from.depth;
  while (depth > 1 && $from.node(depth - 1).childCount === 1) depth -= 1;
  const index = $from.index(depth - 1);
  if (!$from.node(depth - 1).canReplace(index, index + 1)) return null;
  const at = $from.before(depth);
  tr.delete(at, $from.after(depth));
  return tr.setSelection(Selection.near(tr.doc.resolve(at), direction < 0 ? 1 : -1));
}

/** The nearest place for words beyond the edge of the block at which the cursor stands. */
function beyondEdge({ doc, selection }: EditorState, direction: -1 | 1): ResolvedPos | null {
  const block = selection instanceof TextSelection && selection.empty ? blockAround(selection.$from) : null;
  if (!block || !block.node.textContent) return null;
  const [first, last] = [Selection.near(doc.resolve(block.at + 1), 1).from, Selection.near(doc.resolve(block.at + block.node.nodeSize - 1), -1).to];
  if (selection.from !== (direction < 0 ? first : last)) return null;
  const found = Selection.findFrom(doc.resolve(direction < 0 ? block.at : block.at + block.node.nodeSize), direction);
  return found && !(found instanceof NodeSelection) ? found.$from : null;
}
