// What a paste has to say, above the text and to whoever listens.
import { announce } from "../page/elements";

export function tell(words: string): void {
  announce(words);
  const place = document.getElementById("editor-note");
  if (!place) return;
  place.hidden = false;
  place.textContent = words;
}
