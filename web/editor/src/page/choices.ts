// Places that two people have changed: each is shown with both texts until somebody has chosen.
import { Extension, type Editor } from "@tiptap/core";
import type { Node as Block } from "@tiptap/pm/model";
import { Plugin, PluginKey, type EditorState } from "@tiptap/pm/state";
import { Decoration, DecorationSet } from "@tiptap/pm/view";

import { announce, button, make } from "./elements";
import { say } from "./page_data";

type Piece = [mark: "same" | "added" | "removed", text: string];

export interface Difference {
  name: string;
  pieces: Piece[];
}

/** A place with both texts. `theirs` is their block; null where they removed it. */
export interface Choice {
  id: string;
  at: number;
  /** Whether the block at `at` is mine; where I removed it, theirs stands there, or nothing once it was moved. */
  mine: boolean;
  alive: boolean;
  theirs: Block | null;
  shown: { mine: Difference[]; theirs: Difference[] };
  names: string;
}

const KEY = new PluginKey<Choice[]>("choices");

/** Told when the last choice was made. */
const waiting: { done: () => void } = { done: () => undefined };

export const Choices = Extension.create({
  name: "choices",
  addProseMirrorPlugins() {
    const { editor } = this;
    return [
      new Plugin({
        key: KEY,
        state: {
          init: (): Choice[] => [],
          apply: (tr, open) => {
            const set = tr.getMeta(KEY) as Choice[] | undefined;
            if (set || !tr.docChanged) return set ?? open;
            // A block that is moved or removed meanwhile leaves its choice where it stood.
            return open.map((one) => {
              const now = tr.mapping.mapResult(one.at, 1);
              return { ...one, at: now.pos, alive: one.alive && !now.deletedAfter };
            });
          },
        },
        props: { decorations: (state) => decorate(editor, state) },
      }),
    ];
  },
});

export function openChoices(editor: Editor): Choice[] {
  return KEY.getState(editor.state) ?? [];
}

export function clearChoices(editor: Editor): void {
  editor.view.dispatch(editor.state.tr.setMeta(KEY, []));
}

export function whenChosen(done: () => void): void {
  waiting.done = done;
}

/** The key under which a transaction brings choices along. */
export const CHOICES = KEY;

export function goToChoice(editor: Editor, id: string): void {
  const shown = editor.view.dom.querySelector<HTMLElement>(`[data-choice="${id}"]`);
  shown?.scrollIntoView({ block: "center" });
  shown?.querySelector("button")?.focus();
}

function decorate(editor: Editor, state: EditorState): DecorationSet {
  const open = KEY.getState(state) ?? [];
  const marks = open.flatMap((one) => {
    const at = topLevel(state, one.at);
    const widget = Decoration.widget(at, () => shown(editor, one), { side: -1, key: `${one.id}${one.alive}`, stopEvent: () => true, ignoreSelection: true });
    const node = one.alive ? state.doc.nodeAt(at) : null;
    return node ? [widget, Decoration.node(at, at + node.nodeSize, { class: "has-choice" })] : [widget];
  });
  return DecorationSet.create(state.doc, marks);
}

function topLevel(state: EditorState, at: number): number {
  const place = state.doc.resolve(Math.min(at, state.doc.content.size));
  return place.depth ? place.before(1) : place.pos;
}

function shown(editor: Editor, one: Choice): HTMLElement {
  const buttons = [
    button(say(one.mine ? "choose-mine" : "choose-removed"), () => choose(editor, one.id, "mine"), { class: "button-quiet" }),
    button(say(one.theirs ? "choose-theirs" : "choose-removed", { names: one.names }), () => choose(editor, one.id, "theirs"), { class: "button-quiet" }),
  ];
  if (one.mine && one.theirs) buttons.push(button(say("choose-both"), () => choose(editor, one.id, "both"), { class: "button-quiet" }));
  return choiceBox(one.id, say("choice-here", { names: one.names }), one.shown.mine, one.shown.theirs, one.names, buttons);
}

/** Both texts side by side, with what each side put in and took out. */
export function choiceBox(id: string, words: string, mine: Difference[], theirs: Difference[], names: string, buttons: HTMLElement[]): HTMLElement {
  return make(
    "div",
    { class: "choice", contenteditable: "false", role: "group", "aria-label": words, "data-choice": id },
    make("p", { class: "choice-title" }, words),
    make("div", { class: "choice-sides" }, side(say("mine"), mine), side(say("theirs", { names }), theirs)),
    make("p", { class: "actions" }, ...buttons),
  );
}

function side(words: string, differences: Difference[]): HTMLElement {
  const texts = differences.map((one) =>
    make("p", {}, differences.length > 1 || one.name ? make("strong", {}, `${one.name}: `) : "", ...one.pieces.map(([mark, text]) => piece(mark, text))),
  );
  return make("div", { class: "choice-side" }, make("p", { class: "choice-whose" }, words), ...(texts.length ? texts : [make("p", {}, say("was-removed"))]));
}

function piece(mark: Piece[0], text: string): Node | string {
  if (mark === "same") return text;
  const hidden = make("span", { class: "visually-hidden" }, say(mark === "added" ? "piece-added" : "piece-removed"));
  return make(mark === "added" ? "ins" : "del", {}, hidden, text);
}

function choose(editor: Editor, id: string, side: "mine" | "theirs" | "both"): void {
  const open = openChoices(editor);
  const one = open.find((choice) => choice.id === id);
  if (!one) return;
  const { tr } = editor.state;
  const at = topLevel(editor.state, one.at);
  const node = one.alive ? tr.doc.nodeAt(at) : null;
  const end = at + (node?.nodeSize ?? 0);
  if (one.mine && side === "theirs") {
    if (one.theirs) tr.replaceWith(at, end, one.theirs);
    else if (node) tr.delete(at, end);
  } else if (one.mine && side === "both" && one.theirs) tr.insert(end, one.theirs);
  else if (!one.mine && side === "mine" && node) tr.delete(at, end);
  const left = open.filter((choice) => choice.id !== id).map((choice) => {
    const now = tr.mapping.mapResult(choice.at, 1);
    return { ...choice, at: now.pos, alive: choice.alive && !now.deletedAfter };
  });
  editor.view.dispatch(tr.setMeta(KEY, left));
  if (left.length) {
    announce(say("choices-left", { count: left.length }));
    return goToChoice(editor, left[0]!.id);
  }
  editor.view.focus();
  waiting.done();
}
