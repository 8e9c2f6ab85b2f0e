// The pane beside the text: the letter as a reader gets it, or the list of what was found; folded where only the text is
// wanted. On a telephone one of the three is seen at a time.
import { button, make, newId } from "../page/elements";
import { page, say } from "../page/page_data";
import { isBlocking, remedies, words, type Acts, type Finding } from "./finding";

export type Shown = "edit" | "preview" | "check";

const KEPT = "kairan-writing-pane";
const BESIDE = matchMedia("(min-width: 64rem)");

export interface Options {
  mode: string;
  audience: string;
  topics: string[];
}

export class Pane {
  shown: Shown = "edit";
  readonly element = make("aside", { class: "side-pane", "aria-label": say("pane") });
  private readonly buttons: Record<Shown, HTMLButtonElement>;
  private readonly status = make("p", { class: "hint preview-status", role: "status" });
  private readonly leftOut = make("div", { class: "note note-error", hidden: true });
  private readonly list = make("div", { class: "finding-list" }, make("p", { class: "hint" }, say("not-checked")));
  private readonly mode = choice("view", page.modes);
  private readonly audience = choice("as-reader-of", [{ slug: "", name: say("any-audience") }, ...page.audiences]);
  private readonly topics: HTMLInputElement[] = [];

  /** *changed* is told that the pane wants another letter, as it was opened or another reader or view was chosen. */
  constructor(private readonly form: HTMLElement, frame: HTMLIFrameElement, private readonly changed: () => void) {
    const tab = (name: Shown) => button(say(`show-${name}`), () => this.show(name), { "aria-pressed": "false" });
    this.buttons = { edit: tab("edit"), preview: tab("preview"), check: tab("check") };
    const bar = make("div", { class: "view-bar", role: "group", "aria-label": say("pane") }, ...Object.values(this.buttons));
    const options = make("div", { class: "preview-options" }, this.mode.element, ...(page.audiences.length ? [this.audience.element] : []), ...this.topicChoice());
    this.mode.select.addEventListener("change", () => (frame.classList.toggle("letter-phone", this.mode.select.value === "phone"), changed()));
    this.audience.select.addEventListener("change", changed);
    const preview = make("div", { class: "pane-preview" }, options, this.leftOut, this.status, frame);
    this.element.append(bar, preview, make("div", { class: "pane-check" }, this.list));
    const whole = make("div", { class: "writing" });
    form.replaceWith(whole);
    whole.append(this.element, form);
    this.show(BESIDE.matches ? readKept() : "edit", false);
  }

  get options(): Options {
    return { mode: this.mode.select.value, audience: this.audience.select.value, topics: this.topics.filter((one) => one.checked).map((one) => one.value) };
  }

  show(shown: Shown, keep = true): void {
    this.shown = shown;
    this.element.parentElement!.dataset.shown = shown;
    for (const [name, one] of Object.entries(this.buttons)) one.setAttribute("aria-pressed", String(name === shown));
    if (keep && BESIDE.matches) keepShown(shown);
    if (shown === "preview") this.changed();
  }

  /** Goes to the text, where the pane covers it. */
  makeRoom(): void {
    if (!this.form.offsetParent) this.show("edit");
  }

  tell(said: string): void {
    if (this.status.textContent !== said) this.status.textContent = said;
  }

  /** Says which blocks the letter goes without. */
  showLeftOut(found: { place: number[]; message: string }[]): void {
    this.leftOut.hidden = !found.length;
    const items = found.map((one) => make("li", {}, `${say("block-number", { number: (one.place[0] ?? 0) + 1 })} ${one.message}`));
    this.leftOut.replaceChildren(make("p", {}, say("left-out")), make("ul", {}, ...items));
  }

  /** Lists what was found; *name* says where each is. */
  showFindings(findings: Finding[], acts: Acts, name: (one: Finding) => string): void {
    this.buttons.check.textContent = findings.length ? `${say("show-check")} ${findings.length}` : say("show-check");
    this.buttons.check.classList.toggle("has-blocking", findings.some(isBlocking));
    const groups = [findings.filter(isBlocking), findings.filter((one) => !isBlocking(one))];
    const parts = groups.flatMap((group, number) => {
      if (!group.length) return [];
      const items = group.map((one) => make("li", { class: `finding-item finding-${one.severity}` }, make("p", { class: "finding-where" }, name(one)), ...words(one), ...remedies(one, acts, false)));
      const heading = make("h2", {}, say(number ? "found-to-consider" : "found-blocking", { count: group.length }));
      return [heading, make("p", { class: "hint" }, say(number ? "why-to-consider" : "why-blocking")), make("ul", {}, ...items)];
    });
    this.list.replaceChildren(...(parts.length ? parts : [make("p", {}, say("nothing-found"))]));
  }

  private topicChoice(): HTMLElement[] {
    if (!page.topics.length) return [];
    const labels = page.topics.map((one) => {
      const tick = make("input", { type: "checkbox", value: one.slug });
      tick.addEventListener("change", this.changed);
      this.topics.push(tick);
      return make("label", { class: "option" }, tick, " ", make("span", {}, one.name));
    });
    return [make("details", {}, make("summary", {}, say("who-chose-topics")), make("div", { class: "options" }, ...labels))];
  }
}

function choice(name: string, among: { slug: string; name: string }[]): { element: HTMLElement; select: HTMLSelectElement } {
  const id = newId();
  const select = make("select", { id }, ...among.map((one) => make("option", { value: one.slug }, one.name)));
  return { element: make("div", { class: "preview-choice" }, make("label", { for: id }, say(name)), select), select };
}

function readKept(): Shown {
  try {
    const kept = localStorage.getItem(KEPT);
    return kept === "edit" || kept === "check" ? kept : "preview";
  } catch {
    return "preview";
  }
}

function keepShown(shown: Shown): void {
  try {
    localStorage.setItem(KEPT, shown);
  } catch {
    // It opens as usual next time.
  }
}
