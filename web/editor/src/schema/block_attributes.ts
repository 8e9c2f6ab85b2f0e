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

type Test = (value: any) => boolean;

const isText: Test = (value) => typeof value === "string";
const isWhole: Test = Number.isInteger;
const orNull = (test: Test): Test => (value) => value === null || test(value);
const listOf = (test: Test): Test => (value) => Array.isArray(value) && value.every(test);

/** Whether a value is a block's condition, or none. */
export function isOnly(value: any): value is Only | null {
  return value === null || (listOf(isText)(value?.audiences) && listOf(isText)(value?.topics));
}

/** Of headlines of articles: the highest of a text is shown as 2, so six levels of Markdown end here. */
const LOWEST_LEVEL = 7;

/** What attributes may be whose default does not say it. The clipboard may hold anything: what is drawn must be what it seems. */
const TESTS: Record<string, Test> = {
  only: isOnly,
  level: (one) => isWhole(one) && one >= 2 && one <= LOWEST_LEVEL,
  topics: listOf(isText),
  products: listOf((one) => isText(one?.name) && isText(one?.address) && (one.text === undefined || isText(one.text))),
  block: (one) => isText(one?.kind) && (one.source === undefined || isText(one.source)),
  last_place: orNull(isWhole),
  readers: orNull(isWhole),
};

/** Attributes that are data, not looks, by their defaults; each is refused where it is of another type. */
export function dataAttributes(defaults: Record<string, unknown>) {
  const attribute = (name: string, value: unknown) => {
    const test = TESTS[name] ?? (value === null ? orNull(isText) : isWhole(value) ? isWhole : (one: unknown) => typeof one === typeof value);
    const validate = (one: unknown) => {
      if (!test(one)) throw new RangeError(`${name} cannot be ${JSON.stringify(one)}`);
    };
    return { default: value, rendered: false as const, validate };
  };
  return Object.fromEntries(Object.entries(defaults).map(([name, value]) => [name, attribute(name, value)]));
}

/** The attributes of a block's node: *own* by their defaults, and its condition. */
export function attributesOf(own: Record<string, unknown>) {
  return dataAttributes({ only: null, ...own });
}

/** The attributes of a block's outermost element. */
export function frame(kind: string, attrs: Record<string, unknown>): Record<string, string> {
  const only = attrs.only as Only | null;
  const found: Record<string, string> = { class: `block block-${kind}`, "data-kind": kind };
  return isForAll(only) || !only ? found : { ...found, "data-only": say("shown-to", { who: onlyInWords(only) }) };
}
