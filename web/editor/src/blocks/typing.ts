// Words that are typed where no words can stand: behind a block that is chosen as a whole, between blocks, over several.
import { Extension } from "@tiptap/core";
import { AllSelection, NodeSelection, Plugin, PluginKey, TextSelection, type EditorState, type Transaction } from "@tiptap/pm/state";
import { GapCursor } from "@tiptap/pm/gapcursor";
import type { EditorView } from "@tiptap/pm/view";

import { removeSelected } from "./apart";
import { insertBlocks, isBlankProse } from "./block_commands";

/** Makes room for words. Browsers and ProseMirror would take a block that is chosen away, or lose what an IME writes. */
export const Typing = Extension.create({
  name: "typing",
  priority: 2500,
  addProseMirrorPlugins: () => [
    new Plugin({
      key: new PluginKey("typing"),
      // Where nothing can be written in, browsers switch the IME off. An empty text is not stored.
      appendTransaction: (changes, _before, { doc, schema, tr }) => {
        if (!changes.some((one) => one.docChanged)) return null;
        let hasText = false;
        doc.descendants((node) => void (hasText ||= node.isTextblock));
        return hasText ? null : tr.insert(doc.content.size, schema.nodes.prose!.createAndFill()!);
      },
      props: {
        handleTextInput: (view, _from, _to, text) => type(view, text),
        handleDOMEvents: {
          // The key of an IME comes before its composition, which must find its place as it stays.
          keydown: (view, event) => event.keyCode === 229 && !event.isComposing && makeRoom(view),
          compositionstart: (view) => makeRoom(view),
          beforeinput: (view, event) => {
            if (event.inputType !== "insertText" || event.isComposing || !event.data || !type(view, event.data)) return false;
            event.preventDefault();
            return true;
          },
        },
      },
    }),
  ],
});

function makeRoom(view: EditorView): false {
  (view as any).domObserver.flush(); // what was typed right before it
  const tr = view.composing ? null : room(view.state);
  if (tr) view.dispatch(tr.scrollIntoView());
  return false;
}

function type(view: EditorView, text: string): boolean {
  if (view.composing) return false;
  const tr = room(view.state);
  if (tr) view.dispatch(tr.insertText(text).scrollIntoView());
  return Boolean(tr);
}

/** Where words can be written after it; null where they can be already. */
export function room(state: EditorState): Transaction | null {
  const { selection, schema, tr } = state;
  const prose = () => schema.nodes.prose!.createAndFill()!;
  if (selection instanceof AllSelection) {
    return tr.replaceWith(0, tr.doc.content.size, prose()).setSelection(TextSelection.create(tr.doc, 2));
  }
  if (selection instanceof TextSelection) {
    if (selection.$from.sameParent(selection.$to)) return null;
    removeSelected(tr);
    return tr;
  }
  const isGap = selection instanceof GapCursor;
  if (!isGap && !(selection instanceof NodeSelection && selection.node.isBlock)) return null;
  const behind = tr.doc.nodeAt(selection.to);
  if (behind && isBlankProse(behind)) return tr.setSelection(TextSelection.create(tr.doc, selection.to + 2));
  const at = insertBlocks(tr, [prose()]);
  if (at === null) return null;
  return tr.setSelection(TextSelection.create(tr.doc, at + 2));
}
