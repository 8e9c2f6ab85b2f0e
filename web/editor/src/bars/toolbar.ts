// The bar above the text: words, lists, undo; and what can be done to the block in which the cursor is.
import type { Editor } from "@tiptap/core";
import { redoDepth, undoDepth } from "@tiptap/pm/history";
import { NodeSelection } from "@tiptap/pm/state";
import { addColumnAfter, addRowAfter, deleteColumn, deleteRow, isInTable } from "@tiptap/pm/tables";

import { currentBlock, moveBlock, removeBlock } from "../blocks/block_commands";
import { kindName, kindOf } from "../blocks/block_kinds";
import { openCondition, openForm, openLink } from "../forms/block_form";
import { announce, button, make } from "../page/elements";
import { icon } from "../page/icons";
import { page, say } from "../page/page_data";
import { openAddMenu } from "./add_menu";

interface Tool {
  element: HTMLButtonElement;
  update: () => void;
}

/**
 * The bar of an editor.
 *
 * @param id of the text that it is for.
 * @param blocks whether the text has any, or words alone.
 */
export function toolbar(editor: Editor, id: string, blocks: boolean): { element: HTMLElement; update: () => void } {
  const tools: Tool[] = [];
  const tool = (name: string, sign: string, act: () => void, state: { on?: () => boolean; can?: () => boolean; seen?: () => boolean } = {}, keys = "") => {
    const words = say(name);
    const element = button("", act, { class: "tool", title: keys ? `${words} (${keys})` : words, "aria-label": sign === words ? null : words, "aria-pressed": state.on ? "false" : null, tabindex: "-1" });
    element.append(icon(name) ?? sign);
    // The cursor stays in the text.
    element.addEventListener("pointerdown", (event) => event.preventDefault());
    // It is asked at every key, and says only what is new.
    const set = (attribute: string, value: string | null) => {
      if (element.getAttribute(attribute) === value) return;
      if (value === null) element.removeAttribute(attribute);
      else element.setAttribute(attribute, value);
    };
    const update = () => {
      if (state.on) set("aria-pressed", String(state.on()));
      if (state.can) set("aria-disabled", state.can() ? null : "true");
      if (state.seen) set("hidden", state.seen() ? null : "");
    };
    tools.push({ element, update });
    return element;
  };
  const block = () => currentBlock(editor.state);
  const withBlock = (act: (at: number) => void) => () => {
    const found = block();
    if (found) act(found.at);
  };
  const inText = () => editor.state.selection.$from.parent.type.name === "paragraph" && !(editor.state.selection instanceof NodeSelection);
  const table = (command: any) => () => command(editor.state, editor.view.dispatch);
  const inTable = () => isInTable(editor.state);
  const name = make("span", { class: "tool-name", "aria-hidden": "true" });
  const adding = () => {
    const add = tool("add", `＋ ${say("add")}`, () => openAddMenu(editor, add));
    add.setAttribute("aria-haspopup", "dialog");
    add.setAttribute("aria-expanded", "false");
    add.removeAttribute("aria-label");
    add.classList.add("tool-add");
    return add;
  };
  const words = () => [
    tool("bold", "B", () => editor.chain().focus().toggleMark("bold").run(), { on: () => editor.isActive("bold"), can: inText }, "Ctrl+B"),
    tool("link", "", () => openLink(editor), { on: () => editor.isActive("link"), can: inText }, "Ctrl+K"),
    tool("bullets", "", () => editor.chain().focus().toggleList("bulletList", "listItem").run(), { on: () => editor.isActive("bulletList"), can: inText }),
    tool("numbers", "", () => editor.chain().focus().toggleList("orderedList", "listItem").run(), { on: () => editor.isActive("orderedList"), can: inText }),
  ];
  const steps = () => [
    tool("undo", "", () => editor.chain().focus().undo().run(), { can: () => undoDepth(editor.state) > 0 }, "Ctrl+Z"),
    tool("redo", "", () => editor.chain().focus().redo().run(), { can: () => redoDepth(editor.state) > 0 }, "Ctrl+Y"),
  ];
  const cells = () => [
    tool("row-below", say("row-below"), table(addRowAfter), { seen: inTable }),
    tool("column-right", say("column-right"), table(addColumnAfter), { seen: inTable }),
    tool("remove-row", say("remove-row"), table(deleteRow), { seen: inTable }),
    tool("remove-column", say("remove-column"), table(deleteColumn), { seen: inTable }),
  ];
  const ofBlock = () => [
    name,
    tool("move-up", "", () => moveBlock(editor, -1), {}, "Alt+↑"),
    tool("move-down", "", () => moveBlock(editor, 1), {}, "Alt+↓"),
    tool("change", say("change"), withBlock((at) => openForm(editor, at)), { seen: () => Boolean(kindOf(block()?.node.type.name ?? "")?.fields.length) }),
    tool("condition", say("condition"), withBlock((at) => openCondition(editor, at)), { on: () => Boolean(block()?.node.attrs.only), seen: () => page.kind === "issue" && "only" in (block()?.node.attrs ?? {}) }),
    tool("remove", say("remove"), () => removeBlock(editor), {}, "Ctrl+Shift+⌫"),
  ];
  const groups = blocks ? [[adding()], words(), steps(), cells(), ofBlock()] : [words(), steps()];
  const element = make("div", { role: "toolbar", class: "editor-tools", "aria-label": say(blocks ? "tools" : "recap-tools"), "aria-controls": id });
  element.append(...groups.map((group) => make("span", { class: "tool-group" }, ...group)));
  roving(element, tools);
  let last = "";
  const update = () => {
    for (const one of tools) one.update();
    const found = block();
    const words = found ? kindName(found.node.type.name) : "";
    if (words !== last) name.textContent = last = words;
  };
  return { element, update };
}

/** One stop of the Tab key for the whole bar; arrows go through it (ARIA toolbar). */
function roving(element: HTMLElement, tools: Tool[]): void {
  tools[0]?.element.setAttribute("tabindex", "0");
  element.addEventListener("focusin", (event) => {
    for (const one of tools) one.element.setAttribute("tabindex", one.element === event.target ? "0" : "-1");
  });
  element.addEventListener("keydown", (event) => {
    const shown = tools.map((one) => one.element).filter((one) => !one.hidden);
    const at = shown.indexOf(document.activeElement as HTMLButtonElement);
    const target = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: shown.length - 1 }[event.key];
    if (target === undefined) return;
    event.preventDefault();
    shown[(target + shown.length) % shown.length]?.focus();
  });
  element.addEventListener("click", (event) => {
    const pressed = (event.target as HTMLElement).closest("[aria-disabled]");
    if (!pressed) return;
    event.stopImmediatePropagation();
    announce(say("not-here"));
  }, true);
}
