// What stands in the form of an article now: its fields, and the documents of its editors.
import type { Editor, JSONContent } from "@tiptap/core";

import { setFields } from "../page/draft";
import { type Kept } from "../page/kept_text";
import type { Writing } from "../page/leftovers";
import { page } from "../page/page_data";

// What belongs to the page and not to the article, and files, which no browser keeps.
const NOT_KEPT = new Set(["csrf_token", "revision", "overwrite", "written", "tab", "picture", "topics", "no_figure"]);

export class ArticleDraft implements Writing {
  step = 0;
  private last: string;

  /** *restored*: called when fields were filled. */
  constructor(
    readonly form: HTMLFormElement,
    private readonly editors: Record<string, Editor>,
    private readonly restored: () => void,
  ) {
    // What the server has refused and shows again is not saved.
    this.last = page.tabs.length ? "" : this.content();
  }

  documents(): Record<string, JSONContent> {
    return Object.fromEntries(Object.entries(this.editors).map(([name, editor]) => [name, editor.getJSON()]));
  }

  fields(): Record<string, string> {
    const data = [...new FormData(this.form)].filter(([name]) => !NOT_KEPT.has(name) && !name.startsWith("opened-"));
    const topics = this.boxes().filter((box) => box.checked).map((box) => box.value);
    return { ...Object.fromEntries(data.map(([name, value]) => [name, String(value)])), topics: topics.join(" ") };
  }

  content(): string {
    return JSON.stringify([this.documents(), this.fields()]);
  }

  isUnsaved(): boolean {
    return this.content() !== this.last;
  }

  isComposing(): boolean {
    return Object.values(this.editors).some((editor) => editor.view.composing);
  }

  kept(): Kept {
    return { at: Date.now(), version: page.version, step: this.step, document: this.documents(), fields: this.fields() };
  }

  /** Puts a kept text into the page, with the version that it began with: the server tells who has saved since. */
  restore(kept: Kept): boolean {
    try {
      for (const [name, editor] of Object.entries(this.editors)) {
        editor.commands.setContent((kept.document as Record<string, JSONContent>)[name]!, { errorOnInvalidContent: true });
      }
    } catch {
      return false;
    }
    const topics = (kept.fields.topics ?? "").split(" ");
    for (const box of this.boxes()) box.checked = topics.includes(box.value);
    const { topics: _ticked, ...fields } = kept.fields;
    setFields(this.form, fields);
    setFields(this.form, { revision: String(kept.version) });
    this.restored();
    return true;
  }

  focus(): void {
    this.editors.body?.commands.focus();
  }

  private boxes(): HTMLInputElement[] {
    return [...this.form.querySelectorAll<HTMLInputElement>("input[name=topics]")];
  }
}
