// What every block has: for whom it is meant, shown as a frame.
import { nameOf, page, say } from "../page/page_data";

export interface Only {
  audiences: string[];
  topics: string[];
}

export function isForAll(only: Only | null | undefined): boolean {
  return !only || (only.audiences.length === 0 && only.topics.length === 0);
}

/** For whom a block is meant, in words. */
export function onlyInWords(only: Only): string {
  const audiences = only.audiences.map((slug) => nameOf(page.audiences, slug)).join(say("or"));
  const topics = only.topics.map((slug) => nameOf(page.topics, slug)).join(say("or"));
  return [audiences && say("only-audiences", { names: audiences }), topics && say("only-topics", { names: topics })]
    .filter(Boolean)
    .join(say("and"));
}

/** The attributes of a block's node: *own* by their defaults, and its condition. */
export function attributesOf(own: Record<string, unknown>): Record<string, { default: unknown; rendered: false }> {
  const all = { only: null, ...own };
  return Object.fromEntries(Object.entries(all).map(([name, value]) => [name, { default: value, rendered: false as const }]));
}

/** The attributes of a block's outermost element. */
export function frame(kind: string, attrs: Record<string, unknown>): Record<string, string> {
  const only = attrs.only as Only | null;
  const found: Record<string, string> = { class: `block block-${kind}`, "data-kind": kind };
  return isForAll(only) || !only ? found : { ...found, "data-only": say("shown-to", { who: onlyInWords(only) }) };
}
