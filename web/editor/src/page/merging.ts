// Taking over what somebody else has saved since: only what they changed is put into the document, at its place.
import type { Editor, JSONContent } from "@tiptap/core";
import type { Node as Block } from "@tiptap/pm/model";

import { CHOICES, choiceBox, openChoices, type Choice, type Difference } from "./choices";
import { setFields, type Draft } from "./draft";
import { announce, button } from "./elements";
import { newTab } from "./kept_text";
import { say } from "./page_data";

interface MergedBlock {
  mine?: number;
  node?: JSONContent;
  choice?: { mine: Difference[]; theirs: Difference[] };
}

type Pieces = Difference["pieces"];

export interface Merge {
  version: number;
  blocks: MergedBlock[];
  fields: Record<string, { value?: string; mine?: string; theirs?: string; pieces?: [Pieces, Pieces] }>;
  message: { names: string; taken: string };
}

interface Place {
  block: Block;
  mine: number | undefined;
  from: MergedBlock;
}

/** Puts the joined text into the page. The document must be the one that the server has joined. */
export function takeOver(draft: Draft, merge: Merge, chosen: () => void): void {
  const { editor } = draft;
  const { state } = editor;
  const places = merge.blocks.map((from): Place => {
    const block = from.mine === undefined ? state.schema.nodeFromJSON(from.node) : state.doc.child(from.mine);
    block.check();
    return { block, mine: from.mine, from };
  });
  const { tr } = state;
  replace(editor, tr, places);
  const choices: Choice[] = [];
  let at = 0;
  for (const { block, from } of places) {
    if (from.choice) {
      const theirs = from.mine === undefined || !from.node ? null : state.schema.nodeFromJSON(from.node);
      const kept = from.mine === undefined ? block : theirs;
      choices.push({ id: newTab(), at, mine: from.mine !== undefined, alive: true, theirs: kept, shown: from.choice, names: merge.message.names });
    }
    at += block.nodeSize;
  }
  // Undo goes back over what one has done oneself, never over what others have.
  editor.view.dispatch(tr.setMeta(CHOICES, choices).setMeta("addToHistory", false));
  takeFields(draft, merge, chosen);
}

/** The numbers of choices in the text and in the fields that wait. */
export function countChoices(draft: Draft): number {
  return openChoices(draft.editor).length + draft.form.querySelectorAll("[data-field-choice]").length;
}

/** Replaces what stands between blocks that stay in order, the last first, so that the cursor stays in its block. */
function replace(editor: Editor, tr: Editor["state"]["tr"], places: Place[]): void {
  const { doc } = editor.state;
  const starts: number[] = [];
  doc.forEach((_block, offset) => void starts.push(offset));
  const start = (index: number) => (index < doc.childCount ? starts[index]! : doc.content.size);
  const stay = longestInOrder(places);
  let until = doc.childCount;
  let waiting: Block[] = [];
  for (let i = places.length - 1; i >= -1; i -= 1) {
    const place = places[i];
    if (place && !stay.has(i)) {
      waiting.unshift(place.block);
      continue;
    }
    const from = place ? place.mine! + 1 : 0;
    if (from < until || waiting.length) tr.replaceWith(start(from), start(until), waiting);
    until = place ? place.mine! : 0;
    waiting = [];
  }
}

/** The most places whose own blocks stand in the order that they have now. */
function longestInOrder(places: Place[]): Set<number> {
  const best: { length: number; before: number }[] = [];
  let last = -1;
  places.forEach((place, i) => {
    best[i] = { length: 0, before: -1 };
    if (place.mine === undefined) return;
    best[i] = { length: 1, before: -1 };
    for (let j = 0; j < i; j += 1) {
      const before = places[j]!.mine;
      if (before !== undefined && before < place.mine && best[j]!.length + 1 > best[i]!.length) best[i] = { length: best[j]!.length + 1, before: j };
    }
    if (last < 0 || best[i]!.length > best[last]!.length) last = i;
  });
  const stay = new Set<number>();
  for (let i = last; i >= 0; i = best[i]!.before) stay.add(i);
  return stay;
}

function takeFields(draft: Draft, merge: Merge, chosen: () => void): void {
  for (const one of draft.form.querySelectorAll("[data-field-choice]")) one.remove();
  for (const [name, field] of Object.entries(merge.fields)) {
    if (field.value !== undefined) setFields(draft.form, { [name]: field.value });
    else showFieldChoice(draft, name, field, merge.message.names, chosen);
  }
}

function showFieldChoice(draft: Draft, name: string, field: Merge["fields"][string], names: string, chosen: () => void): void {
  const input = draft.form.elements.namedItem(name);
  if (!(input instanceof HTMLElement)) return;
  const label = draft.form.querySelector(`label[for="${CSS.escape(input.id)}"]`)?.textContent?.trim() ?? name;
  const words = say("choice-field", { names, field: label });
  const take = (value: string | null) => {
    if (value !== null) setFields(draft.form, { [name]: value });
    box.remove();
    input.focus();
    announce(say("choices-left", { count: countChoices(draft) }));
    chosen();
  };
  const buttons = [
    button(say("choose-mine"), () => take(null), { class: "button-quiet" }),
    button(say("choose-theirs", { names }), () => take(field.theirs ?? ""), { class: "button-quiet" }),
  ];
  const shown = (value: string | undefined, pieces: Pieces): Difference[] => {
    const option = input instanceof HTMLSelectElement && [...input.options].find((one) => one.value === value);
    return [{ name: "", pieces: option ? [["same", option.text]] : pieces.length ? pieces : [["same", say("field-empty")]] }];
  };
  const [mine, theirs] = field.pieces ?? [[], []];
  const box = choiceBox(newTab(), words, shown(field.mine, mine), shown(field.theirs, theirs), names, buttons);
  box.dataset.fieldChoice = name;
  input.closest("details")?.setAttribute("open", "");
  (input.closest(".field") ?? input).after(box);
}
