// The menu of “/”: typed at the beginning of a line or behind a blank, it lists the kinds of blocks; what follows filters.
import { Extension, type Editor } from "@tiptap/core";
import { Plugin, PluginKey, type EditorState } from "@tiptap/pm/state";

import { makeBlock } from "../forms/block_form";
import { make } from "../page/elements";
import { place } from "./add_menu";
import { KindList } from "./kind_list";

const TYPED = /(?:^|[\s\u3000])([/／]([^\s/／\u3000]{0,12}))$/;

interface Slash {
  from: number;
  to: number;
  words: string;
}

function slashIn(state: EditorState): Slash | null {
  const { $from, empty } = state.selection;
  if (!empty || $from.parent.type.name !== "paragraph") return null;
  const before = $from.parent.textBetween(Math.max(0, $from.parentOffset - 30), $from.parentOffset, "\n", "\n");
  const found = TYPED.exec(before);
  return found ? { from: $from.pos - found[1]!.length, to: $from.pos, words: found[2]! } : null;
}

class SlashMenu {
  private slash: Slash | null = null;
  private left = -1; // where the menu was left: it stays away until another slash is typed
  private readonly menu = make("div", { class: "kind-menu slash-menu", hidden: true });
  private readonly list: KindList;

  constructor(private readonly editor: Editor) {
    this.list = new KindList(editor.view.dom, (kind) => {
      const { slash } = this;
      this.close();
      if (slash) editor.view.dispatch(editor.state.tr.delete(slash.from, slash.to));
      makeBlock(editor, kind);
    });
    this.list.element.tabIndex = 0; // what scrolls can be reached; keys go to the text, where the cursor stays
    this.menu.addEventListener("mousedown", (event) => event.preventDefault());
    this.menu.append(this.list.element);
    (editor.view.dom.closest("main") ?? document.body).append(this.menu);
  }

  update(changed: boolean): void {
    const slash = this.editor.view.hasFocus() ? slashIn(this.editor.state) : null;
    if (!slash) this.left = -1;
    // Only typing opens it: going back to an old slash with the arrows does not.
    if (!slash || slash.from === this.left || (!this.slash && !changed) || !this.list.show(slash.words)) return this.close();
    this.slash = slash;
    this.menu.hidden = false;
    this.editor.view.dom.setAttribute("aria-controls", this.list.element.id);
    place(this.menu, this.editor.view.coordsAtPos(slash.from));
  }

  key(event: KeyboardEvent): boolean {
    if (!this.slash || event.isComposing || event.keyCode === 229) return false;
    if (event.key === "Escape") {
      this.left = this.slash.from;
      this.close();
      return true;
    }
    return !["Home", "End"].includes(event.key) && this.list.key(event);
  }

  close(): void {
    this.slash = null;
    this.menu.hidden = true;
    this.editor.view.dom.removeAttribute("aria-controls");
    this.editor.view.dom.removeAttribute("aria-activedescendant");
  }

  destroy(): void {
    this.menu.remove();
  }
}

export const Slash = Extension.create({
  name: "slash",
  priority: 3000,
  addProseMirrorPlugins() {
    let menu: SlashMenu | null = null;
    const { editor } = this;
    return [
      new Plugin({
        key: new PluginKey("slash"),
        props: {
          handleKeyDown: (_view, event) => menu?.key(event) ?? false,
          handleDOMEvents: { blur: () => (menu?.close(), false) },
        },
        view: () => ({
          update: (_view, before) => {
            menu ??= new SlashMenu(editor);
            menu.update(!before.doc.eq(editor.state.doc));
          },
          destroy: () => menu?.destroy(),
        }),
      }),
    ];
  },
});
