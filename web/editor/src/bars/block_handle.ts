// The handle left of the block under the pointer: drags it, or selects it when pressed. For pointers; keys have Alt+↑/↓.
import type { Editor } from "@tiptap/core";
import { NodeSelection } from "@tiptap/pm/state";

import { topBlock } from "../blocks/block_commands";
import { make } from "../page/elements";
import { icon } from "../page/icons";
import { say } from "../page/page_data";

export function blockHandle(editor: Editor, holder: HTMLElement): void {
  const handle = make("div", { class: "block-handle", draggable: "true", title: say("drag"), hidden: true, "aria-hidden": "true" }, icon("drag")!);
  let at = -1;
  const select = () => {
    if (!editor.state.doc.nodeAt(at)) return null;
    editor.view.dispatch(editor.state.tr.setSelection(NodeSelection.create(editor.state.doc, at)));
    return editor.state.selection as NodeSelection;
  };
  holder.addEventListener("pointermove", (event) => {
    if (event.pointerType !== "mouse" || handle.contains(event.target as Node)) return;
    const box = editor.view.dom.getBoundingClientRect();
    const found = editor.view.posAtCoords({ left: box.left + box.width / 2, top: event.clientY });
    const block = found && topBlock(editor.state, found.inside >= 0 ? found.inside : found.pos);
    const dom = block && editor.view.nodeDOM(block.at);
    if (!block || !(dom instanceof HTMLElement)) return;
    at = block.at;
    handle.hidden = false;
    handle.style.top = `${dom.getBoundingClientRect().top - holder.getBoundingClientRect().top}px`;
  });
  holder.addEventListener("pointerleave", () => (handle.hidden = true));
  handle.addEventListener("click", () => {
    if (select()) editor.view.focus();
  });
  handle.addEventListener("dragstart", (event) => {
    const selection = select();
    if (!selection || !event.dataTransfer) return event.preventDefault();
    const { dom } = editor.view.serializeForClipboard(selection.content());
    event.dataTransfer.clearData();
    event.dataTransfer.setData("text/html", dom.innerHTML);
    event.dataTransfer.effectAllowed = "copyMove";
    const shown = editor.view.nodeDOM(at);
    if (shown instanceof HTMLElement) event.dataTransfer.setDragImage(shown, 0, 0);
    (editor.view as any).dragging = { slice: selection.content(), move: true, node: selection };
  });
  handle.addEventListener("dragend", () => ((editor.view as any).dragging = null));
  holder.append(handle);
}
