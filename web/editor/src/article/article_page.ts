// The form of an article with editors in place of the boxes in which its texts are written without scripts.
import type { Editor } from "@tiptap/core";

import { announce, button, make } from "../page/elements";
import { page, say } from "../page/page_data";
import { articleSchema, recapSchema } from "../schema";
import { textEditor } from "../text_editor";
import { ArticleDraft } from "./article_draft";
import { ArticleSaving } from "./article_saving";
import { ArticleFigure } from "./figure";
import { showRelated } from "./related";

const LOOKS = {
  recap: { schema: recapSchema, blocks: false, placeholder: "recap-placeholder" },
  body: { schema: articleSchema, blocks: true, placeholder: "placeholder" },
};

export function startArticle(form: HTMLFormElement): void {
  const figure = new ArticleFigure(form);
  const editors: Record<string, Editor> = {};
  for (const [name, look] of Object.entries(LOOKS)) {
    const field = form.querySelector<HTMLElement>(`[data-rich="${name}"]`);
    const box = field?.querySelector("textarea");
    // What was typed before the editor was there stays where it is.
    if (!field || !box || box.value !== box.defaultValue) continue;
    if (page.documents[name]) editors[name] = replaceBox(field, name, { ...look, pictures: (coming) => void figure.take(coming) });
    else box.before(make("p", { class: "hint" }, say("as-text")));
  }
  const related = showRelated(form);
  const draft = new ArticleDraft(form, editors, () => (related(), figure.show()));
  const saving = new ArticleSaving(draft, () => figure.busy);
  for (const [name, editor] of Object.entries(editors)) {
    offerTheirs(form, name, editor);
    editor.on("transaction", ({ transaction }) => {
      if (transaction.docChanged) saving.changed();
    });
  }
}

type Look = Omit<Parameters<typeof textEditor>[1], "id" | "label" | "content">;

/** An editor where a box of Markdown stood; the box stays in the form, with the text that the document was made of. */
function replaceBox(field: HTMLElement, name: string, look: Look): Editor {
  const box = field.querySelector("textarea")!;
  const label = field.querySelector("label")!;
  const holder = make("div", { class: "editor-holder", lang: box.lang });
  const describedBy = box.getAttribute("aria-describedby") ?? "";
  field.querySelector(".markdown-hint")?.remove();
  box.hidden = true;
  box.removeAttribute("id"); // links to what is wrong lead to the editor
  box.after(holder);
  const editor = textEditor(holder, { ...look, id: name, label: label.textContent ?? "", describedBy, content: page.documents[name]! });
  const words = make("p", { class: "label" }, label.textContent ?? "");
  words.addEventListener("click", () => editor.commands.focus());
  label.replaceWith(words);
  return editor;
}

/** What somebody else has saved, at one press in the editor: so nobody copies Markdown. */
function offerTheirs(form: HTMLFormElement, name: string, editor: Editor): void {
  const shown = form.querySelector(`[data-theirs="${name}"]`);
  const theirs = page.theirs[name];
  if (!shown || !theirs) return;
  const take = () => {
    // As one step, so that undo brings back what stood there.
    const { state, view } = editor;
    view.dispatch(state.tr.replaceWith(0, state.doc.content.size, state.schema.nodeFromJSON(theirs).content));
    announce(say("theirs-taken"));
    editor.commands.focus();
  };
  shown.append(make("p", { class: "actions" }, button(say("theirs-take"), take, { class: "button-quiet" })));
}
