// What the server puts on the page for the editor, and its words in the reader's language.
import type { JSONContent } from "@tiptap/core";

export interface Choice {
  slug: string;
  name: string;
}

export interface Picture {
  address: string;
  name: string;
}

export interface PageData {
  /** What is written on the page. */
  kind: "issue" | "article";
  /** A name for it under which the browser keeps what is not saved. */
  key: string;
  member: number;
  version: number;
  language: string;
  document: JSONContent;
  words: Record<string, string>;
  audiences: Choice[];
  topics: Choice[];
  articles: Record<string, string>;
  pictures: Record<string, string>;
  modes: Choice[];
  addresses: { save: string; copy: string; articles: string; pictures: string; page: string; preview: string; previewFrame: string; findings: string };
  csrf: string;
  /** Of an article's form: its texts, those that are saved now where they are newer, and its own name. */
  documents: Record<string, JSONContent | null>;
  theirs: Record<string, JSONContent | null>;
  slug: string;
  /** Tabs whose texts the page shows. */
  tabs: string[];
}

function read(): PageData {
  const found = document.getElementById("editor-data");
  return JSON.parse(found?.textContent || "{}");
}

export const page: PageData = read();

/** The words called *name*, with `{key}` filled from *values*. */
export function say(name: string, values: Record<string, string | number> = {}): string {
  const words = page.words[name] ?? name;
  return words.replace(/\{(\w+)\}/g, (_all, key: string) => String(values[key] ?? ""));
}

export function titleOf(slug: string): string {
  return page.articles[slug] || slug;
}

export function nameOf(choices: Choice[], slug: string): string {
  return choices.find((one) => one.slug === slug)?.name ?? slug;
}
