// The block editor of an issue's page: puts the document of the server into an editor, and sends it back when it is saved.
import "./editor.css";
import "./preview/preview.css";

import { Editor, Extension } from "@tiptap/core";
import { Dropcursor, Gapcursor, UndoRedo } from "@tiptap/extensions";

import { openAddMenu } from "./bars/add_menu";
import { blockHandle } from "./bars/block_handle";
import { Slash } from "./bars/slash_menu";
import { toolbar } from "./bars/toolbar";
import { BlockKeys } from "./blocks/block_keys";
import { openForm, openLink } from "./forms/block_form";
import { button, make } from "./page/elements";
import { OddCharacters } from "./page/odd_characters";
import { page, say } from "./page/page_data";
import { Choices } from "./page/choices";
import { Placeholder } from "./page/placeholder";
import { Problems } from "./page/problems";
import { Saving } from "./page/saving";
import { Paste } from "./paste/paste";
import { Beside } from "./preview/beside";
import { BlockFindings } from "./preview/block_findings";
import { schema } from "./schema";

const LinkKey = Extension.create({
  name: "linkKey",
  addKeyboardShortcuts() {
    return { "Mod-k": () => (openLink(this.editor), true) };
  },
});

function start(holder: HTMLElement, form: HTMLFormElement): void {
  const place = make("div", { class: "editor-page" });
  const oddBar = make("div", { class: "note odd-bar", role: "status", hidden: true });
  const editor: Editor = new Editor({
    element: place,
    extensions: [
      ...schema, Slash, BlockKeys, LinkKey, Paste, Problems, BlockFindings, Choices,
      OddCharacters.configure({ bar: oddBar }), Placeholder,
      UndoRedo, Dropcursor.configure({ width: 3, class: "drop-cursor", color: false }), Gapcursor,
    ],
    content: page.document,
    enableContentCheck: true,
    enableInputRules: false,
    enablePasteRules: false,
    injectCSS: false,
    editorProps: {
      attributes: {
        id: "editor-text", role: "textbox", "aria-multiline": "true", "aria-label": say("text"), lang: holder.lang, spellcheck: "true",
      },
      handleDoubleClickOn: (_view, _position, node, at) => node.isAtom && node.isBlock && (openForm(editor, at), true),
    },
  });
  const bar = toolbar(editor);
  const atEnd = button(`＋ ${say("add-at-end")}`, () => openAddMenu(editor, atEnd, true), { class: "button-quiet add-at-end", "aria-haspopup": "dialog", "aria-expanded": "false" });
  holder.replaceChildren(bar.element, oddBar, place, atEnd);
  blockHandle(editor, place);
  const saving = new Saving(editor, form);
  bar.update();
  // Once a frame, after what was typed is on its way to the screen.
  let waits = false;
  const updateBar = (): void => {
    if (waits) return;
    waits = true;
    requestAnimationFrame(() => setTimeout(() => {
      waits = false;
      if (!editor.view.composing) bar.update();
    }));
  };
  editor.on("transaction", ({ transaction }) => {
    if (transaction.docChanged) saving.changed();
    updateBar();
  });
  editor.on("focus", () => bar.update());
  form.hidden = false;
  new Beside(editor, form);
}

const holder = document.getElementById("editor");
const form = document.getElementById("editor-form");
if (holder && form instanceof HTMLFormElement) start(holder, form);
