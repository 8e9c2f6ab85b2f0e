// Tables of a clipboard's HTML as rows of words.

export const MOST_CELLS = 5000;

/** A text that is longer than anything may be that is pasted at once. */
export class TooLong extends Error {}

/** The words of a table's cells; a cell over several columns or rows stands in the first, and leaves the others empty. */
export function rowsOf(table: HTMLTableElement): string[][] {
  const rows: (string | undefined)[][] = [];
  let count = 0;
  [...table.rows].filter((row) => row.closest("table") === table && !isHidden(row)).forEach((row, y) => {
    let x = 0;
    rows[y] ??= [];
    for (const cell of row.cells) {
      while (rows[y]![x] !== undefined) x += 1;
      const wide = Math.max(1, Math.min(cell.colSpan, 50));
      const high = Math.max(1, Math.min(cell.rowSpan, 50, table.rows.length - y));
      for (let dy = 0; dy < high; dy += 1) {
        const into = (rows[y + dy] ??= []);
        for (let dx = 0; dx < wide; dx += 1) into[x + dx] = dy || dx ? "" : plain(cell);
      }
      x += wide;
      count += wide * high;
      if (count > MOST_CELLS) throw new TooLong();
    }
  });
  const width = Math.max(0, ...rows.map((row) => row.length));
  const whole = rows.map((row) => Array.from({ length: width }, (_one, x) => row[x] ?? ""));
  const used = whole.filter((row) => row.some(Boolean));
  const columns = Array.from({ length: width }, (_one, x) => x).filter((x) => used.some((row) => row[x]));
  return used.map((row) => columns.map((x) => row[x] ?? ""));
}

/** The words of an element in one line. */
export function plain(element: Element): string {
  const copy = element.cloneNode(true) as Element;
  copy.querySelectorAll("script, style").forEach((one) => one.remove());
  copy.querySelectorAll("br").forEach((one) => one.replaceWith(" "));
  return (copy.textContent ?? "").replace(/\s+/g, " ").replace(/([^\x00-\u024f]) (?=[^\x00-\u024f])/g, "$1").trim();
}

export function isHidden(element: HTMLElement): boolean {
  const style = element.getAttribute("style") ?? "";
  return /display\s*:\s*none|mso-hide\s*:\s*all|visibility\s*:\s*hidden/i.test(style) || element.hasAttribute("hidden");
}
