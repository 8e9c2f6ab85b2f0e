// Every extension that makes the schema: what is not allowed cannot be made.
import * as atoms from "./atom_blocks";
import * as marks from "./marks";
import * as rich from "./rich_blocks";
import * as table from "./table";
import * as text from "./text_nodes";

export const schema = [...Object.values(text), ...Object.values(marks), ...Object.values(rich), ...Object.values(atoms), ...Object.values(table)].filter(
  (one): one is Exclude<typeof one, string> => typeof one !== "string",
);
