// What the clipboard carries of a text of this editor: HTML for other programs, and in an attribute the blocks as they are.
import { Extension } from "@tiptap/core";
import { DOMSerializer, Fragment, Slice, type Node as ProseMirrorNode, type Schema } from "@tiptap/pm/model";
import { Plugin, PluginKey, TextSelection, type EditorState, type Selection } from "@tiptap/pm/state";
import { CellSelection } from "@tiptap/pm/tables";

import { blockAround } from "../blocks/block_commands";
import { make } from "../page/elements";
import { page } from "../page/page_data";
import { isForAll, isOnly, type Only } from "../schema/block_attributes";
import { TooLong } from "./cells";
import { arrival } from "./coming_pictures";
import { COMMENTS, isTooDeep } from "./pieces";
import { closed } from "./placing";

const CARRIER = "data-kairan-blocks";
const MOST_JSON = 4_000_000; // 500 blocks take one million
const MOST_DEPTH = 100;
const MAILABLE = /^(https?:\/\/|mailto:|tel:)/i;

/** A part of a text as it was copied. */
export interface Copied {
  /** Null where this text has no place for it. */
  slice: Slice | null;
  /** For whom it is meant by the blocks around it. */
  within: Only | null;
  /** Whether any of it was not for everybody. */
  hasConditions: boolean;
}

interface Carried {
  page: string;
  /** Where articles are found that the blocks name: another newsletter's are others. */
  articles: string;
  slice: unknown;
  within: Only | null;
  titles: Record<string, string>;
  pictures: Record<string, string>;
}

/** Puts blocks on the clipboard. */
export const CopyBlocks = Extension.create({
  name: "copyBlocks",
  addProseMirrorPlugins() {
    const serializer = new Serializer(this.editor.schema);
    return [
      new Plugin({
        key: new PluginKey("copyBlocks"),
        props: {
          transformCopied: (slice, view) => serializer.begin(wholeOf(slice, view.state), conditionAround(view.state.selection)),
          clipboardSerializer: serializer,
        },
      }),
    ];
  },
});

/** The condition of the innermost block with one that all of a selection stands in. */
export function conditionAround({ $from, $to }: Selection): Only | null {
  for (let depth = $from.sharedDepth($to.pos); depth > 0; depth -= 1) {
    const only = $from.node(depth).attrs.only as Only | null | undefined;
    if (only && !isForAll(only)) return only;
  }
  return null;
}

/** What is meant by a selection: cells stand in their table, and all words of a block that is not for everybody are the block. */
function wholeOf(slice: Slice, { selection }: EditorState): Slice {
  if (selection instanceof CellSelection && slice.content.firstChild?.type.name === "tableRow") {
    return new Slice(Fragment.from(selection.$anchorCell.node(-1).copy(slice.content)), 2, 2);
  }
  const block = selection instanceof TextSelection ? blockAround(selection.$from) : null;
  if (!block || isForAll(block.node.attrs.only)) return slice;
  const { $from, $to } = selection;
  const isWhole = $from.parentOffset === 0 && $to.parentOffset === $to.parent.content.size
    && $from.parent === firstText(block.node) && $to.parent === lastText(block.node);
  return isWhole ? new Slice(Fragment.from(block.node), 0, 0) : slice;
}

function firstText(node: ProseMirrorNode): ProseMirrorNode | null {
  return node.isTextblock || !node.firstChild ? node : firstText(node.firstChild);
}

function lastText(node: ProseMirrorNode): ProseMirrorNode | null {
  return node.isTextblock || !node.lastChild ? node : lastText(node.lastChild);
}

class Serializer extends DOMSerializer {
  private slice = Slice.empty;
  private within: Only | null = null;

  constructor(schema: Schema) {
    super(DOMSerializer.nodesFromSchema(schema), DOMSerializer.marksFromSchema(schema));
  }

  /** Told of each copy before its content, of which ProseMirror shows the innermost part alone. */
  begin(slice: Slice, within: Only | null): Slice {
    this.slice = slice;
    this.within = within;
    return slice;
  }

  override serializeFragment(fragment: Fragment, options: { document?: Document } = {}, target?: HTMLElement | DocumentFragment) {
    if (target) return super.serializeFragment(fragment, options, target);
    const carrier = make("div", { [CARRIER]: JSON.stringify(carriedOf(this.slice, this.within)) });
    forOthers(carrier, super.serializeFragment(fragment, options));
    const made = document.createDocumentFragment();
    made.append(carrier);
    return made;
  }
}

function carriedOf(slice: Slice, within: Only | null): Carried {
  const carried: Carried = { page: page.kind, articles: page.addresses.articles, slice: slice.toJSON(), within, titles: {}, pictures: {} };
  slice.content.descendants(({ attrs }) => {
    const title = page.articles?.[attrs.article];
    const picture = page.pictures?.[attrs.image];
    if (title) carried.titles[attrs.article] = title;
    if (picture) carried.pictures[attrs.image] = picture;
  });
  return carried;
}

/** What the page shows by its style sheet, as HTML that other programs read. */
function forOthers(carrier: HTMLElement, content: Node): void {
  carrier.append(content);
  for (const link of carrier.querySelectorAll("a[data-href]")) {
    const address = link.getAttribute("data-href")!;
    for (const { name } of [...link.attributes]) link.removeAttribute(name);
    if (MAILABLE.test(address)) link.setAttribute("href", address);
  }
  for (const picture of carrier.querySelectorAll("img")) picture.src = new URL(picture.src, location.href).href;
  for (const hint of carrier.querySelectorAll(".picture-hint, .picture-empty")) hint.remove();
  for (const table of carrier.querySelectorAll<HTMLElement>("[data-kind=table]")) {
    if (table.dataset.caption) table.prepend(make("p", {}, table.dataset.caption));
    if (table.dataset.source) table.append(make("p", {}, table.dataset.source));
  }
}

/**
 * What was copied in an editor like this one; null where it was copied elsewhere.
 * Other pages may claim anything to be blocks: nothing comes in that the schema does not allow.
 *
 * Raises TooLong where it is more than an issue has.
 */
export function copiedOf(html: string, schema: Schema): Copied | null {
  const json = carrierIn(html);
  if (json === null) return null;
  if (json.length > MOST_JSON) throw new TooLong();
  let hasConditions = false;
  const note = (key: string, value: any) => {
    if ((key !== "only" && key !== "within") || !isOnly(value) || isForAll(value)) return value;
    hasConditions = true;
    return page.kind === "issue" ? value : null; // nothing in an article has any
  };
  try {
    const carried = JSON.parse(json, note) as Carried;
    const slice = sliceIn(carried, schema);
    learn(carried);
    return { slice, within: carried.within, hasConditions };
  } catch {
    return { slice: null, within: null, hasConditions };
  }
}

/** It must be all that is on the clipboard: another program may have written around it. */
function carrierIn(html: string): string | null {
  if (!html.includes(CARRIER) || isTooDeep(html)) return null;
  const { body } = new DOMParser().parseFromString(html.replace(COMMENTS, ""), "text/html");
  const [carrier, ...others] = [...body.childNodes].filter((one) => one instanceof Element || one.textContent?.trim());
  return carrier instanceof Element && !others.length ? carrier.getAttribute(CARRIER) : null;
}

function sliceIn(carried: Carried, schema: Schema): Slice {
  if (isNested(carried.slice, MOST_DEPTH) || !isOnly(carried.within)) throw new RangeError("no blocks");
  const raw = Slice.fromJSON(schema, carried.slice);
  const slice = new Slice(fitted(raw.content), raw.openStart, raw.openEnd);
  const most = Slice.maxOpen(slice.content);
  if (slice.openStart > most.openStart || slice.openEnd > most.openEnd) throw new RangeError("no ends as open as these");
  for (const node of closed(slice)) {
    node.check();
    node.descendants((one) => checkSealed(one, carried));
    checkSealed(node, carried);
  }
  return slice;
}

/** What is sealed is a block of an issue or a part of an article, and each text knows its own alone. */
function checkSealed(node: ProseMirrorNode, { page: from }: Carried): void {
  if (node.type.name === "sealed" && from !== page.kind) throw new RangeError("sealed elsewhere");
}

/** Whether anything stands deeper in each other than *most*. */
function isNested(value: any, most: number): boolean {
  if (most < 0) return true;
  return Array.isArray(value?.content) && value.content.some((one: unknown) => isNested(one, most - 1));
}

/**
 * Nodes as this text has them. Pictures that were on their way when they were copied go on, or have come since; those of
 * another tab are not waited for. Headlines of an issue have two levels.
 */
function fitted(content: Fragment): Fragment {
  const nodes = content.content.map((node) => {
    if (node.isText) return node;
    const attrs: Record<string, any> = { ...node.attrs, ...(node.attrs.pending ? arrival(node.attrs.pending) : {}) };
    if (page.kind === "issue" && attrs.level > 3) attrs.level = 3;
    return node.type.create(attrs, fitted(node.content), node.marks);
  });
  return Fragment.from(nodes);
}

/** What the page needs to show the blocks. Titles are those of one newsletter, and pictures come from this server alone. */
function learn({ articles, titles, pictures }: Carried): void {
  if (articles === page.addresses.articles) {
    for (const [slug, title] of Object.entries(titles)) page.articles[slug] ??= String(title);
  }
  for (const [digest, address] of Object.entries(pictures)) {
    const { origin, pathname } = new URL(address, location.href);
    const isPicture = /^[0-9a-f]{64}$/.test(digest) && pathname.slice(pathname.lastIndexOf("/") + 1).startsWith(digest);
    if (isPicture && origin === location.origin) page.pictures[digest] ??= pathname;
  }
}
