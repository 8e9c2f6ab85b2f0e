// Pictures on their way to the server: chosen, dropped or pasted.
import { page, say } from "./page_data";

const MOST_BYTES = 10 * 1024 * 1024;

export interface Uploaded {
  image?: string;
  /** Why it was not taken, in words. */
  wrong?: string;
}

/** Stores a picture, and answers by what name blocks call it. */
export async function uploadPicture(file: Blob): Promise<Uploaded> {
  if (file.size > MOST_BYTES) return { wrong: say("picture-too-large") };
  const body = new FormData();
  body.append("picture", file, "picture");
  try {
    const answer = await fetch(page.addresses.pictures, {
      method: "POST",
      body,
      headers: { Accept: "application/json", "X-CSRFToken": page.csrf },
    });
    if (answer.status === 401 || answer.status === 400) return { wrong: say("session-ended") };
    const said = await answer.json();
    if (!answer.ok) return { wrong: said.message ?? said.error?.text ?? say("picture-refused") };
    page.pictures[said.image] = said.address;
    return { image: said.image };
  } catch {
    return { wrong: say("no-connection") };
  }
}
