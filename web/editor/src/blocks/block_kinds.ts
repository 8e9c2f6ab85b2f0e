// The kinds of blocks that can be made: how each is found in the menu, how it begins, and the fields of its form.
import type { JSONContent } from "@tiptap/core";

import { page, say } from "../page/page_data";

export type FieldType =
  | "line" | "text" | "number" | "address" | "article" | "level" | "ordered" | "topics" | "products" | "picture" | "news_title";

export interface Field {
  name: string;
  type: FieldType;
  /** Whether the form wants it. */
  required?: boolean;
}

export interface Kind {
  name: string;
  /** Words by which it is found, beside its name: Japanese in kanji and kana, English. */
  keywords: string;
  sign: string;
  fields: Field[];
  make: () => JSONContent;
  /** Whether its form opens when it is made, as there is nothing to write in or something that it cannot be without. */
  asks?: boolean;
}

const paragraph = (): JSONContent[] => [{ type: "paragraph" }];
const line = (name: string, required = false): Field => ({ name, type: "line", required });

const ISSUE_KINDS: Kind[] = [
  { name: "prose", keywords: "文 文章 ぶんしょう 本文 段落 だんらく text paragraph prose", sign: "文", fields: [],
    make: () => ({ type: "prose", content: paragraph() }) },
  { name: "heading", keywords: "見出し みだし heading title h2", sign: "見", fields: [{ name: "level", type: "level" }],
    make: () => ({ type: "heading", attrs: { level: 2 } }) },
  { name: "subheading", keywords: "小見出し こみだし subheading h3", sign: "小", fields: [],
    make: () => ({ type: "heading", attrs: { level: 3 } }) },
  { name: "listing", keywords: "箇条書き かじょうがき リスト list bullet", sign: "・", fields: [{ name: "ordered", type: "ordered" }],
    make: () => ({ type: "listing", attrs: { ordered: false }, content: [{ type: "listingItem", content: paragraph() }] }) },
  { name: "numbered", keywords: "番号付き ばんごう リスト numbered list ordered", sign: "1.", fields: [],
    make: () => ({ type: "listing", attrs: { ordered: true }, content: [{ type: "listingItem", content: paragraph() }] }) },
  { name: "figure", keywords: "図 写真 画像 しゃしん がぞう ず picture figure image photo", sign: "図", asks: true,
    fields: [{ name: "image", type: "picture", required: true }, line("alt"), line("caption"), line("source"), { name: "source_address", type: "address" }],
    make: () => ({ type: "figure" }) },
  { name: "table", keywords: "表 ひょう table", sign: "表", fields: [line("caption"), line("source")], make: () => table(3, 3) },
  { name: "article", keywords: "記事 きじ article card", sign: "記", asks: true, fields: [{ name: "article", type: "article", required: true }],
    make: () => ({ type: "article", content: paragraph() }) },
  { name: "ranking", keywords: "順位 ランキング じゅんい ranking place", sign: "位", asks: true,
    fields: [{ name: "article", type: "article", required: true }, { name: "place", type: "number", required: true },
      { name: "news_title", type: "news_title" }, { name: "last_place", type: "number" }, { name: "readers", type: "number" }],
    make: () => ({ type: "ranking", content: [{ type: "recap", content: paragraph() }] }) },
  { name: "notice", keywords: "お知らせ 注意 おしらせ ちゅうい notice note", sign: "!", fields: [line("title")],
    make: () => ({ type: "notice", content: paragraph() }) },
  { name: "button", keywords: "ボタン button link", sign: "押", asks: true, fields: [line("text", true), { name: "address", type: "address", required: true }],
    make: () => ({ type: "button" }) },
  { name: "products", keywords: "関連 サービス 製品 せいひん products services", sign: "品", asks: true,
    fields: [line("title"), { name: "products", type: "products" }], make: () => ({ type: "products" }) },
  { name: "topics", keywords: "テーマ topics themes", sign: "#", asks: true,
    fields: [line("title"), line("lead"), { name: "topics", type: "topics" }], make: () => ({ type: "topics" }) },
  { name: "search", keywords: "検索 けんさく search archive", sign: "検", fields: [line("title")], make: () => ({ type: "search" }) },
  { name: "signup", keywords: "登録 購読 とうろく こうどく signup subscribe", sign: "登", fields: [line("title"), line("button")],
    make: () => ({ type: "signup", content: paragraph() }) },
];

const list = (type: string): JSONContent => ({ type: "prose", content: [{ type, content: [{ type: "listItem", content: paragraph() }] }] });

/** What an article's text has, where a list is part of a text and a table has nothing beside its cells. */
const ARTICLE_PARTS: Record<string, Partial<Kind>> = {
  prose: {}, heading: {}, subheading: {}, table: { fields: [] },
  listing: { fields: [], make: () => list("bulletList") }, numbered: { make: () => list("orderedList") },
};

export const KINDS: Kind[] =
  page.kind === "article"
    ? ISSUE_KINDS.flatMap((kind) => (ARTICLE_PARTS[kind.name] ? [{ ...kind, ...ARTICLE_PARTS[kind.name] }] : []))
    : ISSUE_KINDS;

/** A table of empty cells. */
export function table(columns: number, rows: number): JSONContent {
  return tableOf(Array.from({ length: rows }, () => Array.from({ length: columns }, () => "")));
}

/** A table of these words; the first row heads the columns. */
export function tableOf(rows: string[][]): JSONContent {
  return {
    type: "table",
    content: rows.map((cells, row) => ({
      type: "tableRow",
      content: cells.map((words) => ({
        type: row === 0 ? "tableHeader" : "tableCell",
        content: words ? [{ type: "text", text: words }] : [],
      })),
    })),
  };
}

export function kindOf(type: string): Kind | undefined {
  return KINDS.find((one) => one.name === type);
}

/** The name of the block in the reader's language. */
export function kindName(type: string): string {
  return say(`kind-${type}`);
}

/** Kinds whose name or keywords hold *words*, the best first. */
export function findKinds(words: string): Kind[] {
  const wanted = words.normalize("NFKC").toLowerCase().trim();
  if (!wanted) return KINDS;
  const rank = (kind: Kind): number => {
    const all = `${kindName(kind.name)} ${kind.keywords}`.normalize("NFKC").toLowerCase().split(/\s+/);
    if (all.some((one) => one.startsWith(wanted))) return 0;
    return all.some((one) => one.includes(wanted)) ? 1 : 2;
  };
  return KINDS.map((kind) => ({ kind, at: rank(kind) }))
    .filter(({ at }) => at < 2)
    .sort((one, other) => one.at - other.at)
    .map(({ kind }) => kind);
}
