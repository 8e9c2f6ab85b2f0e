// Saving an article, and keeping it in this browser until then. What is wrong is said by the server's page, with all that was written.
import { make } from "../page/elements";
import { forget, keep, TAB } from "../page/kept_text";
import { Leftovers } from "../page/leftovers";
import { hide, show, showSessionEnded, showWords, tell } from "../page/notes";
import { page, say } from "../page/page_data";
import { send, SessionEnded } from "../page/server";
import { type ArticleDraft } from "./article_draft";
import { OtherTabs } from "./other_tabs";

const HERE = 800; // milliseconds without a key before the text is kept in the browser

export class ArticleSaving {
  private timer = 0;
  private busy = false;
  private leaving = false;
  private isKept = true;

  /** *uploading*: whether a picture is on its way. */
  constructor(
    private readonly draft: ArticleDraft,
    private readonly uploading: () => boolean,
  ) {
    const { form } = draft;
    if (page.tabs.length) this.keepHere();
    for (const tab of page.tabs) forget(tab); // this page shows what they held, and keeps it
    const leftovers = new Leftovers(draft, () => this.changed());
    const others = new OtherTabs(form, (live) => leftovers.offer([], live));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.save();
    });
    for (const name of ["input", "change"]) form.addEventListener(name, () => this.changed());
    document.addEventListener("keydown", (event) => {
      if (!(event.ctrlKey || event.metaKey) || event.key !== "s") return;
      event.preventDefault();
      form.requestSubmit();
    });
    addEventListener("pagehide", () => {
      if (!this.leaving) this.keepHere();
      others.leave();
    });
    addEventListener("beforeunload", (event) => !this.leaving && !this.isKept && event.preventDefault());
    document.addEventListener("visibilitychange", () => document.hidden && !this.leaving && this.keepHere());
  }

  changed(): void {
    if (this.leaving) return;
    this.draft.step += 1;
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.keepHere(), HERE);
  }

  private keepHere(): void {
    clearTimeout(this.timer);
    if (!this.draft.isUnsaved()) {
      forget();
      tell("all-saved");
      return;
    }
    this.isKept = keep(this.draft.kept());
    tell(this.isKept ? "kept-here" : "not-kept");
  }

  private async save(): Promise<void> {
    if (this.busy) return;
    if (this.uploading()) return showWords("note", say("still-uploading"));
    this.busy = true;
    hide();
    this.keepHere();
    tell("saving");
    try {
      await this.hand();
    } catch (error) {
      if (error instanceof SessionEnded) return showSessionEnded();
      tell("offline");
      showWords("note note-error", say("no-connection"));
    } finally {
      this.busy = false;
    }
  }

  private async hand(): Promise<void> {
    const { form } = this.draft;
    const written = JSON.stringify(this.draft.documents());
    const data = new FormData(form);
    data.delete("csrf_token"); // the head of the message has one that is new where somebody has logged in again
    data.set("written", written);
    const answer = await send(form.action, data);
    if (answer.ok) {
      const { address } = (await answer.json()) as { address: string };
      this.leaving = true;
      forget();
      location.assign(address);
    } else if (answer.status === 409 || answer.status === 422) {
      this.showAnswer({ written, tab: TAB, csrf_token: page.csrf });
    } else {
      const said = (await answer.json().catch(() => ({}))) as { error?: { text?: string } };
      tell("kept-here");
      show("note note-error", [make("p", {}, `${said.error?.text ?? say("no-connection")} ${say("copy-stays")}`)]);
    }
  }

  /** Sends the form as a browser does without scripts: its answer is a page that says what is wrong, or what is saved now. */
  private showAnswer(more: Record<string, string>): void {
    const { form } = this.draft;
    for (const [name, value] of Object.entries(more)) {
      const field = form.elements.namedItem(name);
      if (field instanceof HTMLInputElement) field.value = value;
      else form.append(make("input", { type: "hidden", name, value }));
    }
    this.leaving = true;
    HTMLFormElement.prototype.submit.call(form);
  }
}
