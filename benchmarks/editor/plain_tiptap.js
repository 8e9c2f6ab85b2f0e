// TipTap as its makers ship it (StarterKit and tables), in a page with nothing else: what the block editor is compared with.
import { Editor } from "@tiptap/core";
import { TableKit } from "@tiptap/extension-table";
import StarterKit from "@tiptap/starter-kit";

window.start = (content) => {
  const editor = new Editor({ element: document.body, extensions: [StarterKit, TableKit], content });
  editor.view.dom.id = "editor-text";
};
