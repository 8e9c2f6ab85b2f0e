// Paste and drop: pieces of whatever comes become nodes of the schema; pictures are uploaded.
import { Extension, type Editor, type JSONContent } from "@tiptap/core";
import { Fragment, Slice } from "@tiptap/pm/model";
import { NodeSelection, Plugin, PluginKey, Selection } from "@tiptap/pm/state";

import { insertBlocks } from "../blocks/block_commands";
import { tableOf } from "../blocks/block_kinds";
import { announce } from "../page/elements";
import { uploadPicture } from "../page/pictures";
import { say } from "../page/page_data";
import { piecesOf, TooLong, type ListItem, type Piece, type Run } from "./pieces";
import { piecesOfText } from "./plain_text";

const MOST_SIGNS = 200_000; // what a text of a block may have
const MOST_HTML = 40_000_000; // pictures in it included

/** A picture on its way: what it shows, and its bytes once they are asked for. */
export interface Coming {
  alt: string;
  load: () => Promise<Blob | null>;
}

/** *pictures*: who takes pictures where the text has none. */
export const Paste = Extension.create<{ pictures: ((coming: Coming[]) => void) | null }>({
  name: "pasting",
  addOptions: () => ({ pictures: null }),
  addProseMirrorPlugins() {
    const { editor, options } = this;
    return [
      new Plugin({
        key: new PluginKey("pasting"),
        props: {
          handleDOMEvents: {
            // Before ProseMirror reads the HTML itself, which takes minutes where it is long or deep.
            paste: (view, event) => {
              (view as any).domObserver.flush(); // what was typed right before it
              const taken = take(editor, event.clipboardData, options.pictures);
              if (taken) event.preventDefault();
              return taken;
            },
          },
          handleDrop: (view, event, _slice, moved) => {
            if (moved || !event.dataTransfer || isOwn(event.dataTransfer)) return false;
            const at = view.posAtCoords({ left: event.clientX, top: event.clientY });
            if (at) view.dispatch(view.state.tr.setSelection(Selection.near(view.state.doc.resolve(at.pos))));
            event.preventDefault();
            return take(editor, event.dataTransfer, options.pictures);
          },
        },
      }),
    ];
  },
});

function isOwn(data: DataTransfer): boolean {
  return data.getData("text/html").includes("data-pm-slice");
}

type Taking = ((coming: Coming[]) => void) | null;

function take(editor: Editor, data: DataTransfer | null, taking: Taking): boolean {
  if (!data || isOwn(data)) return false;
  const html = data.getData("text/html");
  const text = data.getData("text/plain");
  const pictures = [...data.files].filter((file) => file.type.startsWith("image/"));
  if (html.length > MOST_HTML || (!html && text.length > MOST_SIGNS)) return tooLong();
  let pieces: Piece[];
  try {
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

function tooLong(): true {
  tell(say("paste-too-long"));
  return true;
}

function tell(words: string): void {
  announce(words);
  const place = document.getElementById("editor-note");
  if (!place) return;
  place.hidden = false;
  place.textContent = words;
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

function listNode(list: Extract<Piece, { kind: "list" }>): JSONContent {
  return {
    type: list.ordered ? "orderedList" : "bulletList",
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
  const { $from } = state.selection;
  const tr = state.tr;
  const isRich = !state.schema.nodes.prose || pieces.every((one) => one.kind === "paragraph" || one.kind === "list");
  if ($from.parent.isTextblock && $from.parent.type.name !== "paragraph") {
    if ($from.parent.type.name !== "tableCell" && $from.parent.type.name !== "tableHeader" ? true : pieces.every((one) => one.kind !== "table")) {
      view.dispatch(tr.insertText(wordsOf(pieces)).scrollIntoView());
      return;
    }
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
  if (!state.selection.empty && !(state.selection instanceof NodeSelection)) tr.deleteSelection();
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
  return pieces.filter((one) => one.kind !== "picture");
}

const isHere = (address: string): boolean => address.startsWith("data:image/");

interface Waiting {
  pending: string;
  load: () => Promise<Blob | null>;
}

/** Blocks of the pieces; neighbouring paragraphs and lists are one text. */
function blocksOf(pieces: Piece[]): { blocks: JSONContent[]; pictures: Waiting[] } {
  const blocks: JSONContent[] = [];
  const pictures: Waiting[] = [];
  let lost = 0;
  for (const one of pieces) {
    if (one.kind === "heading") blocks.push({ type: "heading", attrs: { level: one.level }, content: [{ type: "text", text: one.text }] });
    else if (one.kind === "table") blocks.push(tableOf(one.rows));
    else if (one.kind === "picture") {
      if (!isHere(one.address)) {
        lost += 1;
        continue;
      }
      const pending = nextPending();
      pictures.push({ pending, load: () => blobOf(one.address) });
      blocks.push({ type: "figure", attrs: { alt: one.alt, pending } });
    } else {
      const last = blocks[blocks.length - 1];
      if (last?.type === "prose") last.content!.push(...richNodes([one]));
      else blocks.push({ type: "prose", content: richNodes([one]) });
    }
  }
  if (lost) tell(say("pictures-lost", { count: lost }));
  return { blocks, pictures };
}

let pendingCount = 0;
const nextPending = () => `p${(pendingCount += 1)}`;

/** The bytes of a data: address. It is not fetched: the page's policy allows no such connection. */
async function blobOf(address: string): Promise<Blob | null> {
  const found = /^data:(image\/[\w.+-]+);base64,([\s\S]*)$/.exec(address);
  if (!found) return null;
  try {
    const bytes = atob(found[2]!.replace(/\s/g, ""));
    return new Blob([Uint8Array.from(bytes, (one) => one.charCodeAt(0))], { type: found[1] });
  } catch {
    return null;
  }
}

/** Puts figures for pictures where the cursor is, and uploads them. */
function insertPictures(editor: Editor, coming: Coming[]): void {
  const waiting = coming.map((one) => ({ ...one, pending: nextPending() }));
  const tr = editor.state.tr;
  const nodes = waiting.map((one) => editor.schema.nodeFromJSON({ type: "figure", attrs: { alt: one.alt, pending: one.pending } }));
  if (insertBlocks(tr, nodes) === null) return;
  editor.view.dispatch(tr.scrollIntoView());
  for (const one of waiting) void upload(editor, one.pending, one.load);
}

async function upload(editor: Editor, pending: string, load: () => Promise<Blob | null>): Promise<void> {
  const file = await load();
  const answer = file ? await uploadPicture(file) : { wrong: say("picture-refused") };
  if (editor.isDestroyed) return;
  const tr = editor.state.tr.setMeta("addToHistory", false);
  editor.state.doc.descendants((node, at) => {
    if (node.type.name === "figure" && node.attrs.pending === pending) {
      tr.setNodeMarkup(at, undefined, { ...node.attrs, pending: null, image: answer.image ?? node.attrs.image });
    }
  });
  editor.view.dispatch(tr);
  if (answer.wrong) tell(answer.wrong);
  else announce(say("uploaded"));
}
