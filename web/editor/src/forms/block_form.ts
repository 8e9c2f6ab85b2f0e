// The form of a block: what is not written in its text. And the form of its condition: for whom it is meant.
import type { Editor } from "@tiptap/core";

import { changeBlock, insertBlock } from "../blocks/block_commands";
import { kindName, kindOf, type Kind } from "../blocks/block_kinds";
import { page, say } from "../page/page_data";
import { isForAll, type Only } from "../schema/block_attributes";
import { ask, ticks } from "./dialog";
import { partOf, wholeAddress } from "./fields";
import { labelled } from "./dialog";
import { make } from "../page/elements";

/** Opens the form of the block at a position. */
export function openForm(editor: Editor, at: number): void {
  const node = editor.state.doc.nodeAt(at);
  const kind = node && kindOf(node.type.name);
  if (!node || !kind || !kind.fields.length) return;
  askFor(editor, kind, node.attrs, (values) => changeBlock(editor, at, values));
}

/** Makes a block of *kind*; where it cannot be without something, its form comes first. */
export function makeBlock(editor: Editor, kind: Kind, atEnd = false): void {
  if (!kind.asks) {
    insertBlock(editor, kind.make(), atEnd);
    return;
  }
  const json = kind.make();
  const node = editor.state.schema.nodeFromJSON(json);
  askFor(editor, kind, { ...node.attrs, ...(kind.name === "ranking" ? { place: nextPlace(editor) } : {}) }, (values) => {
    insertBlock(editor, { ...json, attrs: { ...json.attrs, ...values } }, atEnd);
  });
}

/** A ranking counts down to 1: behind the third place comes the second. */
function nextPlace(editor: Editor): number {
  let last = 0;
  editor.state.doc.forEach((node, offset) => {
    if (node.type.name === "ranking" && offset <= editor.state.selection.from) last = node.attrs.place;
  });
  return last > 1 ? last - 1 : last === 1 ? 2 : 3;
}

function askFor(editor: Editor, kind: Kind, attrs: Record<string, any>, take: (values: Record<string, unknown>) => void): void {
  const parts = kind.fields.map((field) => ({ field, part: partOf(kind.name, field, attrs[field.name]) }));
  for (const { field, part } of parts) part.control.dataset.field = field.name;
  ask({
    title: kindName(kind.name),
    parts: parts.map(({ part }) => part.element),
    confirm: () => {
      for (const { part } of parts) {
        const words = part.wrong?.();
        if (words) return { field: part.control, words };
      }
      return null;
    },
    closed: (confirmed) => {
      if (confirmed) take(Object.fromEntries(parts.map(({ field, part }) => [field.name, part.value()])));
      editor.view.focus();
    },
  });
}

/** Opens the form that says for whom the block at a position is meant. */
export function openCondition(editor: Editor, at: number): void {
  const node = editor.state.doc.nodeAt(at);
  if (!node || !("only" in node.attrs)) return;
  const only: Only = node.attrs.only ?? { audiences: [], topics: [] };
  const audiences = ticks(say("audiences"), page.audiences, only.audiences);
  const topics = ticks(say("topics-of-readers"), page.topics, only.topics);
  ask({
    title: say("condition"),
    parts: [make("p", { class: "hint" }, say("condition-hint")), audiences.element, topics.element],
    confirm: () => null,
    closed: (confirmed) => {
      const wanted = { audiences: audiences.value(), topics: topics.value() };
      if (confirmed) changeBlock(editor, at, { only: isForAll(wanted) ? null : wanted });
      editor.view.focus();
    },
  });
}

/** Opens the form of a link over the selected words, or of the one in which the cursor is. */
export function openLink(editor: Editor): void {
  const { state } = editor;
  if (!state.selection.$from.parent.type.allowsMarkType(state.schema.marks.link!)) return;
  const present = String(editor.getAttributes("link").href ?? "");
  const address = make("input", { type: "text", inputmode: "url" });
  address.value = present;
  const words = make("input", { type: "text" });
  const needsWords = state.selection.empty && !present;
  const parts = [labelled(say("field-address"), address, say("link-hint"))];
  if (needsWords) parts.unshift(labelled(say("link-words"), words));
  ask({
    title: say("link"),
    parts,
    confirm: () => {
      const whole = wholeAddress(address.value);
      return whole && !/^(https?:\/\/|mailto:|tel:|article:)/i.test(whole) ? { field: address, words: say("no-whole-address") } : null;
    },
    closed: (confirmed) => {
      const href = wholeAddress(address.value);
      const chain = editor.chain().focus();
      if (!confirmed) chain.run();
      else if (!href) chain.extendMarkRange("link").unsetMark("link").run();
      else if (needsWords) chain.insertContent({ type: "text", text: words.value.trim() || href, marks: [{ type: "link", attrs: { href } }] }).run();
      else chain.extendMarkRange("link").setMark("link", { href }).run();
    },
  });
}
