// Findings at their blocks: a mark in the margin, and the words below the block, which describe it.
import { Extension, type Editor } from "@tiptap/core";
import { Plugin, PluginKey } from "@tiptap/pm/state";
import { Decoration, DecorationSet } from "@tiptap/pm/view";

import { make } from "../page/elements";
import { positionOf } from "../page/problems";
import { isBlocking, remedies, words, type Acts, type Finding } from "./finding";

const KEY = new PluginKey<DecorationSet>("block-findings");

export const BlockFindings = Extension.create({
  name: "blockFindings",
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

/** Shows *findings* at their blocks, in place of those that were shown. */
export function showFindings(editor: Editor, findings: Finding[], acts: Acts): void {
  const { doc } = editor.state;
  const marks: Decoration[] = [];
  for (let block = 0; block < doc.childCount; block += 1) {
    const here = findings.filter((one) => one.place === block);
    if (!here.length) continue;
    const at = positionOf(editor, [block]);
    const behind = at + doc.child(block).nodeSize;
    const id = `findings-of-${block}`;
    const look = here.some(isBlocking) ? "has-blocking" : "has-warning";
    marks.push(
      Decoration.node(at, behind, { class: `has-finding ${look}`, "aria-describedby": id }),
      Decoration.widget(behind, () => below(id, here, acts), { side: -1, key: `${block}${JSON.stringify(here)}`, stopEvent: () => true, ignoreSelection: true }),
    );
  }
  editor.view.dispatch(editor.state.tr.setMeta(KEY, DecorationSet.create(doc, marks)).setMeta("addToHistory", false));
}

function below(id: string, findings: Finding[], acts: Acts): HTMLElement {
  const items = findings.map((one) => make("div", { class: `finding-item finding-${one.severity}` }, ...words(one), ...remedies(one, acts, true)));
  return make("div", { class: "block-findings", id, contenteditable: "false" }, ...items);
}
