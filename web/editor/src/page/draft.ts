// What stands in the page now, and how far it is saved. Steps are counted here, so clocks do not matter.
import type { Editor, JSONContent } from "@tiptap/core";

import { clearChoices } from "./choices";
import { TAB, type Kept } from "./kept_text";
import type { Writing } from "./leftovers";
import { page } from "./page_data";

export class Draft implements Writing {
  /** How often it has changed. */
  step = 0;
  /** What the version and the page had in common last. */
  private last: string;

  constructor(
    readonly editor: Editor,
    readonly form: HTMLFormElement,
  ) {
    this.last = this.content();
  }

  document(): JSONContent {
    return this.editor.getJSON();
  }

  fields(): Record<string, string> {
    const data = new FormData(this.form);
    return Object.fromEntries([...data].map(([name, value]) => [name, String(value)]));
  }

  content(): string {
    return JSON.stringify([this.document(), this.fields()]);
  }

  isUnsaved(): boolean {
    return this.content() !== this.last;
  }

  /** The issue has *content* now. */
  saved(content: string): void {
    this.last = content;
  }

  isComposing(): boolean {
    return this.editor.view.composing;
  }

  kept(): Kept {
    return { at: Date.now(), version: page.version, step: this.step, document: this.document(), fields: this.fields() };
  }

  restore(kept: Kept): boolean {
    try {
      clearChoices(this.editor);
      for (const one of this.form.querySelectorAll("[data-field-choice]")) one.remove();
      this.editor.commands.setContent(kept.document, { errorOnInvalidContent: true });
    } catch {
      return false;
    }
    setFields(this.form, kept.fields);
    return true;
  }

  focus(): void {
    this.editor.commands.focus();
  }

  isUploading(): boolean {
    let found = false;
    this.editor.state.doc.descendants((node) => void (found ||= Boolean(node.attrs.pending)));
    return found;
  }

  /** What every message says of the page. */
  message(more: object, text = true): string {
    const document = text ? { document: this.document() } : {};
    return JSON.stringify({ tab: TAB, version: page.version, step: this.step, fields: this.fields(), ...document, ...more });
  }
}

/** Fills fields of a form. */
export function setFields(form: HTMLFormElement, fields: Record<string, string>): void {
  for (const [name, value] of Object.entries(fields)) {
    const field = form.elements.namedItem(name);
    if (field instanceof HTMLInputElement || field instanceof HTMLSelectElement || field instanceof HTMLTextAreaElement || field instanceof RadioNodeList) field.value = value;
  }
}
