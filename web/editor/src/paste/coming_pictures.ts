// Pictures that come with a paste: figures stand for them until they are on the server.
import type { Editor } from "@tiptap/core";

import { insertBlocks } from "../blocks/block_commands";
import { announce } from "../page/elements";
import { TAB } from "../page/kept_text";
import { say } from "../page/page_data";
import { uploadPicture } from "../page/pictures";
import { tell } from "./telling";

/** A picture on its way: what it shows, and its bytes once they are asked for. */
export interface Coming {
  alt: string;
  load: () => Promise<Blob | null>;
}

/** One for which a figure stands already, which is found again by *pending*. */
export interface Waiting {
  pending: string;
  load: () => Promise<Blob | null>;
}

/** What has become of each: its name on the server, none where it was refused, null as long as it is on its way. */
const arrived = new Map<string, string | null>();

export function nextPending(): string {
  const pending = `${TAB}-${arrived.size}`;
  arrived.set(pending, null);
  return pending;
}

/** What a figure has that was copied while its picture was on its way. */
export function arrival(pending: string): { pending: string | null; image?: string } {
  const image = arrived.get(pending);
  if (image === null) return { pending };
  return image ? { pending: null, image } : { pending: null };
}

/** The bytes of a data: address. It is not fetched: the page's policy allows no such connection. */
export async function blobOf(address: string): Promise<Blob | null> {
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
export function insertPictures(editor: Editor, coming: Coming[]): void {
  const waiting = coming.map((one) => ({ ...one, pending: nextPending() }));
  const tr = editor.state.tr;
  const nodes = waiting.map((one) => editor.schema.nodeFromJSON({ type: "figure", attrs: { alt: one.alt, pending: one.pending } }));
  if (insertBlocks(tr, nodes) === null) return;
  editor.view.dispatch(tr.scrollIntoView());
  for (const one of waiting) void upload(editor, one.pending, one.load);
}

export async function upload(editor: Editor, pending: string, load: () => Promise<Blob | null>): Promise<void> {
  const file = await load();
  const answer = file ? await uploadPicture(file) : { wrong: say("picture-refused") };
  arrived.set(pending, answer.image ?? "");
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
