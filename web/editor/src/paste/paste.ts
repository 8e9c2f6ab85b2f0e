// Paste and drop: pieces of whatever comes become nodes of the schema; pictures are uploaded.
import { Extension, type Editor, type JSONContent } from "@tiptap/core";
import { closeHistory } from "@tiptap/pm/history";
import { Fragment, Slice } from "@tiptap/pm/model";
import { NodeSelection, Plugin, PluginKey, Selection, type EditorState, type Transaction } from "@tiptap/pm/state";
import { isInTable } from "@tiptap/pm/tables";
import { dropPoint } from "@tiptap/pm/transform";
import type { EditorView } from "@tiptap/pm/view";

import { isOver, removeSelected } from "../blocks/apart";
import { insertBlocks, isBlankProse } from "../blocks/block_commands";
import { tableOf } from "../blocks/block_kinds";
import { page, say } from "../page/page_data";
import type { Only } from "../schema/block_attributes";
import { blobOf, insertPictures, nextPending, upload, type Coming, type Waiting } from "./coming_pictures";
import { conditionAround, copiedOf } from "./own_blocks";
import { TooLong } from "./cells";
import { joined, piecesOf, type List, type ListItem, type Piece, type Run } from "./pieces";
import { place } from "./placing";
import { piecesOfText } from "./plain_text";
import { tell } from "./telling";

const MOST_SIGNS = 200_000; // what a text of a block may have
const MOST_HTML = 40_000_000; // pictures in it included

/** *pictures*: who takes pictures where the text has none. */
export const Paste = Extension.create<{ pictures: ((coming: Coming[]) => void) | null }>({
  name: "pasting",
  addOptions: () => ({ pictures: null }),
  addProseMirrorPlugins() {
    const { editor, options } = this;
    return [
      new Plugin<number | null>({
        key: PASTING,
        state: { init: () => null, apply: gapAfter },
        props: {
          handleDOMEvents: {
            // Before ProseMirror reads the HTML itself, which takes minutes where it is long or deep.
            paste: (view, event) => {
              (view as any).domObserver.flush(); // what was typed right before it
              const taken = take(editor, event.clipboardData, options.pictures, event);
              if (taken) event.preventDefault();
              return taken;
            },
            drop: (view, event) => {
              if (view.dragging || !event.dataTransfer) return false;
              const at = view.posAtCoords({ left: event.clientX, top: event.clientY });
              if (at) view.dispatch(view.state.tr.setSelection(Selection.near(view.state.doc.resolve(at.pos))));
              event.preventDefault();
              return take(editor, event.dataTransfer, options.pictures);
            },
          },
          handleDrop: (view, event, slice, moved) => move(view, event, slice, moved),
        },
      }),
    ];
  },
});

const PASTING = new PluginKey<number | null>("pasting");

/** Where a block stood that has just been cut: there it comes back. */
function gapAfter(tr: Transaction, gap: number | null, before: EditorState): number | null {
  if (tr.getMeta("uiEvent") === "cut" && before.selection instanceof NodeSelection && before.selection.node.isBlock) {
    return isBlankProse(tr.doc.firstChild!) && tr.doc.childCount === 1 ? null : tr.mapping.map(before.selection.from);
  }
  if (gap === null || ((tr.docChanged || tr.selectionSet) && !tr.getMeta("appendedTransaction"))) return null;
  return tr.mapping.map(gap);
}

/** What is dragged inside of one text. */
function move(view: EditorView, event: DragEvent, slice: Slice, moved: boolean): boolean {
  const at = view.posAtCoords({ left: event.clientX, top: event.clientY });
  if (!view.dragging || !at || !slice.size) return false;
  const chosen: Selection = (view.dragging as any).node ?? view.state.selection;
  if (chosen instanceof NodeSelection) return moveWhole(view, chosen, at.pos, moved);
  const within = conditionAround(chosen);
  const tr = closeHistory(view.state.tr);
  if (moved) removeSelected(tr);
  tr.setSelection(Selection.near(tr.doc.resolve(tr.mapping.map(at.pos))));
  putIn(view, tr, slice, within);
  return true;
}

/** A block goes where the line is drawn as it is dragged, and keeps the readers of what it stood in. */
function moveWhole(view: EditorView, chosen: NodeSelection, to: number, moved: boolean): boolean {
  const gap = dropPoint(view.state.doc, to, chosen.content());
  if (gap === null || (moved && gap >= chosen.from && gap <= chosen.to)) return true;
  const tr = closeHistory(view.state.tr);
  if (moved) tr.delete(chosen.from, chosen.to);
  const at = tr.mapping.map(gap);
  place(tr, chosen.content(), conditionAround(chosen), at);
  view.dispatch(tr.setSelection(NodeSelection.create(tr.doc, at)).setMeta("uiEvent", "drop"));
  view.focus();
  return true;
}

/** Ends *tr* with a part of a text in place of its selection. */
function putIn(view: EditorView, tr: Transaction, slice: Slice, within: Only | null, gap: number | null = null): void {
  if (place(tr, slice, within, gap)) tell(say("condition-lost"));
  view.dispatch(tr.scrollIntoView().setMeta("paste", true));
}

type Taking = ((coming: Coming[]) => void) | null;

function take(editor: Editor, data: DataTransfer | null, taking: Taking, event?: ClipboardEvent): boolean {
  if (!data) return false;
  const html = data.getData("text/html");
  const text = data.getData("text/plain");
  const pictures = [...data.files].filter((file) => file.type.startsWith("image/"));
  if (html.length > MOST_HTML || (!html && text.length > MOST_SIGNS)) return tooLong();
  // One press of “undo” takes back what is pasted, and nothing that was typed right before it.
  editor.view.dispatch(closeHistory(editor.state.tr));
  let pieces: Piece[];
  try {
    const copied = copiedOf(html, editor.schema);
    const isBack = Boolean(copied?.slice) && putBack(editor, copied!.slice!, copied!.within, event);
    if (copied?.hasConditions && (!isBack || page.kind === "article")) tell(say("condition-lost"));
    if (isBack) return true;
    pieces = html ? piecesOf(html, MOST_SIGNS) : piecesOfText(text);
  } catch (error) {
    if (error instanceof TooLong) return tooLong();
    throw error;
  }
  // A picture that is copied comes as a file, and as HTML that only names it; Excel brings a picture of its cells along.
  if (pictures.length && pieces.every((one) => one.kind === "picture")) {
    const coming = pictures.map((file) => ({ alt: "", load: async () => file }));
    if (taking) taking(coming);
    else insertPictures(editor, coming);
    return true;
  }
  if (!pieces.length) return true;
  if (length(pieces) > MOST_SIGNS) return tooLong();
  insert(editor, pieces, taking);
  return true;
}

/** Puts in what was copied in an editor; answers false where it has no place for it. */
function putBack({ view }: Editor, slice: Slice, within: Only | null, event?: ClipboardEvent): boolean {
  const { state } = view;
  const areCells = slice.openStart > 0 && slice.content.childCount === 1 && slice.content.firstChild!.type.name === "table";
  if (event && areCells && isInTable(state) && view.someProp("handlePaste", (handle) => handle(view, event, slice))) {
    if (within && JSON.stringify(within) !== JSON.stringify(conditionAround(view.state.selection))) tell(say("condition-lost"));
    return true;
  }
  try {
    putIn(view, state.tr, slice, within, PASTING.getState(state));
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

function tooLong(): true {
  tell(say("paste-too-long"));
  return true;
}

function length(pieces: Piece[]): number {
  const runs = (all: Run[]) => all.reduce((sum, one) => sum + one.text.length, 0);
  const items = (all: ListItem[]): number => all.reduce((sum, one) => sum + runs(one.runs) + one.inside.reduce((n, list) => n + items(list.items), 0), 0);
  return pieces.reduce((sum, one) => {
    if (one.kind === "paragraph") return sum + runs(one.runs);
    if (one.kind === "list") return sum + items(one.items);
    if (one.kind === "table") return sum + one.rows.flat().join("").length;
    return sum + (one.kind === "heading" ? one.text.length : 0);
  }, 0);
}

function inline(runs: Run[]): JSONContent[] {
  return runs.flatMap((run): JSONContent[] => {
    if (run.text === "\n") return [{ type: "hardBreak" }];
    const marks = [...(run.href ? [{ type: "link", attrs: { href: run.href } }] : []), ...(run.bold ? [{ type: "bold" }] : [])];
    return [{ type: "text", text: run.text, ...(marks.length ? { marks } : {}) }];
  });
}

const paragraph = (runs: Run[]): JSONContent => ({ type: "paragraph", content: inline(runs) });

function listNode(list: List): JSONContent {
  return {
    ...(list.ordered ? { type: "orderedList", attrs: { start: list.start } } : { type: "bulletList" }),
    content: list.items.map((item) => ({
      type: "listItem",
      content: [...(item.runs.length || !item.inside.length ? [paragraph(item.runs)] : []), ...item.inside.map(listNode)],
    })),
  };
}

/** Paragraphs and lists of the pieces, for a place where nothing else may stand. */
function richNodes(pieces: Piece[]): JSONContent[] {
  return pieces.flatMap((one): JSONContent[] => {
    if (one.kind === "paragraph") return [paragraph(one.runs)];
    if (one.kind === "list") return [listNode(one)];
    if (one.kind === "heading") return [paragraph([{ text: one.text, bold: true, href: "" }])];
    if (one.kind === "table") return one.rows.map((row) => paragraph([{ text: row.join("\u3000"), bold: false, href: "" }]));
    return [];
  });
}

function wordsOf(pieces: Piece[]): string {
  const node = (one: JSONContent): string => one.text ?? (one.type === "hardBreak" ? " " : (one.content ?? []).map(node).join(""));
  return richNodes(pieces).map(node).join(" ");
}

function insert(editor: Editor, all: Piece[], taking: Taking): void {
  const pieces = taking ? withoutPictures(all, taking) : all;
  if (!pieces.length) return;
  const { state, view } = editor;
  const tr = state.tr;
  if (isOver(tr.selection)) removeSelected(tr);
  const { $from } = tr.selection;
  const isRich = !state.schema.nodes.prose || pieces.every((one) => one.kind === "paragraph" || one.kind === "list");
  if ($from.parent.isTextblock && $from.parent.type.name !== "paragraph") {
    if ($from.parent.type.name !== "tableCell" && $from.parent.type.name !== "tableHeader" ? true : pieces.every((one) => one.kind !== "table")) {
      view.dispatch(tr.insertText(wordsOf(pieces)).scrollIntoView());
      return;
    }
  }
  if (isRich && !state.schema.nodes.prose && !$from.parent.isTextblock) {
    const nodes = richNodes(pieces).map((one) => state.schema.nodeFromJSON(one));
    view.dispatch(tr.replaceSelection(new Slice(Fragment.from(nodes), 0, 0)).scrollIntoView().setMeta("paste", true));
    return;
  }
  if (isRich && $from.parent.type.name === "paragraph") {
    const nodes = richNodes(pieces).map((one) => state.schema.nodeFromJSON(one));
    const first = nodes[0]!.type.name === "paragraph" ? 1 : 0;
    const last = nodes[nodes.length - 1]!.type.name === "paragraph" ? 1 : 0;
    view.dispatch(tr.replaceSelection(new Slice(Fragment.from(nodes), first, last)).scrollIntoView().setMeta("paste", true));
    return;
  }
  const { blocks, pictures } = blocksOf(pieces);
  // Behind a block that is chosen as a whole: most are just made, and nobody means to lose them.
  if (!tr.selection.empty && !(tr.selection instanceof NodeSelection)) tr.deleteSelection();
  const nodes = blocks.map((one) => state.schema.nodeFromJSON(one));
  const at = nodes.length ? insertBlocks(tr, nodes) : null;
  if (at === null) {
    if (nodes.length) tr.insertText(wordsOf(pieces));
  } else {
    const end = at + nodes.reduce((sum, one) => sum + one.nodeSize, 0);
    tr.setSelection(Selection.near(tr.doc.resolve(end), -1));
  }
  view.dispatch(tr.scrollIntoView().setMeta("paste", true));
  for (const one of pictures) void upload(editor, one.pending, one.load);
}

/** Hands the pictures over, and answers what else there is. */
function withoutPictures(pieces: Piece[], taking: (coming: Coming[]) => void): Piece[] {
  const pictures = pieces.flatMap((one) => (one.kind === "picture" ? [one] : []));
  const here = pictures.filter((one) => isHere(one.address));
  if (here.length < pictures.length) tell(say("pictures-lost", { count: pictures.length - here.length }));
  if (here.length) taking(here.map((one) => ({ alt: one.alt, load: () => blobOf(one.address) })));
  return joined(pieces.filter((one) => one.kind !== "picture"));
}

const isHere = (address: string): boolean => address.startsWith("data:image/");

/** Blocks of the pieces; neighbouring paragraphs and lists are one text. */
function blocksOf(pieces: Piece[]): { blocks: JSONContent[]; pictures: Waiting[] } {
  const blocks: JSONContent[] = [];
  const pictures: Waiting[] = [];
  const kept = joined(pieces.filter((one) => one.kind !== "picture" || isHere(one.address)));
  for (const one of kept) {
    if (one.kind === "heading") blocks.push({ type: "heading", attrs: { level: one.level }, content: [{ type: "text", text: one.text }] });
    else if (one.kind === "table") blocks.push(tableOf(one.rows));
    else if (one.kind === "picture") {
      const pending = nextPending();
      pictures.push({ pending, load: () => blobOf(one.address) });
      blocks.push({ type: "figure", attrs: { alt: one.alt, pending } });
    } else {
      const last = blocks[blocks.length - 1];
      if (last?.type === "prose") last.content!.push(...richNodes([one]));
      else blocks.push({ type: "prose", content: richNodes([one]) });
    }
  }
  const lost = pieces.filter((one) => one.kind === "picture" && !isHere(one.address)).length;
  if (lost) tell(say("pictures-lost", { count: lost }));
  return { blocks, pictures };
}
