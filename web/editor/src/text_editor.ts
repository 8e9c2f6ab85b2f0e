// One text on a page that is written with the editor: its words and blocks, the bar above it, its keys.
import { Editor, Extension, type AnyExtension, type JSONContent } from "@tiptap/core";
import { Dropcursor, Gapcursor, UndoRedo } from "@tiptap/extensions";

import { openAddMenu } from "./bars/add_menu";
import { blockHandle } from "./bars/block_handle";
import { Slash } from "./bars/slash_menu";
import { toolbar } from "./bars/toolbar";
import { Apart } from "./blocks/apart";
import { BlockKeys } from "./blocks/block_keys";
import { Typing } from "./blocks/typing";
import { openForm, openLink } from "./forms/block_form";
import { button, make } from "./page/elements";
import { OddCharacters } from "./page/odd_characters";
import { say } from "./page/page_data";
import { CurrentBlock } from "./page/current_block";
import { Placeholder } from "./page/placeholder";
import type { Coming } from "./paste/coming_pictures";
import { CopyBlocks } from "./paste/own_blocks";
import { Paste } from "./paste/paste";

const LinkKey = Extension.create({
  name: "linkKey",
  addKeyboardShortcuts() {
    return { "Mod-k": () => (openLink(this.editor), true) };
  },
});

export interface Wanted {
  /** Of the element that is written in. */
  id: string;
  label: string;
  /** The ids of what describes it. */
  describedBy?: string;
  content: JSONContent;
  schema: AnyExtension[];
  /** Whether it has blocks, or words alone. */
  blocks: boolean;
  placeholder?: string;
  /** Who takes pictures that are pasted, where the text has none. */
  pictures?: (coming: Coming[]) => void;
  more?: AnyExtension[];
}

const SETTLED = 500; // milliseconds after the first picture of the page

/** Puts an editor into *holder*. */
export function textEditor(holder: HTMLElement, wanted: Wanted): Editor {
  const place = make("div", { class: "editor-page" });
  const oddBar = make("div", { class: "note odd-bar", role: "status", hidden: true });
  const editor: Editor = new Editor({
    element: place,
    extensions: [
      ...wanted.schema, ...(wanted.blocks ? [Slash, Apart, BlockKeys, Typing] : []), LinkKey, CopyBlocks, Paste.configure({ pictures: wanted.pictures ?? null }),
      ...(wanted.more ?? []), OddCharacters.configure({ bar: oddBar }), CurrentBlock, Placeholder.configure({ words: wanted.placeholder ?? "placeholder" }),
      UndoRedo, Dropcursor.configure({ width: 3, class: "drop-cursor", color: false }), Gapcursor,
    ],
    content: wanted.content,
    enableContentCheck: true,
    enableInputRules: false,
    enablePasteRules: false,
    injectCSS: false,
    editorProps: {
      attributes: {
        id: wanted.id, role: "textbox", "aria-multiline": "true", "aria-label": wanted.label, lang: holder.lang, spellcheck: "true",
        ...(wanted.describedBy ? { "aria-describedby": wanted.describedBy } : {}),
      },
      handleDoubleClickOn: (_view, _position, node, at) => node.isAtom && node.isBlock && (openForm(editor, at), true),
    },
  });
  const bar = toolbar(editor, wanted.id, wanted.blocks);
  holder.replaceChildren(bar.element, oddBar, place);
  if (wanted.blocks) {
    const atEnd = button(`＋ ${say("add-at-end")}`, () => openAddMenu(editor, atEnd, true), { class: "button-quiet add-at-end", "aria-haspopup": "dialog", "aria-expanded": "false" });
    holder.append(atEnd);
    blockHandle(editor, place);
  }
  onceDrawn(() => place.classList.add("is-drawn"));
  bar.update();
  // Once a frame, after what was typed is on its way to the screen.
  let waits = false;
  editor.on("transaction", () => {
    if (waits) return;
    waits = true;
    requestAnimationFrame(() => setTimeout(() => {
      waits = false;
      if (!editor.view.composing) bar.update();
    }));
  });
  editor.on("focus", () => bar.update());
  return editor;
}

/** When everything was drawn once, browsers know how large it is: what they leave undrawn from then on moves nothing. */
function onceDrawn(act: () => void): void {
  const soon = (): void => void requestAnimationFrame(() => setTimeout(act, SETTLED));
  if (document.readyState === "complete") soon();
  else addEventListener("load", soon, { once: true });
}
