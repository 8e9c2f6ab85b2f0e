// What preflight has found, as the server tells it, and its words.
import { button, make } from "../page/elements";
import { say } from "../page/page_data";

export interface Finding {
  rule: string;
  severity: "error" | "warning";
  /** The number of its block in the text; null where it is about something else. */
  place: number | null;
  /** The field of the page that it is about, such as the subject. */
  field: string;
  /** The field of the block's form in which what is missing is filled in. */
  form: string;
  message: string;
  remedy: string;
  where: string;
  /** What stands there, and what to write instead, where that is certain. */
  mends: [string, string][];
}

export interface Acts {
  goTo: (finding: Finding) => void;
  mend: (finding: Finding) => void;
}

export function isBlocking(finding: Finding): boolean {
  return finding.severity === "error";
}

/** How a finding is mended from where its words stand: by itself, or by going where it is done by hand. */
export function remedies(finding: Finding, acts: Acts, atBlock: boolean): HTMLElement[] {
  const found: HTMLElement[] = [];
  if (finding.mends.length) {
    const [old, instead] = finding.mends[0]!;
    const words = finding.mends.length > 1 ? say("mend-all", { count: finding.mends.length }) : say("mend-one", { old: short(old), instead: short(instead) });
    found.push(button(words, () => acts.mend(finding), { class: "mend" }));
  } else if (finding.form) {
    found.push(button(say("fill-in-now"), () => acts.goTo(finding), { class: "mend button-quiet" }));
  }
  if (!atBlock && !(finding.form && !finding.mends.length) && (finding.place !== null || finding.field)) {
    found.push(button(say("go-there"), () => acts.goTo(finding), { class: "mend button-quiet" }));
  }
  return found;
}

/** The words of a finding: how much it weighs, what is wrong, what to do. */
export function words(finding: Finding): HTMLElement[] {
  const weight = say(isBlocking(finding) ? "blocks-approval" : "to-consider");
  return [
    make("p", { class: "finding-words" }, make("strong", { class: "finding-weight" }, weight), ` ${finding.message}`),
    ...(finding.remedy ? [make("p", { class: "finding-remedy" }, finding.remedy)] : []),
  ];
}

function short(text: string): string {
  return text.length > 16 ? `${text.slice(0, 15)}…` : text;
}
