// Plain text as pieces: blank lines part paragraphs, ends of lines stay, lines with a mark are a list, tabs make a table.
import { MOST_CELLS, TooLong } from "./cells";
import type { Piece, Run } from "./pieces";

const BULLET = /^[ \t\u3000]*(?:[・･•●○■□◆◇]|[-*](?=[ \t\u3000]))[ \t\u3000]*(?=\S)/;
const NUMBER = /^[ \t\u3000]*[0-9０-９]{1,2}[.．)）][ \t\u3000]*(?=[^0-9０-９\s])/;

const run = (text: string): Run => ({ text, bold: false, href: "" });

export function piecesOfText(text: string): Piece[] {
  const parts = text.replace(/\r\n?/g, "\n").replace(/[ \t\u3000]+$/gm, "").split(/\n{2,}/);
  return parts.flatMap((part) => partOf(part.replace(/^\n+|\n+$/g, "").split("\n")));
}

function partOf(lines: string[]): Piece[] {
  if (lines.length > 1 || lines[0]?.includes("\t")) {
    const cells = lines.map((line) => line.split("\t").map((cell) => cell.trim()));
    const width = cells[0]!.length;
    if (cells.flat().length > MOST_CELLS && width > 1) throw new TooLong();
    if (width > 1 && lines.length > 1 && cells.every((row) => row.length === width)) return [{ kind: "table", rows: cells }];
  }
  for (const [mark, ordered] of [[BULLET, false], [NUMBER, true]] as const) {
    if (lines.length > 1 && lines.every((line) => mark.test(line))) {
      const [start, ...others] = lines.map((line) => (ordered ? Number(/\d+/.exec(line.normalize("NFKC"))![0]) : 1));
      if (ordered && others.some((number, at) => number !== start! + at + 1)) continue; // numbers are content: they stay as they are
      return [{ kind: "list", ordered, start: start!, items: lines.map((line) => ({ runs: [run(line.replace(mark, ""))], inside: [] })) }];
    }
  }
  const runs = lines.filter((line) => line).flatMap((line, at) => (at ? [run("\n"), run(line)] : [run(line)]));
  return runs.length ? [{ kind: "paragraph", runs }] : [];
}
