// The list of kinds of blocks, as the menu of “+” and that of “/” show it.
import { findKinds, kindName, type Kind } from "../blocks/block_kinds";
import { make, newId } from "../page/elements";
import { say } from "../page/page_data";

export class KindList {
  readonly element = make("ul", { role: "listbox", id: newId(), class: "kind-list", "aria-label": say("blocks") });
  readonly empty = make("p", { class: "hint", hidden: true, role: "status" }, say("none-found"));
  private kinds: Kind[] = [];
  private active = 0;

  constructor(
    private readonly holder: HTMLElement,
    private readonly choose: (kind: Kind) => void,
  ) {}

  /** Shows the kinds that *words* find; answers how many. */
  show(words: string): number {
    this.kinds = findKinds(words);
    this.element.replaceChildren(
      ...this.kinds.map((kind) => {
        const option = make(
          "li",
          { role: "option", id: `${this.element.id}-${kind.name}`, "aria-selected": "false" },
          make("span", { class: "kind-sign", "aria-hidden": "true" }, kind.sign),
          make("span", {}, kindName(kind.name), make("small", {}, say(`about-${kind.name}`))),
        );
        option.addEventListener("pointerdown", (event) => event.preventDefault());
        option.addEventListener("click", () => this.choose(kind));
        return option;
      }),
    );
    this.empty.hidden = this.kinds.length > 0;
    this.mark(0);
    return this.kinds.length;
  }

  private mark(at: number): void {
    this.active = at;
    [...this.element.children].forEach((one, index) => one.setAttribute("aria-selected", String(index === at)));
    const option = this.element.children[at];
    if (!option) return this.holder.removeAttribute("aria-activedescendant");
    this.holder.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }

  /** Takes a key; answers whether it meant the list. */
  key(event: KeyboardEvent): boolean {
    if (event.isComposing || !this.kinds.length) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) this.mark((this.active + step + this.kinds.length) % this.kinds.length);
    else if (event.key === "Home") this.mark(0);
    else if (event.key === "End") this.mark(this.kinds.length - 1);
    else if (event.key === "Enter" || event.key === "Tab") this.choose(this.kinds[this.active]!);
    else return false;
    return true;
  }
}
