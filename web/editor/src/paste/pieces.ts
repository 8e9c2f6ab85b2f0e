// What a clipboard's HTML says, as plain pieces: headlines, paragraphs, lists, tables, pictures. No look of it is left.
import { wordListItem, type ListLine } from "./word_lists";

export interface Run {
  text: string;
  bold: boolean;
  href: string;
}

export type Piece =
  | { kind: "heading"; level: 2 | 3; text: string }
  | { kind: "paragraph"; runs: Run[] }
  | { kind: "list"; ordered: boolean; items: ListItem[] }
  | { kind: "table"; rows: string[][] }
  | { kind: "picture"; address: string; alt: string };

export interface ListItem {
  runs: Run[];
  inside: Extract<Piece, { kind: "list" }>[];
}

const NOTHING = new Set(["SCRIPT", "STYLE", "HEAD", "TITLE", "META", "LINK", "TEMPLATE", "IFRAME", "OBJECT", "EMBED", "SVG", "MATH", "NOSCRIPT", "FORM", "INPUT", "BUTTON", "SELECT", "TEXTAREA", "AUDIO", "VIDEO", "CANVAS", "XML", "O:P", "V:SHAPE", "V:SHAPETYPE"]);
const BLOCKS = new Set(["P", "DIV", "SECTION", "ARTICLE", "MAIN", "HEADER", "FOOTER", "ASIDE", "NAV", "BLOCKQUOTE", "PRE", "DL", "DT", "DD", "FIGURE", "FIGCAPTION", "ADDRESS", "CENTER", "HR", "BODY", "HTML", "DETAILS", "SUMMARY"]);
const GOOD_ADDRESS = /^(https?:\/\/|mailto:|tel:)/i;
/** Browsers take long for many of them, and nothing is in them. */
export const COMMENTS = /<!--[\s\S]*?-->/g;
const MOST_CELLS = 5000;
const MOST_DEPTH = 1000;
// Elements that a page may leave open: the next one, or the end of what they stand in, closes them.
const OPEN_END = /^(?:p|li|t[rdh]|thead|tbody|tfoot|col|colgroup|d[td]|option|br|hr|img|meta|link|input|wbr|area|base|source|track|body|html|head)$/i;

/** A text that is longer than anything may be that is pasted at once. */
export class TooLong extends Error {}

/**
 * Whether elements stand so deep in each other that a browser's parser would take minutes for them.
 * No program writes such a page; an attacker might.
 */
export function isTooDeep(html: string): boolean {
  let depth = 0;
  for (const tag of html.matchAll(/<(\/?)([a-z][\w:-]*)/gi)) {
    if (OPEN_END.test(tag[2]!)) continue;
    depth = tag[1] ? Math.max(0, depth - 1) : depth + 1;
    if (depth > MOST_DEPTH) return true;
  }
  return false;
}

interface Look {
  bold: boolean;
  href: string;
}

/**
 * The pieces of a clipboard's HTML. The document that it is read into is inert: nothing in it runs or is fetched.
 *
 * @param most how many signs there may be; one more raises TooLong.
 */
export function piecesOf(html: string, most: number): Piece[] {
  if (isTooDeep(html)) throw new TooLong();
  const parsed = new DOMParser().parseFromString(html.replace(COMMENTS, ""), "text/html");
  const reader = new Reader(most);
  reader.children(parsed.body, { bold: false, href: "" });
  reader.end();
  return reader.pieces;
}

class Reader {
  readonly pieces: Piece[] = [];
  private runs: Run[] = [];
  private wordListId = "";

  constructor(private left = Infinity) {}

  children(node: Node, look: Look): void {
    node.childNodes.forEach((child) => this.node(child, look));
  }

  private node(node: Node, look: Look): void {
    if (node.nodeType === Node.TEXT_NODE) return this.text(node.textContent ?? "", look, isPreformatted(node.parentElement));
    if (!(node instanceof Element) && node.nodeType !== Node.ELEMENT_NODE) return;
    const element = node as HTMLElement;
    const tag = element.tagName.toUpperCase();
    if (NOTHING.has(tag) || tag.startsWith("W:") || isHidden(element)) return;
    if (tag === "BR") return this.break();
    if (tag === "IMG") return this.picture(element);
    if (tag === "TABLE") return this.table(element as HTMLTableElement, look);
    if (tag === "UL" || tag === "OL") {
      this.end();
      const list = listOf(element);
      if (list.items.length) this.pieces.push(list);
      return;
    }
    if (/^H[1-6]$/.test(tag)) return this.heading(element, tag === "H1" || tag === "H2" ? 2 : 3);
    const listed = wordListItem(element);
    if (listed) return this.wordList(element, listed);
    if (BLOCKS.has(tag)) {
      this.end();
      this.children(element, look);
      return this.end();
    }
    this.children(element, lookOf(element, look));
  }

  private text(words: string, look: Look, preformatted: boolean): void {
    this.left -= words.trim().length;
    if (this.left < 0) throw new TooLong();
    if (preformatted) {
      words.split(/\r?\n/).forEach((line, at) => {
        if (at) this.break();
        if (line) this.runs.push({ text: line, ...look });
      });
      return;
    }
    // Ends of lines in the source are blanks, and none between two signs of Japanese.
    const tidy = words.replace(/([^\x00-\u024f])[ \t]*[\r\n]+[ \t]*(?=[^\x00-\u024f])/g, "$1").replace(/[ \t\r\n]+/g, " ").replace(/\u00a0/g, " ");
    if (tidy && (tidy !== " " || this.runs.length)) this.runs.push({ text: tidy, ...look });
  }

  private break(): void {
    if (this.runs.length) this.runs.push({ text: "\n", bold: false, href: "" });
  }

  end(): void {
    const runs = tidied(this.runs);
    this.runs = [];
    if (runs.length) this.pieces.push({ kind: "paragraph", runs });
  }

  private heading(element: Element, level: 2 | 3): void {
    this.end();
    const text = plain(element);
    if (text) this.pieces.push({ kind: "heading", level, text });
  }

  private picture(element: Element): void {
    const address = element.getAttribute("src") ?? "";
    this.end();
    if (address) this.pieces.push({ kind: "picture", address, alt: element.getAttribute("alt")?.trim() ?? "" });
  }

  private table(element: HTMLTableElement, look: Look): void {
    this.end();
    const rows = rowsOf(element);
    const isLayout = element.querySelector("table") || rows.length < 2 || (rows[0]?.length ?? 0) < 2;
    if (isLayout) {
      // A table of one row or column is a way to place things, not a table.
      const cells = [...element.querySelectorAll<HTMLElement>("td, th")].filter((cell) => cell.closest("table") === element);
      for (const cell of cells) {
        this.children(cell, look);
        this.end();
      }
      return;
    }
    this.pieces.push({ kind: "table", rows });
    element.querySelectorAll("img").forEach((one) => this.picture(one));
  }

  private wordList(element: HTMLElement, line: ListLine): void {
    this.end();
    const item: ListItem = { runs: runsOf(element, line.marker), inside: [] };
    if (!item.runs.length) return;
    let list = this.pieces[this.pieces.length - 1];
    if (list?.kind !== "list" || (line.level === 1 && (list.ordered !== line.ordered || this.wordListId !== line.list))) {
      this.wordListId = line.list;
      list = { kind: "list", ordered: line.ordered, items: [] };
      this.pieces.push(list);
    }
    let into = list;
    for (let level = 1; level < line.level && into.items.length; level += 1) {
      const last = into.items[into.items.length - 1]!;
      const deeper: Extract<Piece, { kind: "list" }> = last.inside[last.inside.length - 1] ?? { kind: "list", ordered: line.ordered, items: [] };
      if (!last.inside.length) last.inside.push(deeper);
      into = deeper;
    }
    into.items.push(item);
  }
}

function isHidden(element: HTMLElement): boolean {
  const style = element.getAttribute("style") ?? "";
  return /display\s*:\s*none|mso-hide\s*:\s*all|visibility\s*:\s*hidden/i.test(style) || element.hasAttribute("hidden");
}

function isPreformatted(element: Element | null): boolean {
  return Boolean(element?.closest("pre"));
}

function lookOf(element: HTMLElement, look: Look): Look {
  const tag = element.tagName.toUpperCase();
  const weight = /font-weight\s*:\s*(bold|[6-9]00|normal|[1-5]00)/i.exec(element.getAttribute("style") ?? "")?.[1];
  const bold = weight ? /bold|[6-9]00/i.test(weight) : tag === "B" || tag === "STRONG" || look.bold;
  const href = tag === "A" ? (element.getAttribute("href") ?? "").trim() : "";
  return { bold, href: GOOD_ADDRESS.test(href) ? href : look.href };
}

/** Runs of one paragraph: blanks at its edges gone, neighbours of one look joined. */
function tidied(runs: Run[]): Run[] {
  const joined: Run[] = [];
  for (const run of runs) {
    const last = joined[joined.length - 1];
    if (last && last.bold === run.bold && last.href === run.href && run.text !== "\n" && last.text !== "\n") last.text += run.text;
    else joined.push({ ...run });
  }
  for (const run of joined) if (run.text !== "\n") run.text = run.text.replace(/ {2,}/g, " ");
  while (joined.length && !joined[0]!.text.trim() && joined[0]!.text !== "\u3000") joined.shift();
  while (joined.length && !joined[joined.length - 1]!.text.trim()) joined.pop();
  if (joined[0]) joined[0].text = joined[0].text.replace(/^[ \t]+/, "");
  const last = joined[joined.length - 1];
  if (last) last.text = last.text.replace(/[ \t]+$/, "");
  return joined.filter((run) => run.text);
}

function plain(element: Element): string {
  const copy = element.cloneNode(true) as Element;
  copy.querySelectorAll("script, style").forEach((one) => one.remove());
  copy.querySelectorAll("br").forEach((one) => one.replaceWith(" "));
  return (copy.textContent ?? "").replace(/\s+/g, " ").replace(/([^\x00-\u024f]) (?=[^\x00-\u024f])/g, "$1").trim();
}

/** The words of an element that is one line, without *skipped*. */
function runsOf(element: HTMLElement, skipped: Element | null = null): Run[] {
  const reader = new Reader();
  const copy = element.cloneNode(true) as HTMLElement;
  if (skipped) {
    const path = [...element.querySelectorAll("*")].indexOf(skipped);
    copy.querySelectorAll("*")[path]?.remove();
  }
  copy.querySelectorAll("ul, ol, img, table").forEach((one) => one.remove());
  reader.children(copy, { bold: false, href: "" });
  reader.end();
  const found = reader.pieces.flatMap((piece, at) =>
    piece.kind === "paragraph" ? [...(at ? [{ text: "\n", bold: false, href: "" }] : []), ...piece.runs] : [],
  );
  return found;
}

function listOf(element: Element): Extract<Piece, { kind: "list" }> {
  const items: ListItem[] = [];
  for (const child of element.children) {
    const tag = child.tagName.toUpperCase();
    if (tag === "LI") {
      const inside = [...child.querySelectorAll("ul, ol")].filter((one) => one.parentElement?.closest("ul, ol") === element).map(listOf);
      const item = { runs: runsOf(child as HTMLElement), inside: inside.filter((one) => one.items.length) };
      if (item.runs.length || item.inside.length) items.push(item);
    } else if (tag === "UL" || tag === "OL") {
      // Word and browsers put a list that belongs to the item above beside it.
      const last = items[items.length - 1];
      const inner = listOf(child);
      if (last) last.inside.push(inner);
      else items.push(...inner.items);
    }
  }
  return { kind: "list", ordered: element.tagName.toUpperCase() === "OL", items };
}

/** The words of a table's cells; a cell over several columns or rows stands in the first, and leaves the others empty. */
function rowsOf(table: HTMLTableElement): string[][] {
  const rows: (string | undefined)[][] = [];
  let count = 0;
  [...table.rows].filter((row) => row.closest("table") === table && !isHidden(row)).forEach((row, y) => {
    let x = 0;
    rows[y] ??= [];
    for (const cell of row.cells) {
      while (rows[y]![x] !== undefined) x += 1;
      const wide = Math.max(1, Math.min(cell.colSpan, 50));
      const high = Math.max(1, Math.min(cell.rowSpan, 50, table.rows.length - y));
      for (let dy = 0; dy < high; dy += 1) {
        const into = (rows[y + dy] ??= []);
        for (let dx = 0; dx < wide; dx += 1) into[x + dx] = dy || dx ? "" : plain(cell);
      }
      x += wide;
      count += wide * high;
      if (count > MOST_CELLS) return;
    }
  });
  const width = Math.max(0, ...rows.map((row) => row.length));
  const whole = rows.map((row) => Array.from({ length: width }, (_one, x) => row[x] ?? ""));
  const used = whole.filter((row) => row.some(Boolean));
  const columns = Array.from({ length: width }, (_one, x) => x).filter((x) => used.some((row) => row[x]));
  return used.map((row) => columns.map((x) => row[x] ?? ""));
}
