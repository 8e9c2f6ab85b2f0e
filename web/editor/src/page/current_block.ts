// The block with the cursor, marked in the same moment: it is always drawn, however far the cursor has come.
// Browsers may leave blocks out of sight undrawn (editor.css), and what is typed into one of those finds no place.
import { Extension } from "@tiptap/core";
import { Plugin } from "@tiptap/pm/state";
import { Decoration, DecorationSet } from "@tiptap/pm/view";

export const CurrentBlock = Extension.create({
  name: "currentBlock",
  addProseMirrorPlugins: () => [
    new Plugin({
      props: {
        decorations: ({ doc, selection: { $from, $to } }) => {
          const ends = [...new Set([$from, $to].filter((end) => end.depth).map((end) => end.before(1)))];
          return DecorationSet.create(doc, ends.map((at) => Decoration.node(at, at + doc.nodeAt(at)!.nodeSize, { class: "is-current" })));
        },
      },
    }),
  ],
});
