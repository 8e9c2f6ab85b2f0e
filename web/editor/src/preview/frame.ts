// The frame in which the letter is shown. It is a page of its own whose policy lets nothing run; what is shown is put
// into it piece by piece, so that it neither flickers nor loses the place where somebody reads.
import { make } from "../page/elements";
import { page, say } from "../page/page_data";

const MARK = "data-block";

export class LetterFrame {
  readonly element = make("iframe", { class: "letter preview-letter", title: say("preview-letter"), sandbox: "allow-same-origin", src: page.addresses.previewFrame });
  private places: number[] = [];
  private latest = "";
  private ready = false;

  /** *chosen* is told in which block of the text somebody has pressed. */
  constructor(private readonly chosen: (block: number) => void) {
    this.element.addEventListener("load", () => {
      this.ready = true;
      this.inside()?.addEventListener("click", (event) => this.pressed(event));
      if (this.latest) this.put(this.latest);
    });
  }

  show(html: string, places: number[]): void {
    this.places = places;
    this.latest = html;
    if (this.ready) this.put(html);
  }

  /** Brings a block of the text into view, if the letter has it and it is out of sight. */
  reveal(block: number): void {
    const target = this.marked()[this.places.indexOf(block)];
    const view = this.element.contentWindow;
    if (!target || !view) return;
    const { top } = target.getBoundingClientRect();
    if (top < 0 || top > view.innerHeight - 80) view.scrollBy({ top: top - 24 });
  }

  private inside(): Document | null {
    return this.element.contentDocument;
  }

  private marked(): Element[] {
    return [...(this.inside()?.querySelectorAll(`[${MARK}]`) ?? [])];
  }

  private put(html: string): void {
    const inside = this.inside();
    const view = this.element.contentWindow as (Window & typeof globalThis) | null;
    if (!inside || !view) return;
    // The parser of the frame: what it reads is under the frame's policy from the start, and not under this page's.
    const next = new view.DOMParser().parseFromString(html, "text/html");
    // Links lead nowhere from here: a new window is what the sandbox never opens.
    next.head.append(Object.assign(next.createElement("base"), { target: "_blank" }));
    become(inside.documentElement, next.documentElement);
  }

  private pressed(event: Event): void {
    event.preventDefault();
    const target = event.target as Node;
    const at = this.marked().reduce((found, one, number) => (one.contains(target) || one.compareDocumentPosition(target) & Node.DOCUMENT_POSITION_FOLLOWING ? number : found), -1);
    const block = this.places[at];
    if (block !== undefined) this.chosen(block);
  }
}

/** Makes *now* what *next* is, and leaves everything in it alone that is so already. */
function become(now: ChildNode, next: ChildNode): void {
  if (now.isEqualNode(next)) return;
  if (now.nodeName !== next.nodeName || now.nodeType !== Node.ELEMENT_NODE) return now.replaceWith(now.ownerDocument!.adoptNode(next));
  const [old, wanted] = [now as Element, next as Element];
  for (const name of old.getAttributeNames()) if (!wanted.hasAttribute(name)) old.removeAttribute(name);
  for (const name of wanted.getAttributeNames()) if (old.getAttribute(name) !== wanted.getAttribute(name)) old.setAttribute(name, wanted.getAttribute(name)!);
  const [before, after] = [[...old.childNodes], [...wanted.childNodes]];
  while (before.length && after.length && before[0]!.isEqualNode(after[0]!)) [before.shift(), after.shift()];
  let behind: ChildNode | null = null;
  while (before.length && after.length && before[before.length - 1]!.isEqualNode(after[after.length - 1]!)) [behind = before.pop()!, after.pop()];
  if (before.length === after.length) return before.forEach((one, number) => become(one, after[number]!));
  for (const one of before) one.remove();
  for (const one of after) old.insertBefore(old.ownerDocument.adoptNode(one), behind);
}
