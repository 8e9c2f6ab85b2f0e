// What is not saved yet, kept in this browser: a crash, a lost line or a session that ended takes nothing along.
import type { JSONContent } from "@tiptap/core";

import { page } from "./page_data";

export interface Kept {
  at: number; // milliseconds since 1970
  revision: number;
  document: JSONContent;
  fields: Record<string, string>;
}

// What one person wrote is offered to nobody else who uses this browser.
const NAME = `kairan-issue-${page.issue}-${page.member}`;

export function readKept(): Kept | null {
  try {
    const found = JSON.parse(localStorage.getItem(NAME) ?? "null");
    return found && typeof found.at === "number" && found.document ? found : null;
  } catch {
    return null;
  }
}

/** Keeps it; answers whether there was room. */
export function keep(kept: Kept): boolean {
  try {
    localStorage.setItem(NAME, JSON.stringify(kept));
    return true;
  } catch {
    return false;
  }
}

export function forget(): void {
  try {
    localStorage.removeItem(NAME);
  } catch {
    // Nothing was kept where there is no room for it.
  }
}
