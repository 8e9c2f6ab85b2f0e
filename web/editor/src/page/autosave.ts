// Keeping the text between two saves: in this browser at once, on the server at every pause. It changes no document.
import { make } from "./elements";
import { Draft } from "./draft";
import { forget, keep, readKept, TAB } from "./kept_text";
import { Leftovers, type Left } from "./leftovers";
import { hide, showSessionEnded, showWords, tell } from "./notes";
import { page, say } from "./page_data";
import { send, SessionEnded } from "./server";

const HERE = 800; // milliseconds without a key before the text is kept in the browser
const PAUSE = 2000; // … before it goes to the server
const LATEST = 20_000; // … and at the latest while somebody goes on typing
const BEAT = 10_000; // how often an open tab says that it is open
const AWAY = 5 * 60_000; // without a key or a click for so long, nobody is writing, and the session may end
const LAST_MESSAGE = 60_000; // bytes that browsers send for a page that is gone

interface Heard {
  time: string;
  version: number;
  refused: string;
  writers: { name: string; own: boolean }[];
  live: string[];
  left: Left[];
}

export class Autosave {
  private timers = { here: 0, pause: 0, latest: 0 };
  private busy = false;
  private again = false;
  /** Tabs whose text the server may throw away: it was taken over here, or nobody wants it. */
  private drops: string[] = [];
  private active = performance.now();
  /** The step that the server has; a lower one than the draft's has to be sent. */
  private sent = 0;
  private refused = "";
  private readonly leftovers: Leftovers;
  private readonly writers = make("p", { id: "editor-writers", class: "note editor-writers", role: "status", hidden: true });

  constructor(private readonly draft: Draft) {
    this.leftovers = new Leftovers(draft, (drop) => this.changedBy(drop));
    draft.form.prepend(this.writers);
    for (const name of ["keydown", "pointerdown", "compositionupdate"]) document.addEventListener(name, () => this.wake(), { passive: true });
    addEventListener("pagehide", () => this.leave());
    addEventListener("pageshow", (event) => event.persisted && void this.beat());
    addEventListener("online", () => void this.beat());
    addEventListener("focus", () => void this.beat());
    addEventListener("beforeunload", (event) => this.isAtRisk() && event.preventDefault());
    document.addEventListener("visibilitychange", () => void (document.hidden ? this.keepHere() : this.beat()));
    setInterval(() => !document.hidden && performance.now() - this.active < AWAY && void this.beat(), BEAT);
    void this.beat();
  }

  private wake(): void {
    const slept = performance.now() - this.active >= AWAY;
    this.active = performance.now();
    if (slept) void this.beat();
  }

  /** The text has changed. */
  changed(): void {
    this.draft.step += 1;
    hide("note-good");
    const { timers } = this;
    clearTimeout(timers.here);
    clearTimeout(timers.pause);
    timers.here = window.setTimeout(() => this.keepHere(), HERE);
    timers.pause = window.setTimeout(() => void this.beat(), PAUSE);
    timers.latest ||= window.setTimeout(() => void this.beat(), LATEST);
  }

  private changedBy(drop: string): void {
    this.drops.push(drop);
    this.changed();
    this.keepHere();
    void this.beat();
  }

  /** The text up to *step* is the now. */
  saved(step: number): void {
    this.sent = Math.max(this.sent, step);
    this.keepHere();
    void this.beat(); // what others have saved is in it now, and the page says so
  }

  /** Keeps it in the browser. */
  keepHere(): void {
    clearTimeout(this.timers.here);
    if (!this.draft.isUnsaved()) return forget();
    const { step } = this.draft;
    const kept = keep(this.draft.kept());
    if (!kept && this.sent < step) tell("not-kept");
  }

  /** Whether closing the tab could lose something: what neither the server nor the browser has. */
  private isAtRisk(): boolean {
    return this.sent < this.draft.step && this.draft.isUnsaved();
  }

  /** Tells the server that the tab is open, and what is new in it. */
  async beat(): Promise<void> {
    if (this.busy) return void (this.again ||= this.sent < this.draft.step);
    this.busy = true;
    clearTimeout(this.timers.pause);
    clearTimeout(this.timers.latest);
    this.timers.latest = 0;
    const { step } = this.draft;
    const isNew = this.sent < step;
    const unsaved = this.draft.isUnsaved();
    if (isNew && unsaved) tell("saving");
    try {
      // A text that is as it was saved (by undoing, say) is no working copy any more.
      const drop = isNew && !unsaved ? [...this.drops, TAB] : [...this.drops];
      const answer = await send(page.addresses.copy, this.draft.message({ drop }, isNew && unsaved));
      if (!answer.ok) return await this.refuse(answer);
      this.drops = this.drops.filter((tab) => !drop.includes(tab));
      this.heard((await answer.json()) as Heard, step, isNew ? unsaved : null);
    } catch (error) {
      this.keepHere();
      if (error instanceof SessionEnded) showSessionEnded();
      else if (this.draft.isUnsaved()) tell(readKept(TAB) ? "offline" : "not-kept");
    } finally {
      this.busy = false;
      if (this.again) {
        this.again = false;
        void this.beat();
      }
    }
  }

  /** *kept*: whether a text was kept, or thrown away; null where nothing was new. */
  private heard(said: Heard, step: number, kept: boolean | null): void {
    this.sent = Math.max(this.sent, step);
    hide("session-ended");
    if (kept) tell("autosaved", { time: said.time });
    else if (kept === false && !this.draft.isUnsaved()) tell("all-saved");
    this.showWriters(said);
    if (said.refused !== this.refused) {
      this.refused = said.refused;
      if (said.refused) showWords("note note-error", `${said.refused} ${say("copy-stays")}`);
    }
    this.leftovers.offer(said.left, said.live);
  }

  private async refuse(answer: Response): Promise<void> {
    this.keepHere();
    const said = (await answer.json().catch(() => ({}))) as { error?: { text?: string } };
    tell(readKept(TAB) ? "kept-here" : "not-kept");
    const words = said.error?.text ?? say("no-connection");
    if (answer.status < 500 && words !== this.refused) {
      this.refused = words;
      showWords("note note-error", words);
    }
  }

  private showWriters(said: Heard): void {
    const names = said.writers.map((one) => (one.own ? say("own-tab") : say("person", { name: one.name })));
    const words = [
      names.length ? say("writing-now", { names: names.join(say("and-names")) }) : "",
      said.version > page.version ? say("saved-meanwhile") : "",
    ];
    const text = words.filter(Boolean).join(" ");
    if (this.writers.textContent !== text) this.writers.textContent = text;
    this.writers.hidden = !text;
  }

  private leave(): void {
    this.keepHere();
    const isNew = this.sent < this.draft.step && this.draft.isUnsaved();
    const whole = this.draft.message({ closing: true }, isNew);
    const small = new Blob([whole]).size < LAST_MESSAGE;
    void send(page.addresses.copy, small ? whole : JSON.stringify({ tab: TAB, version: page.version, step: 0, fields: {}, closing: true }), true).catch(() => {});
  }
}
