// What a paste has to say, above the text and to whoever listens.
import { announce } from "../page/elements";

/** What has been said of the paste that goes on: one may have more than one thing to say. */
let said: string[] = [];

export function tell(words: string): void {
  if (!said.length) setTimeout(() => (said = []));
  said.push(words);
  announce(said.join(" "));
  const place = document.getElementById("editor-note");
  if (!place) return;
  place.hidden = false;
  place.textContent = said.join(" ");
}
