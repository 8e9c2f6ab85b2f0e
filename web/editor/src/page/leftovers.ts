// Texts of tabs that were closed before they were saved: kept in this browser, or on the server by another one.
import { announce, button, make } from "./elements";
import { forget, keep, keptTabs, newTab, readKept, type Kept } from "./kept_text";
import { hide, isShown, show, showWords } from "./notes";
import { page, say } from "./page_data";

export interface Left {
  tab: string;
  step: number;
  when: string;
}

/** What stands in the page, as far as it is kept and brought back. */
export interface Writing {
  isComposing(): boolean;
  isUnsaved(): boolean;
  /** All of it, to be compared. */
  content(): string;
  kept(): Kept;
  /** Puts a kept text into the page; answers whether it could be read. */
  restore(kept: Kept): boolean;
  focus(): void;
}

export class Leftovers {
  private asked = new Set<string>();

  constructor(
    private readonly draft: Writing,
    private readonly changed: (drop: string) => void,
  ) {}

  /** Offers one of those that the server has *left* or the browser has kept; a *live* tab still has its own. */
  offer(left: Left[], live: string[]): void {
    if (isShown() || this.draft.isComposing()) return;
    const here = keptTabs().filter((tab) => !live.includes(tab));
    for (const tab of [...here, ...left.map((one) => one.tab)]) {
      if (this.asked.has(tab)) continue;
      const kept = readKept(tab);
      const there = left.find((one) => one.tab === tab);
      const own = kept && (!there || kept.step >= there.step) ? kept : null;
      if (own && JSON.stringify([own.document, own.fields]) === this.draft.content()) {
        this.asked.add(tab);
        if (!this.draft.isUnsaved()) forget(tab);
        continue;
      }
      return this.ask(tab, own, there);
    }
  }

  private ask(tab: string, own: Kept | null, there?: Left): void {
    this.asked.add(tab);
    const when = own ? new Date(own.at).toLocaleString(page.language, { dateStyle: "medium", timeStyle: "short" }) : (there?.when ?? "");
    show("note", [
      make("p", {}, say(own ? "kept-found" : "copy-found", { when })),
      make(
        "p",
        { class: "actions" },
        button(say("restore"), () => void this.restore(tab, own)),
        button(say("discard"), () => this.discard(tab), { class: "button-quiet" }),
      ),
    ]);
  }

  private async restore(tab: string, own: Kept | null): Promise<void> {
    const { draft } = this;
    const found = own ?? (await this.fetch(tab));
    if (!found) {
      this.asked.delete(tab);
      return showWords("note note-error", say("no-connection"));
    }
    // What was written here since is put aside, and offered next.
    if (draft.isUnsaved()) keep(draft.kept(), newTab());
    if (!draft.restore(found)) return showWords("note note-error", say("kept-unreadable"));
    // What somebody else saved since is not overwritten: the server joins both.
    page.version = found.version;
    hide();
    this.changed(tab);
    forget(tab);
    draft.focus();
    announce(say("restored"));
  }

  private async fetch(tab: string): Promise<Kept | null> {
    if (!page.addresses.copy) return null;
    try {
      const answer = await fetch(page.addresses.copy.replace(/copy$/, `copies/${tab}`), { headers: { Accept: "application/json" } });
      const found = answer.ok && !answer.redirected ? ((await answer.json()) as Kept) : null;
      return found?.document ? found : null;
    } catch {
      return null;
    }
  }

  private discard(tab: string): void {
    forget(tab);
    hide();
    this.changed(tab);
    this.draft.focus();
  }
}
