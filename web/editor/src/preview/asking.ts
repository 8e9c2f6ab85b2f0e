// Asking the server about the text as it is written: one request at a time, so that no answer overtakes a newer one.
import { page } from "../page/page_data";

export const PREVIEW_PAUSE = 150; // milliseconds without a change before the preview is asked for
export const CHECK_PAUSE = 900; // and before the text is checked, which takes longer
const PATIENCE = 20_000; // milliseconds after which no answer is waited for any more

export type Trouble = "no-connection" | "session-ended" | "preview-too-long" | "preview-refused";

export interface Question {
  /** How long nothing must have changed before it is asked. */
  pause: number;
  address: string;
  /** What is sent; null where nobody looks at the answer now. */
  body: () => unknown | null;
  take: (answer: any) => void;
  fail: (trouble: Trouble, words?: string) => void;
}

interface Waiting {
  question: Question;
  due: number;
  asked: string;
}

/** Asks each of its questions again after changes, never two at once. */
export class Asking {
  private readonly waiting: Waiting[];
  private timer = 0;
  private busy = false;

  constructor(questions: Question[]) {
    this.waiting = questions.map((question) => ({ question, due: 0, asked: "" }));
    document.addEventListener("visibilitychange", () => this.next());
  }

  /** Something has changed: everything is asked again after its pause. */
  changed(): void {
    for (const one of this.waiting) one.due = Date.now() + one.question.pause;
    this.next();
  }

  /** *question* is asked at once, whatever was asked before. */
  now(question: Question): void {
    for (const one of this.waiting) if (one.question === question) [one.due, one.asked] = [Date.now(), ""];
    this.next();
  }

  private next(): void {
    clearTimeout(this.timer);
    if (this.busy || document.hidden) return;
    const open = this.waiting.filter((one) => one.due);
    const first = open.find((one) => one.due <= Date.now());
    if (first) return void this.ask(first);
    if (open.length) this.timer = window.setTimeout(() => this.next(), Math.min(...open.map((one) => one.due)) - Date.now());
  }

  private async ask(one: Waiting): Promise<void> {
    one.due = 0;
    const asked = JSON.stringify(one.question.body());
    if (asked !== "null" && asked !== one.asked) {
      this.busy = true;
      one.asked = asked;
      try {
        await this.send(one, asked);
      } catch {
        one.asked = "";
        one.question.fail("no-connection");
      }
      this.busy = false;
    }
    this.next();
  }

  private async send(one: Waiting, body: string): Promise<void> {
    const answer = await fetch(one.question.address, {
      method: "POST",
      body,
      signal: AbortSignal.timeout?.(PATIENCE),
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": page.csrf },
    });
    // What was written meanwhile has made this answer old: the next one is on its way.
    if (answer.ok) return one.due ? undefined : one.question.take(await answer.json());
    one.asked = "";
    if (answer.status === 401 || answer.status === 400) return one.question.fail("session-ended");
    if (answer.status === 413) return one.question.fail("preview-too-long");
    const said = await answer.json().catch(() => ({}));
    one.question.fail("preview-refused", said.error?.text);
  }
}
