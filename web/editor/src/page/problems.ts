// What the server found wrong, shown at its block until the block is changed.
import { Extension, type Editor } from "@tiptap/core";
import { Plugin, PluginKey } from "@tiptap/pm/state";
import { Decoration, DecorationSet } from "@tiptap/pm/view";

import { make } from "./elements";

export interface Problem {
  place: number[];
  message: string;
}

const KEY = new PluginKey<DecorationSet>("problems");

export const Problems = Extension.create({
  name: "problems",
  addProseMirrorPlugins: () => [
    new Plugin({
      key: KEY,
      state: {
        init: () => DecorationSet.empty,
        apply: (tr, set) => tr.getMeta(KEY) ?? (tr.docChanged ? set.map(tr.mapping, tr.doc) : set),
      },
      props: { decorations: (state) => KEY.getState(state) },
    }),
  ],
});

/** The position of the block at a place: its number, and behind it that of a block inside of it. */
export function positionOf(editor: Editor, place: number[]): number {
  let at = 0;
  let parent = editor.state.doc;
  place.forEach((wanted, depth) => {
    // In a ranking's place its recap stands before the blocks that are counted.
    const index = Math.min(wanted + (depth ? 1 : 0), parent.childCount - 1);
    if (depth) at += 1;
    for (let i = 0; i < index; i += 1) at += parent.child(i).nodeSize;
    parent = parent.child(index);
  });
  return at;
}

/** Shows *problems* at their blocks, in place of those that were shown. */
export function showProblems(editor: Editor, problems: Problem[]): void {
  const { doc } = editor.state;
  const marks = problems.flatMap((one) => {
    const at = positionOf(editor, one.place);
    const node = doc.nodeAt(at);
    if (!node) return [];
    const words = () => make("p", { class: "problem", contenteditable: "false" }, one.message);
    return [
      Decoration.widget(at, words, { side: -1, key: `${at}${one.message}` }),
      Decoration.node(at, at + node.nodeSize, { class: "has-problem" }),
    ];
  });
  editor.view.dispatch(editor.state.tr.setMeta(KEY, DecorationSet.create(doc, marks)));
}
