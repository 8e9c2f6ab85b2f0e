// What is not saved yet, kept in this browser: a crash, a lost line or a session that ended takes nothing along.
import type { JSONContent } from "@tiptap/core";

import { page } from "./page_data";

export interface Kept {
  at: number; // milliseconds since 1970
  version: number;
  step: number;
  document: JSONContent;
  fields: Record<string, string>;
}

/** A name that no other tab has, for this one. */
export const TAB = newTab();

// What one person wrote is offered to nobody else who uses this browser.
const NAMES = `kairan-${page.key}-${page.member}-`;

export function newTab(): string {
  return [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function readKept(tab: string): Kept | null {
  try {
    const found = JSON.parse(localStorage.getItem(NAMES + tab) ?? "null");
    return found && typeof found.at === "number" && found.document ? found : null;
  } catch {
    return null;
  }
}

/** The other tabs of which something is kept here, the latest first. */
export function keptTabs(): string[] {
  try {
    const names = Object.keys(localStorage).filter((name) => name.startsWith(NAMES));
    const tabs = names.map((name) => name.slice(NAMES.length)).filter((tab) => tab !== TAB);
    return tabs.sort((one, other) => (readKept(other)?.at ?? 0) - (readKept(one)?.at ?? 0));
  } catch {
    return [];
  }
}

/** Keeps it; answers whether there was room. What is older and no longer true does not stay either. */
export function keep(kept: Kept, tab = TAB): boolean {
  try {
    localStorage.setItem(NAMES + tab, JSON.stringify(kept));
    return true;
  } catch {
    forget(tab);
    return false;
  }
}

export function forget(tab = TAB): void {
  try {
    localStorage.removeItem(NAMES + tab);
  } catch {
    // Nothing was kept where there is no room for it.
  }
}
