// Saving: the page's fields and the document go to the server, which says what is wrong or that it is stored.
import type { Editor } from "@tiptap/core";

import { announce, button, make } from "./elements";
import { forget, keep, readKept, type Kept } from "./kept_text";
import { page, say } from "./page_data";
import { positionOf, showProblems, type Problem } from "./problems";
import { select } from "../blocks/block_commands";

const PAUSE = 800; // milliseconds without a key before the text is kept in the browser

interface Answer {
  revision?: number;
  message?: string;
  fields?: Record<string, string>;
  problems?: Problem[];
  theirs?: { by: string; revision: number };
}

export class Saving {
  private waiting = 0;
  private busy = false;
  private last: string;
  private readonly note = document.getElementById("editor-note")!;
  private readonly state = document.getElementById("editor-state")!;

  constructor(
    private readonly editor: Editor,
    private readonly form: HTMLFormElement,
  ) {
    this.last = this.content();
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
    addEventListener("pagehide", () => this.keepNow());
    document.addEventListener("visibilitychange", () => document.hidden && this.keepNow());
    this.offerKept();
  }

  private fields(): Record<string, string> {
    const data = new FormData(this.form);
    return Object.fromEntries([...data].map(([name, value]) => [name, String(value)]));
  }

  private content(): string {
    return JSON.stringify([this.editor.getJSON(), this.fields()]);
  }

  /** The text has changed: it is kept in the browser after a pause. */
  changed(): void {
    if (this.note.classList.contains("note-good")) this.hide();
    clearTimeout(this.waiting);
    this.waiting = window.setTimeout(() => this.keepNow(), PAUSE);
  }

  private keepNow(): void {
    clearTimeout(this.waiting);
    const now = this.content();
    if (now === this.last) {
      if (readKept()) forget();
      return this.tell(say("all-saved"));
    }
    const kept = keep({ at: Date.now(), revision: page.revision, document: this.editor.getJSON(), fields: this.fields() });
    this.tell(say(kept ? "kept-here" : "not-kept"));
  }

  private tell(words: string): void {
    if (this.state.textContent !== words) this.state.textContent = words;
  }

  private offerKept(): void {
    const kept = readKept();
    if (!kept || JSON.stringify([kept.document, kept.fields]) === this.last) return;
    const when = new Date(kept.at).toLocaleString(page.language, { dateStyle: "medium", timeStyle: "short" });
    const older = kept.revision !== page.revision ? ` ${say("kept-older")}` : "";
    this.show("note", [
      make("p", {}, say("kept-found", { when }) + older),
      make("p", { class: "actions" }, button(say("restore"), () => this.restore(kept)), button(say("discard"), () => this.discard(), { class: "button-quiet" })),
    ]);
  }

  private restore(kept: Kept): void {
    try {
      this.editor.commands.setContent(kept.document, { errorOnInvalidContent: true });
    } catch {
      return this.showWords("note note-error", say("kept-unreadable"));
    }
    for (const [name, value] of Object.entries(kept.fields)) {
      const field = this.form.elements.namedItem(name);
      if (field instanceof HTMLInputElement || field instanceof HTMLSelectElement || field instanceof RadioNodeList) field.value = value;
    }
    // What somebody else saved since is not overwritten unseen: the server compares.
    page.revision = kept.revision;
    this.hide();
    this.editor.commands.focus();
    announce(say("restored"));
  }

  private discard(): void {
    forget();
    this.hide();
    this.editor.commands.focus();
  }

  /** Saves; *overwrite* is the revision of somebody else's text that is replaced on purpose. */
  async save(overwrite = 0): Promise<void> {
    if (this.busy) return;
    if (this.isUploading()) return this.showWords("note", say("still-uploading"));
    this.busy = true;
    this.tell(say("saving"));
    this.keepNow();
    const sent = this.content();
    const body = JSON.stringify({ revision: page.revision, overwrite, fields: this.fields(), document: this.editor.getJSON() });
    try {
      let answer = await this.post(body);
      if (answer.status === 400 && (await this.renew())) answer = await this.post(body);
      await this.take(answer, sent);
    } catch {
      this.showWords("note note-error", say("no-connection"));
      this.tell(say("kept-here"));
    } finally {
      this.busy = false;
    }
  }

  private isUploading(): boolean {
    let found = false;
    this.editor.state.doc.descendants((node) => void (found ||= Boolean(node.attrs.pending)));
    return found;
  }

  private post(body: string): Promise<Response> {
    return fetch(page.addresses.save, {
      method: "POST",
      body,
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": page.csrf },
    });
  }

  /** A new token against forged requests, once somebody has logged in again elsewhere. */
  private async renew(): Promise<boolean> {
    const answer = await fetch(page.addresses.page, { headers: { Accept: "text/html" } });
    if (!answer.ok || answer.redirected) return false;
    const shown = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("editor-data");
    const csrf = shown && (JSON.parse(shown.textContent || "{}") as { csrf?: string }).csrf;
    if (!csrf || csrf === page.csrf) return false;
    page.csrf = csrf;
    return true;
  }

  private async take(answer: Response, sent: string): Promise<void> {
    if (answer.status === 401 || answer.status === 400) return this.sessionEnded();
    const said = (await answer.json().catch(() => ({}))) as Answer & { error?: { text?: string } };
    showProblems(this.editor, said.problems ?? []);
    this.showFieldErrors(said.fields ?? {});
    if (answer.ok && said.revision) {
      page.revision = said.revision;
      this.last = sent;
      if (this.content() === sent) forget();
      this.tell(say("all-saved"));
      return this.showWords("note note-good", said.message ?? say("saved"));
    }
    this.tell(say("kept-here"));
    if (answer.status === 409 && said.theirs) return this.conflict(said.message ?? "", said.theirs.revision);
    this.refused(said);
  }

  private sessionEnded(): void {
    this.tell(say("kept-here"));
    const link = make("a", { href: page.addresses.page, target: "_blank", rel: "noopener" }, say("log-in-again"));
    this.show("note note-error", [make("p", {}, say("session-ended-save")), make("p", {}, link)]);
  }

  private conflict(words: string, revision: number): void {
    const theirs = make("a", { href: page.addresses.page, target: "_blank", rel: "noopener" }, say("see-theirs"));
    this.show("note note-error", [
      make("p", {}, words),
      make("p", {}, theirs),
      make(
        "p",
        { class: "actions" },
        button(say("overwrite"), () => void this.save(revision)),
        button(say("take-theirs"), () => {
          forget();
          this.last = this.content();
          location.reload();
        }, { class: "button-quiet" }),
      ),
    ]);
  }

  private refused(said: Answer & { error?: { text?: string } }): void {
    const problems = said.problems ?? [];
    const items = [
      ...Object.entries(said.fields ?? {}).map(([name, words]) => make("li", {}, make("a", { href: `#${name}` }, words))),
      ...problems.map((one) => {
        const link = make("a", { href: "#editor-text" }, `${say("block-number", { number: (one.place[0] ?? 0) + 1 })} ${one.message}`);
        link.addEventListener("click", (event) => {
          event.preventDefault();
          this.goTo(one.place);
        });
        return make("li", {}, link);
      }),
    ];
    const words = said.message ?? said.error?.text ?? say(items.length ? "not-saved" : "no-connection");
    this.show("note note-error", [make("p", {}, words), ...(items.length ? [make("ul", {}, ...items)] : [])]);
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

  private showWords(look: string, words: string): void {
    this.show(look, [make("p", {}, words)]);
  }

  private show(look: string, parts: Node[]): void {
    this.note.className = look;
    this.note.hidden = false;
    this.note.replaceChildren(...parts);
    this.note.scrollIntoView({ block: "nearest" });
  }

  private hide(): void {
    this.note.hidden = true;
    this.note.replaceChildren();
  }
}
