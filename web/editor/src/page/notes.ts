// What the page says about the text: a note above it, and a few words beside the button that saves.
import { announce, make } from "./elements";
import { page, say } from "./page_data";

const note = document.getElementById("editor-note")!;
const state = document.getElementById("editor-state")!;
const remark = make("strong", { hidden: true });
state.after(" ", remark);
let kind = "";

export function show(look: string, parts: Node[]): void {
  note.className = look;
  note.hidden = false;
  note.replaceChildren(...parts);
  note.scrollIntoView({ block: "nearest" });
}

export function showWords(look: string, words: string): void {
  show(look, [make("p", {}, words)]);
}

/** Hides the note; one of another *look* stays. */
export function hide(look = ""): void {
  if (look && !note.classList.contains(look)) return;
  note.hidden = true;
  note.replaceChildren();
}

export function isShown(): boolean {
  return !note.hidden;
}

/** Says how things stand. It changes at every pause, so it is read out only where it is another state than before. */
export function tell(name: string, values: Record<string, string> = {}): void {
  const words = say(name, values);
  if (state.textContent !== words) state.textContent = words;
  if (kind !== name && ["offline", "not-kept", "kept-here", "saved-at"].includes(name)) announce(words);
  kind = name;
}

/** Says why a key did nothing, where it is always in sight; without words, says it no longer. */
export function remarkOn(words: string): void {
  if (!words && remark.hidden) return;
  remark.textContent = words;
  remark.hidden = !words;
  if (words) announce(words);
}

/** The session has ended: the way to a new one, in another tab so that this one stays. */
export function showSessionEnded(): void {
  tell("kept-here");
  if (note.classList.contains("session-ended") && !note.hidden) return;
  const link = make("a", { href: page.addresses.page, target: "_blank", rel: "noopener" }, say("log-in-again"));
  show("note note-error session-ended", [make("p", {}, say("session-ended-save")), make("p", {}, link)]);
}

