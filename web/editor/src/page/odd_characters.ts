// Characters that old mail clients garble (機種依存文字, half-width kana): marked in the text, with an offer to mend them.
import { Extension, type Editor } from "@tiptap/core";
import type { Node } from "@tiptap/pm/model";
import { Plugin, PluginKey } from "@tiptap/pm/state";
import { Decoration, DecorationSet } from "@tiptap/pm/view";

import { button, make } from "./elements";
import { say } from "./page_data";

// Half-width kana; figures and letters in circles, brackets and squares; Roman numbers; № and ℡. Not kanji of names.
const ODD = /[\uff61-\uff9f]+|[\u2460-\u24ff\u2776-\u2793\u3200-\u32ff\u3300-\u33ff\u2160-\u217f\u2116\u2121\u33cd]/g;
const KEY = new PluginKey<DecorationSet>("odd-characters");

/** What to write instead: as preflight says it. */
export function mended(odd: string): string {
  const plain = odd.normalize("NFKC");
  return /^[\u2460-\u2473\u24b6-\u24ff\u2776-\u2793\u3251-\u325f\u3280-\u32b0\u32b1-\u32bf]$/.test(odd) ? `(${plain})` : plain;
}

interface Odd {
  from: number;
  to: number;
}

const known = new WeakMap<Node, Odd[]>();

function oddIn(node: Node): Odd[] {
  const before = known.get(node);
  if (before) return before;
  const found: Odd[] = [];
  for (const one of (node.text ?? "").matchAll(ODD)) {
    if (mended(one[0]) !== one[0]) found.push({ from: one.index ?? 0, to: (one.index ?? 0) + one[0].length });
  }
  known.set(node, found);
  return found;
}

function all(doc: Node): Odd[] {
  const found: Odd[] = [];
  doc.descendants((node, at) => {
    if (node.isText) for (const one of oddIn(node)) found.push({ from: at + one.from, to: at + one.to });
  });
  return found;
}

/** Marks them, and keeps the bar that offers to mend them up to date. */
export const OddCharacters = Extension.create<{ bar: HTMLElement | null }>({
  name: "oddCharacters",
  addOptions: () => ({ bar: null }),
  addProseMirrorPlugins() {
    const { editor, options } = this;
    const decorations = (doc: Node) =>
      DecorationSet.create(doc, all(doc).map((one) => Decoration.inline(one.from, one.to, { class: "odd", title: say("odd-title") })));
    let shown = -1;
    const show = (doc: Node) => {
      const count = all(doc).length;
      if (!options.bar || count === shown) return;
      shown = count;
      options.bar.hidden = count === 0;
      const words = make("span", {}, say("odd-found", { count }));
      options.bar.replaceChildren(words, " ", button(say("odd-mend"), () => mendAll(editor), { class: "button-quiet" }));
    };
    return [
      new Plugin({
        key: KEY,
        state: {
          init: (_config, state) => decorations(state.doc),
          // A composition must not be disturbed: what it writes is looked at when it has ended.
          apply: (tr, set) => (!tr.docChanged && !tr.getMeta(KEY) ? set : editor.view?.composing ? set.map(tr.mapping, tr.doc) : decorations(tr.doc)),
        },
        props: {
          decorations: (state) => KEY.getState(state),
          handleDOMEvents: {
            compositionend: (view) => {
              setTimeout(() => view.isDestroyed || view.composing || view.dispatch(view.state.tr.setMeta(KEY, true)), 50);
              return false;
            },
          },
        },
        view: (view) => {
          show(view.state.doc);
          return { update: (now, before) => (before.doc !== now.state.doc && !now.composing ? show(now.state.doc) : undefined) };
        },
      }),
    ];
  },
});

function mendAll(editor: Editor): void {
  const { tr, doc, schema } = editor.state;
  for (const one of all(doc).reverse()) {
    const marks = doc.resolve(one.from + 1).marks();
    tr.replaceWith(one.from, one.to, schema.text(mended(doc.textBetween(one.from, one.to)), marks));
  }
  editor.view.dispatch(tr);
  editor.view.focus();
}
