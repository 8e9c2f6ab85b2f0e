// Lists as Word puts them on the clipboard: paragraphs with “mso-list” in their style and the mark as text of its own.

export interface ListLine {
  /** Which of Word's lists it belongs to. */
  list: string;
  level: number;
  ordered: boolean;
  /** What its mark says; 1 where it has a point. */
  number: number;
  /** The element that holds the mark. */
  marker: Element | null;
}

// A letter alone is a bullet of the font Wingdings.
const NUMBER = /^[(（]?(?:[0-9０-９]{1,3}|[a-zA-Z]{1,4}|[ア-ンあ-ん一二三四五六七八九十]{1,3})[.)）．、]|^[0-9０-９]{1,3}$|^[①-⑳]$/;

/** Which line of a list a paragraph of Word is; null where it is none, or one with a mark that lists here have not. */
export function wordListItem(element: HTMLElement): ListLine | null {
  const style = element.getAttribute("style") ?? "";
  const level = /mso-list\s*:\s*(l\d+)\s+level(\d+)/i.exec(style);
  if (!level) return null;
  const marker = [...element.querySelectorAll("[style]")].find((one) => /mso-list\s*:\s*ignore/i.test(one.getAttribute("style") ?? "")) ?? null;
  const mark = (marker?.textContent ?? "").replace(/\s/g, "");
  const ordered = NUMBER.test(mark);
  const digits = /^\D?(\d{1,9})\D?$/.exec(mark.normalize("NFKC"))?.[1];
  // A mark such as ア or a) is none that a list of ours has: it stays as words of its line.
  if (ordered && !digits) return null;
  return { list: level[1]!, level: Math.min(Number(level[2]), 6), ordered, number: Number(digits ?? 1), marker };
}
