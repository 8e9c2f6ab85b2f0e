// What stands beside the text while it is written: puts the pane, the letter and the findings together.
import type { Editor } from "@tiptap/core";
import type { Node } from "@tiptap/pm/model";

import { select, topBlock } from "../blocks/block_commands";
import { kindName } from "../blocks/block_kinds";
import { openForm } from "../forms/block_form";
import { announce } from "../page/elements";
import { page, say } from "../page/page_data";
import { positionOf } from "../page/problems";
import { Asking, CHECK_PAUSE, PREVIEW_PAUSE, type Question, type Trouble } from "./asking";
import { showFindings } from "./block_findings";
import type { Acts, Finding } from "./finding";
import { LetterFrame } from "./frame";
import { mendBlock, mendField } from "./mend";
import { Pane } from "./pane";

export class Beside {
  private readonly frame = new LetterFrame((block) => this.goTo(block));
  private readonly pane: Pane;
  private readonly asking: Asking;
  private readonly acts: Acts = { goTo: (one) => this.goToFinding(one), mend: (one) => this.mend(one) };
  private last = -1;
  private late: (() => void) | null = null;

  constructor(private readonly editor: Editor, private readonly form: HTMLFormElement) {
    const preview: Question = {
      pause: PREVIEW_PAUSE,
      address: page.addresses.preview,
      body: () => (this.pane.shown === "preview" ? { ...this.written(), ...this.pane.options } : null),
      take: (said) => {
        this.frame.show(said.html, said.places);
        this.pane.showLeftOut(said.problems);
        this.pane.tell("");
      },
      fail: (trouble, words) => this.tell(trouble, words),
    };
    const check: Question = {
      pause: CHECK_PAUSE,
      address: page.addresses.findings,
      body: () => this.written(),
      take: (said) => this.found(said.findings),
      fail: (trouble, words) => this.tell(trouble, words),
    };
    // The pane asks for a letter as soon as it is made.
    let ask = (): void => {};
    this.pane = new Pane(form, this.frame.element, () => ask());
    this.asking = new Asking([preview, check]);
    ask = () => this.asking.now(preview);
    form.addEventListener("input", () => this.asking.changed());
    form.addEventListener("change", () => this.asking.changed());
    editor.on("transaction", ({ transaction }) => transaction.docChanged && this.asking.changed());
    editor.on("selectionUpdate", () => this.follow());
    editor.view.dom.addEventListener("compositionend", () => setTimeout(() => this.showLate(), 100));
    this.asking.now(preview);
    this.asking.now(check);
  }

  private written(): Record<string, unknown> {
    const fields = Object.fromEntries([...new FormData(this.form)].map(([name, value]) => [name, String(value)]));
    return { document: this.editor.getJSON(), fields };
  }

  private tell(trouble: Trouble, words?: string): void {
    this.pane.tell(words ?? say(trouble === "no-connection" ? "preview-no-connection" : trouble));
  }

  /** The letter goes along with the block in which the cursor is. */
  private follow(): void {
    const block = this.editor.state.doc.resolve(this.editor.state.selection.from).index(0);
    if (block !== this.last && this.pane.shown === "preview") this.frame.reveal(block);
    this.last = block;
  }

  private goTo(block: number): void {
    this.pane.makeRoom();
    this.last = block;
    const { state, view } = this.editor;
    if (block >= state.doc.childCount) return;
    const at = positionOf(this.editor, [block]);
    const tr = state.tr;
    select(tr, at);
    view.dispatch(tr.scrollIntoView());
    view.focus();
    const shown = view.nodeDOM(at);
    if (shown instanceof HTMLElement) shown.scrollIntoView({ block: "nearest" });
  }

  private goToFinding(one: Finding): void {
    if (one.place === null) {
      this.pane.makeRoom();
      return void this.field(one.field)?.focus();
    }
    this.goTo(one.place);
    const at = one.form ? this.lacking(one.place, one.form) : -1;
    if (at < 0) return;
    openForm(this.editor, at);
    document.querySelector<HTMLElement>(`dialog[open] [data-field="${one.form}"]`)?.focus();
  }

  /** Where in a block something lacks what its form asks for; the first that has such a field where nothing lacks it. */
  private lacking(block: number, name: string): number {
    const at = positionOf(this.editor, [block]);
    const top = this.editor.state.doc.nodeAt(at);
    const having: { at: number; node: Node }[] = [];
    if (top && name in top.attrs) having.push({ at, node: top });
    top?.descendants((node, offset) => void (name in node.attrs && having.push({ at: at + 1 + offset, node })));
    return (having.find(({ node }) => !String(node.attrs[name] ?? "").trim()) ?? having[0])?.at ?? -1;
  }

  private mend(one: Finding): void {
    if (one.place === null) {
      const field = this.field(one.field);
      this.pane.makeRoom();
      if (field) mendField(field, one.mends);
      return announce(say("mended"));
    }
    if (mendBlock(this.editor, one.place, one.mends)) return announce(say("mended"));
    this.goTo(one.place);
    announce(say("not-mended"));
  }

  private field(name: string): HTMLInputElement | null {
    const found = this.form.elements.namedItem(name);
    return found instanceof HTMLInputElement ? found : null;
  }

  /** An IME that is at work must not be disturbed: what was found is shown when it has done. */
  private found(findings: Finding[]): void {
    this.late = () => {
      showFindings(this.editor, findings, this.acts);
      this.pane.showFindings(findings, this.acts, (one) => this.whereabouts(one));
    };
    this.showLate();
  }

  private showLate(): void {
    if (this.editor.view.composing) return;
    this.late?.();
    this.late = null;
  }

  private whereabouts(one: Finding): string {
    if (one.place === null) return one.where;
    const block = topBlock(this.editor.state, positionOf(this.editor, [one.place]));
    return say("block-and-kind", { number: one.place + 1, kind: block ? kindName(block.node.type.name) : "" });
  }
}
