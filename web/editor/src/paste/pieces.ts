// What a clipboard's HTML says, as plain pieces: headlines, paragraphs, lists, tables, pictures. No look of it is left.
import { isHidden, plain, rowsOf, TooLong } from "./cells";
import { wordListItem, type ListLine } from "./word_lists";

export interface Run {
  text: string;
  bold: boolean;
  href: string;
}

export type Piece =
  | { kind: "heading"; level: 2 | 3; text: string }
  | { kind: "paragraph"; runs: Run[] }
  | List
  | { kind: "table"; rows: string[][] }
  | { kind: "picture"; address: string; alt: string };

export interface List {
  kind: "list";
  ordered: boolean;
  /** The number of its first item: others point at it by that. */
  start: number;
  items: ListItem[];
}

export interface ListItem {
  runs: Run[];
  inside: List[];
}

const NOTHING = new Set(["SCRIPT", "STYLE", "HEAD", "TITLE", "META", "LINK", "TEMPLATE", "IFRAME", "OBJECT", "EMBED", "SVG", "MATH", "NOSCRIPT", "INPUT", "BUTTON", "SELECT", "TEXTAREA", "AUDIO", "VIDEO", "CANVAS", "XML", "O:P", "V:SHAPE", "V:SHAPETYPE"]);
const BLOCKS = new Set(["P", "DIV", "SECTION", "ARTICLE", "MAIN", "HEADER", "FOOTER", "ASIDE", "NAV", "BLOCKQUOTE", "PRE", "FORM", "DL", "DT", "DD", "FIGURE", "FIGCAPTION", "ADDRESS", "CENTER", "HR", "BODY", "HTML", "DETAILS", "SUMMARY"]);
const GOOD_ADDRESS = /^(https?:\/\/|mailto:|tel:)/i;
/** Browsers take long for many of them, and nothing is in them. */
export const COMMENTS = /<!--[\s\S]*?-->/g;
const MOST_DEPTH = 1000;
// Elements that a page may leave open: the next one, or the end of what they stand in, closes them.
const OPEN_END = /^(?:p|li|t[rdh]|thead|tbody|tfoot|col|colgroup|d[td]|option|br|hr|img|meta|link|input|wbr|area|base|source|track|body|html|head)$/i;

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

const PLAIN: Look = { bold: false, href: "" };

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

/** *pieces* with lists joined that go on where the last one ends. */
export function joined(pieces: Piece[]): Piece[] {
  const found: Piece[] = [];
  for (const one of pieces) {
    const last = found[found.length - 1];
    const goesOn = last?.kind === "list" && one.kind === "list" && last.ordered === one.ordered && (!one.ordered || last.start + last.items.length === one.start);
    if (goesOn) found[found.length - 1] = { ...last, items: [...last.items, ...one.items] };
    else found.push(one);
  }
  return found;
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
    if (tag === "UL" || tag === "OL") return this.lists(element);
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
    this.pictures(element);
  }

  private pictures(element: Element): void {
    element.querySelectorAll("img").forEach((one) => this.picture(one));
  }

  /** A list, or several where its numbers leap or an item holds a table or a picture: these come behind their item. */
  private lists(element: Element): void {
    this.end();
    let lines: Line[] = [];
    for (const line of linesOf(element)) {
      lines.push(line);
      if (!line.held.length) continue;
      this.pieces.push(...grouped(lines, isOrdered(element)));
      lines = [];
      for (const held of line.held) {
        if (held instanceof HTMLTableElement) this.table(held, PLAIN);
        else this.picture(held);
      }
    }
    this.pieces.push(...grouped(lines, isOrdered(element)));
  }

  private picture(element: Element): void {
    const address = element.getAttribute("src") ?? "";
    this.end();
    if (address) this.pieces.push({ kind: "picture", address, alt: element.getAttribute("alt")?.trim() ?? "" });
  }

  private table(element: HTMLTableElement, look: Look): void {
    this.end();
    if (element.caption) {
      this.children(element.caption, look);
      this.end();
    }
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
    this.pictures(element);
  }

  private wordList(element: HTMLElement, line: ListLine): void {
    this.end();
    const item: ListItem = { runs: runsOf(element, line.marker), inside: [] };
    if (!item.runs.length) return this.pictures(element);
    const before = this.pieces[this.pieces.length - 1];
    let lists: Piece[] = this.pieces;
    let into = before?.kind === "list" ? before : null;
    for (let level = 1; level < line.level && into?.items.length; level += 1) {
      const deeper: List[] = into.items[into.items.length - 1]!.inside;
      lists = deeper;
      into = deeper[deeper.length - 1] ?? null;
    }
    const isOther = lists === this.pieces && this.wordListId !== line.list;
    if (!into || isOther || into.ordered !== line.ordered || (line.ordered && into.start + into.items.length !== line.number)) {
      if (lists === this.pieces) this.wordListId = line.list;
      into = { kind: "list", ordered: line.ordered, start: line.number, items: [] };
      lists.push(into);
    }
    into.items.push(item);
    this.pictures(element);
  }
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

/** An item of a list, its number, and the tables and pictures in it. */
interface Line {
  item: ListItem;
  number: number;
  held: Element[];
}

const isOrdered = (list: Element): boolean => list.tagName.toUpperCase() === "OL";

function linesOf(list: Element): Line[] {
  const lines: Line[] = [];
  let number = numberIn(list.getAttribute("start")) ?? 1;
  for (const child of list.children) {
    const tag = child.tagName.toUpperCase();
    if (tag === "LI") {
      number = numberIn(child.getAttribute("value")) ?? number;
      const isOwn = (one: Element) => !child.contains(one.parentElement!.closest("table"));
      const inside = [...child.querySelectorAll("ul, ol")].filter((one) => one.parentElement!.closest("ul, ol") === list && isOwn(one)).flatMap(listsOf);
      const held = [...child.querySelectorAll("table, img")].filter(isOwn);
      lines.push({ item: { runs: runsOf(child as HTMLElement), inside }, number, held });
      number += 1;
    } else if (tag === "UL" || tag === "OL") {
      // Word and browsers put a list that belongs to the item above beside it.
      const last = lines[lines.length - 1];
      if (last) last.item.inside.push(...listsOf(child));
      else lines.push(...linesOf(child));
    }
  }
  return lines;
}

function listsOf(list: Element): List[] {
  return grouped(linesOf(list), isOrdered(list));
}

/** Lists of lines that have words; one ends where its numbers leap. */
function grouped(lines: Line[], ordered: boolean): List[] {
  const lists: List[] = [];
  for (const { item, number } of lines) {
    if (!item.runs.length && !item.inside.length) continue;
    const last = lists[lists.length - 1];
    if (last && (!ordered || last.start + last.items.length === number)) last.items.push(item);
    else lists.push({ kind: "list", ordered, start: ordered ? number : 1, items: [item] });
  }
  return lists;
}

/** A number that an item may have; null where it has none of its own. */
function numberIn(value: string | null): number | null {
  return value && /^\s*\d{1,9}\s*$/.test(value) ? Number(value) : null;
}
