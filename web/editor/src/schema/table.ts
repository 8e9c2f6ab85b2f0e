// Tables: cells hold plain words, the first row heads the columns, the first cell of a row heads it.
import { Node } from "@tiptap/core";
import { goToNextCell, tableEditing } from "@tiptap/pm/tables";

import { say } from "../page/page_data";
import { attributesOf, frame } from "./block_attributes";

const MOST_SPANNED = 100;

function checkSpan(value: unknown): void {
  if (!Number.isInteger(value) || Number(value) < 1 || Number(value) > MOST_SPANNED) throw new RangeError(`no cell spans ${value}`);
}

const span = () => ({
  colspan: { default: 1, validate: checkSpan, parseHTML: (one: HTMLElement) => Number(one.getAttribute("colspan") ?? 1) || 1 },
  rowspan: { default: 1, validate: checkSpan, parseHTML: (one: HTMLElement) => Number(one.getAttribute("rowspan") ?? 1) || 1 },
  colwidth: { default: null, validate: "null", rendered: false },
});

function cell(name: string, tag: string, role: string) {
  return Node.create({
    name,
    content: "text*",
    marks: "",
    isolating: true,
    addAttributes: span,
    tableRole: role,
    parseHTML: () => [{ tag }],
    renderHTML: ({ node }: any) => {
      const { colspan, rowspan } = node.attrs;
      return [tag, { ...(colspan > 1 ? { colspan } : {}), ...(rowspan > 1 ? { rowspan } : {}) }, 0];
    },
  } as any);
}

export const TableCell = cell("tableCell", "td", "cell");
export const TableHeader = cell("tableHeader", "th", "header_cell");

export const TableRow = Node.create({
  name: "tableRow",
  content: "(tableCell | tableHeader)+",
  tableRole: "row",
  parseHTML: () => [{ tag: "tr" }],
  renderHTML: () => ["tr", 0],
} as any);

export const Table = Node.create({
  name: "table",
  group: "block news",
  content: "tableRow+",
  tableRole: "table",
  isolating: true,
  addAttributes: () => attributesOf({ caption: "", source: "", markdown: null }),
  renderHTML: ({ node }: any) => {
    const under = node.attrs.source ? { "data-source": say("source", { source: node.attrs.source }) } : {};
    const over = node.attrs.caption ? { "data-caption": node.attrs.caption } : {};
    return ["div", { ...frame("table", node.attrs), ...over, ...under }, ["table", ["tbody", 0]]];
  },
  addKeyboardShortcuts() {
    return {
      Tab: () => goToNextCell(1)(this.editor.state, this.editor.view.dispatch),
      "Shift-Tab": () => goToNextCell(-1)(this.editor.state, this.editor.view.dispatch),
      Enter: () => this.editor.isActive("table") && (goToNextRow(this.editor) || true),
    };
  },
  extendNodeSchema: (extension: any) => (extension.config.tableRole ? { tableRole: extension.config.tableRole } : {}),
  // A table that is chosen by its handle is the table, not all of its cells: cut, it goes as one.
  addProseMirrorPlugins: () => [tableEditing({ allowTableNodeSelection: true })],
} as any);

function goToNextRow(editor: any): boolean {
  const { $from } = editor.state.selection;
  for (let depth = $from.depth; depth > 0; depth -= 1) {
    if ($from.node(depth).type.name !== "tableRow") continue;
    const column = $from.index(depth);
    const table = $from.node(depth - 1);
    const row = $from.index(depth - 1) + 1;
    if (row >= table.childCount) return false;
    let at = $from.start(depth - 1);
    for (let i = 0; i < row; i += 1) at += table.child(i).nodeSize;
    at += 1;
    const cells = table.child(row);
    for (let i = 0; i < Math.min(column, cells.childCount - 1); i += 1) at += cells.child(i).nodeSize;
    return editor.commands.setTextSelection(at + 1);
  }
  return false;
}
