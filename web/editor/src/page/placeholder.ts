// What may be done in an empty line, said in the line where the cursor is.
// TipTap's own extension looks through the whole text at every key for it.
import { Extension } from "@tiptap/core";
import { Plugin } from "@tiptap/pm/state";
import { Decoration, DecorationSet } from "@tiptap/pm/view";

import { say } from "./page_data";

/** *words*: the name of what is said. */
export const Placeholder = Extension.create<{ words: string }>({
  name: "placeholder",
  addOptions: () => ({ words: "placeholder" }),
  addProseMirrorPlugins() {
    const { words } = this.options;
    return [new Plugin({
      props: {
        decorations: ({ doc, selection: { empty, $from } }) => {
          if (!empty || !$from.parent.isTextblock || $from.parent.content.size) return null;
          const line = Decoration.node($from.before(), $from.after(), { class: "is-empty", "data-placeholder": say(words) });
          return DecorationSet.create(doc, [line]);
        },
      },
    })];
  },
});
