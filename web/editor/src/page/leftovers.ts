// Texts of tabs that were closed before they were saved: kept in this browser, or on the server by another one.
import { announce, button, make } from "./elements";
import { Draft } from "./draft";
import { forget, keep, keptTabs, newTab, readKept, type Kept } from "./kept_text";
import { clearChoices } from "./choices";
import { hide, isShown, show, showWords } from "./notes";
import { page, say } from "./page_data";

export interface Left {
  tab: string;
  step: number;
  when: string;
}

export class Leftovers {
  private asked = new Set<string>();

  constructor(
    private readonly draft: Draft,
    private readonly changed: (drop: string) => void,
  ) {}

  /** Offers one of those that the server has *left* or the browser has kept; a *live* tab still has its own. */
  offer(left: Left[], live: string[]): void {
    if (isShown() || this.draft.editor.view.composing) return;
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
    if (draft.isUnsaved()) keep({ at: Date.now(), version: page.version, step: draft.step, document: draft.document(), fields: draft.fields() }, newTab());
    try {
      clearChoices(draft.editor);
      for (const one of draft.form.querySelectorAll("[data-field-choice]")) one.remove();
      draft.editor.commands.setContent(found.document, { errorOnInvalidContent: true });
    } catch {
      return showWords("note note-error", say("kept-unreadable"));
    }
    draft.setFields(found.fields);
    // What somebody else saved since is not overwritten: the server joins both.
    page.version = found.version;
    hide();
    this.changed(tab);
    forget(tab);
    draft.editor.commands.focus();
    announce(say("restored"));
  }

  private async fetch(tab: string): Promise<Kept | null> {
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
    this.draft.editor.commands.focus();
  }
}
