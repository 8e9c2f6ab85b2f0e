// Characters that old mail clients garble (機種依存文字, half-width kana): marked in the text, with an offer to mend them.
import { Extension, type Editor } from "@tiptap/core";
import type { Node } from "@tiptap/pm/model";
import { Plugin, PluginKey, type EditorState, type Transaction } from "@tiptap/pm/state";
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

interface Span {
  from: number;
  to: number;
}

/** Those in the texts between two positions. */
function oddIn(doc: Node, from = 0, to = doc.content.size): Span[] {
  const found: Span[] = [];
  doc.nodesBetween(from, to, (node, at) => {
    for (const { 0: odd, index } of (node.text ?? "").matchAll(ODD)) {
      if (mended(odd) !== odd) found.push({ from: at + index, to: at + index + odd.length });
    }
  });
  return found;
}

function marks(odd: Span[]): Decoration[] {
  return odd.map((one) => Decoration.inline(one.from, one.to, { class: "odd", title: say("odd-title") }));
}

/** The blocks that a transaction has changed, as positions after it: no others are looked at again. */
function changed(tr: Transaction): Span {
  let [from, to] = [tr.doc.content.size, 0];
  tr.mapping.maps.forEach((map, step) => {
    const later = tr.mapping.slice(step + 1);
    map.forEach((_from, _to, first, last) => {
      from = Math.min(from, later.map(first, -1));
      to = Math.max(to, later.map(last, 1));
    });
  });
  if (from > to) return { from: 0, to: 0 };
  const [first, last] = [tr.doc.resolve(from), tr.doc.resolve(to)];
  return { from: first.depth ? first.before(1) : from, to: last.depth ? last.after(1) : to };
}

function marksAfter(tr: Transaction, set: DecorationSet): DecorationSet {
  const { from, to } = changed(tr);
  const mapped = set.map(tr.mapping, tr.doc);
  return mapped.remove(mapped.find(from, to)).add(tr.doc, marks(oddIn(tr.doc, from, to)));
}

/** Marks them, and keeps the bar that offers to mend them up to date. */
export const OddCharacters = Extension.create<{ bar: HTMLElement | null }>({
  name: "oddCharacters",
  addOptions: () => ({ bar: null }),
  addProseMirrorPlugins() {
    const { editor, options } = this;
    const decorations = (doc: Node) => DecorationSet.create(doc, marks(oddIn(doc)));
    let shown = -1;
    const show = (state: EditorState) => {
      const count = KEY.getState(state)!.find().length;
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
          apply: (tr, set) => {
            if (tr.getMeta(KEY)) return decorations(tr.doc);
            if (!tr.docChanged) return set;
            return editor.view?.composing ? set.map(tr.mapping, tr.doc) : marksAfter(tr, set);
          },
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
          show(view.state);
          return { update: (now, before) => (KEY.getState(before) !== KEY.getState(now.state) && !now.composing ? show(now.state) : undefined) };
        },
      }),
    ];
  },
});

function mendAll(editor: Editor): void {
  const { tr, doc, schema } = editor.state;
  for (const one of oddIn(doc).reverse()) {
    const marks = doc.resolve(one.from + 1).marks();
    tr.replaceWith(one.from, one.to, schema.text(mended(doc.textBetween(one.from, one.to)), marks));
  }
  editor.view.dispatch(tr);
  editor.view.focus();
}
