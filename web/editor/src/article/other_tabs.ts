// Other tabs of this browser in which the same person writes the same article: they say so to each other.
import { make } from "../page/elements";
import { TAB } from "../page/kept_text";
import { page, say } from "../page/page_data";

const WAIT = 300; // milliseconds in which another tab answers

interface Said {
  here?: string;
  gone?: string;
  asks?: boolean;
}

export class OtherTabs {
  private readonly live = new Set<string>();
  private readonly channel = "BroadcastChannel" in window ? new BroadcastChannel(`kairan-${page.key}-${page.member}`) : null;
  private readonly note = make("p", { id: "editor-writers", class: "note editor-writers", role: "status", hidden: true });

  /** *known*: told once which tabs there are. */
  constructor(form: HTMLFormElement, known: (live: string[]) => void) {
    form.prepend(this.note);
    this.channel?.addEventListener("message", (event: MessageEvent<Said>) => this.hear(event.data));
    this.say({ here: TAB, asks: true });
    setTimeout(() => known([...this.live]), WAIT);
  }

  leave(): void {
    this.say({ gone: TAB });
  }

  private say(said: Said): void {
    this.channel?.postMessage(said);
  }

  private hear(said: Said): void {
    if (said.here) this.live.add(said.here);
    if (said.gone) this.live.delete(said.gone);
    if (said.asks) this.say({ here: TAB });
    const words = this.live.size ? say("writing-now", { names: say("own-tab") }) : "";
    if (this.note.textContent !== words) this.note.textContent = words;
    this.note.hidden = !words;
  }
}
