// Saving: the page's fields and the document go to the server, which says what is wrong, what to join, or that it is stored.
import type { Editor } from "@tiptap/core";

import { Autosave } from "./autosave";
import { goToChoice, openChoices, whenChosen } from "./choices";
import { Draft } from "./draft";
import { button, make } from "./elements";
import { countChoices, takeOver, type Merge } from "./merging";
import { show, showSessionEnded, showWords, tell } from "./notes";
import { page, say } from "./page_data";
import { positionOf, showProblems, type Problem } from "./problems";
import { send, SessionEnded } from "./server";
import { select } from "../blocks/block_commands";

const TRIES = 5; // how often a text is joined again that somebody goes on writing meanwhile

interface Answer {
  version?: number;
  time?: string;
  message?: string;
  fields?: Record<string, string>;
  problems?: Problem[];
  merge?: Merge;
  error?: { text?: string };
}

export class Saving {
  private busy = false;
  private readonly draft: Draft;
  private readonly autosave: Autosave;
  /** The version that the text will begin with, once every choice is made. */
  private joined = 0;

  constructor(
    private readonly editor: Editor,
    private readonly form: HTMLFormElement,
  ) {
    this.draft = new Draft(editor, form);
    this.autosave = new Autosave(this.draft);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.save();
    });
    form.addEventListener("input", () => this.changed());
    document.addEventListener("keydown", (event) => {
      if ((event.ctrlKey || event.metaKey) && event.key === "s") {
        event.preventDefault();
        void this.save();
      }
    });
    whenChosen(() => this.chosen());
  }

  changed(): void {
    this.autosave.changed();
  }

  /** Saves, after taking over what somebody else has saved since. */
  async save(): Promise<void> {
    if (this.busy) return;
    if (this.draft.isUploading()) return showWords("note", say("still-uploading"));
    if (countChoices(this.draft)) return this.showChoices("");
    this.busy = true;
    tell("saving");
    this.autosave.keepHere();
    try {
      await this.sendUntilTaken();
    } catch (error) {
      if (error instanceof SessionEnded) return showSessionEnded();
      showWords("note note-error", say("no-connection"));
      tell("offline");
    } finally {
      this.busy = false;
    }
  }

  private async sendUntilTaken(): Promise<void> {
    let taken = "";
    for (let tries = 0; tries < TRIES; tries += 1) {
      const content = this.draft.content();
      const { step } = this.draft;
      const answer = await send(page.addresses.save, this.draft.message({}));
      const said = (await answer.json().catch(() => ({}))) as Answer;
      if (!said.merge) return this.take(answer.ok, said, content, step, taken);
      await this.composed();
      if (this.draft.content() !== content) continue; // joined is what stood there before
      takeOver(this.draft, said.merge, () => this.chosen());
      taken ||= said.merge.message.taken;
      this.joined = said.merge.version;
      this.changed();
      if (countChoices(this.draft)) return this.showChoices(taken);
      page.version = this.joined;
    }
    tell("kept-here");
    showWords("note", `${taken} ${say("save-again")}`);
  }

  /** Waits until an input method has finished its word: no document is changed under it. */
  private composed(): Promise<void> {
    if (!this.editor.view.composing) return Promise.resolve();
    return new Promise((done) => this.editor.view.dom.addEventListener("compositionend", () => setTimeout(done), { once: true }));
  }

  private take(ok: boolean, said: Answer, content: string, step: number, taken: string): void {
    showProblems(this.editor, said.problems ?? []);
    this.showFieldErrors(said.fields ?? {});
    if (!ok || !said.version) {
      tell("kept-here");
      return this.refused(said);
    }
    page.version = said.version;
    this.draft.saved(content);
    this.autosave.saved(step);
    tell("saved-at", { time: said.time ?? "" });
    showWords("note note-good", [taken, said.message ?? say("saved")].filter(Boolean).join(" "));
  }

  private showChoices(taken: string): void {
    tell("kept-here");
    const open = openChoices(this.editor);
    const begins = (at: number) => this.editor.state.doc.nodeAt(at)?.textContent.slice(0, 20) ?? "";
    const places = open.map((one, index) => this.link(say("choice-number", { number: index + 1, words: begins(one.at) }), () => goToChoice(this.editor, one.id)));
    const fields = [...this.form.querySelectorAll<HTMLElement>("[data-field-choice]")].map((box) =>
      this.link(box.getAttribute("aria-label") ?? "", () => box.querySelector("button")?.focus()),
    );
    const items = [...fields, ...places].map((link) => make("li", {}, link));
    show("note note-error", [make("p", {}, [taken, say("choices-first", { count: items.length })].filter(Boolean).join(" ")), make("ul", {}, ...items)]);
  }

  private chosen(): void {
    if (countChoices(this.draft)) return;
    page.version = this.joined;
    this.changed();
    show("note", [make("p", {}, say("all-chosen")), make("p", { class: "actions" }, button(say("save"), () => void this.save()))]);
  }

  private refused(said: Answer): void {
    const items = [
      ...Object.entries(said.fields ?? {}).map(([name, words]) => make("li", {}, make("a", { href: `#${name}` }, words))),
      ...(said.problems ?? []).map((one) => {
        const words = `${say("block-number", { number: (one.place[0] ?? 0) + 1 })} ${one.message}`;
        return make("li", {}, this.link(words, () => this.goTo(one.place)));
      }),
    ];
    const words = said.message ?? said.error?.text ?? say(items.length ? "not-saved" : "no-connection");
    show("note note-error", [make("p", {}, words), ...(items.length ? [make("ul", {}, ...items)] : [])]);
  }

  private link(words: string, go: () => void): HTMLElement {
    const link = make("a", { href: "#editor-text" }, words);
    link.addEventListener("click", (event) => {
      event.preventDefault();
      go();
    });
    return link;
  }

  private goTo(place: number[]): void {
    const tr = this.editor.state.tr;
    select(tr, positionOf(this.editor, place));
    this.editor.view.dispatch(tr.scrollIntoView());
    this.editor.view.focus();
  }

  private showFieldErrors(fields: Record<string, string>): void {
    for (const one of this.form.querySelectorAll("[aria-invalid]")) one.removeAttribute("aria-invalid");
    for (const name of Object.keys(fields)) this.form.querySelector(`[name="${CSS.escape(name)}"]`)?.setAttribute("aria-invalid", "true");
  }
}
