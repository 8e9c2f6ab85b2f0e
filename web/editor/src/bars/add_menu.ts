// The menu of the button “+”: a field to search in, and the kinds of blocks.
import type { Editor } from "@tiptap/core";

import { makeBlock } from "../forms/block_form";
import { make } from "../page/elements";
import { say } from "../page/page_data";
import { KindList } from "./kind_list";

/** Opens the menu under *opener*; what is chosen comes behind the present block, or at the end. */
export function openAddMenu(editor: Editor, opener: HTMLElement, atEnd = false): void {
  document.querySelector(".add-menu")?.remove();
  const input = make("input", { type: "text", role: "combobox", "aria-expanded": "true", "aria-autocomplete": "list", autocomplete: "off", placeholder: say("find-block"), "aria-label": say("find-block") });
  const menu = make("div", { class: "add-menu kind-menu", role: "dialog", "aria-label": say("add") });
  let open = true;
  const close = (back: boolean) => {
    if (!open) return;
    open = false;
    document.removeEventListener("pointerdown", outside, true);
    menu.remove();
    opener.setAttribute("aria-expanded", "false");
    if (back) opener.focus();
  };
  const outside = (event: Event) => menu.contains(event.target as Node) || close(false);
  const list = new KindList(input, (kind) => {
    close(false);
    makeBlock(editor, kind, atEnd);
  });
  input.setAttribute("aria-controls", list.element.id);
  menu.append(input, list.element, list.empty);
  input.addEventListener("input", () => list.show(input.value));
  menu.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close(true);
    else if (event.key === "Tab") return close(true);
    else if (!list.key(event)) return;
    event.preventDefault();
  });
  document.addEventListener("pointerdown", outside, true);
  document.body.append(menu);
  place(menu, opener.getBoundingClientRect());
  opener.setAttribute("aria-expanded", "true");
  list.show("");
  input.focus();
}

/** Puts a menu below something on the page, or above it where there is more room. */
export function place(menu: HTMLElement, around: { left: number; top: number; bottom: number }): void {
  const width = Math.min(336, innerWidth - 16);
  const below = innerHeight - around.bottom;
  const isBelow = below > 260 || below > around.top;
  menu.style.width = `${width}px`;
  menu.style.left = `${Math.max(8, Math.min(around.left, innerWidth - width - 8))}px`;
  menu.style.maxHeight = `${Math.max(160, Math.min(420, (isBelow ? below : around.top) - 16))}px`;
  menu.style.top = isBelow ? `${around.bottom + 4}px` : "auto";
  menu.style.bottom = isBelow ? "auto" : `${innerHeight - around.top + 4}px`;
}
