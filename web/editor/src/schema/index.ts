// Every extension that makes a schema: what is not allowed cannot be made.
import * as atoms from "./atom_blocks";
import * as marks from "./marks";
import * as rich from "./rich_blocks";
import * as table from "./table";
import * as text from "./text_nodes";

type Part = Exclude<(typeof text)[keyof typeof text] | (typeof marks)[keyof typeof marks], string>;

const parts = (all: object): Part[] => Object.values(all).filter((one) => typeof one !== "string");

const words = [...parts(text), ...parts(marks)];

/** The blocks of an issue. */
export const issueSchema = [...words, ...parts(rich), ...parts(atoms), ...parts(table)];

/** What an article's text has: headlines, words with links and lists, tables; no pictures. */
export const articleSchema = [...words, rich.Prose, rich.Heading, atoms.Sealed, ...parts(table)];

/** Words with links and lists alone. */
export const recapSchema = words.map((one) => (one === text.Doc ? text.Doc.extend({ content: text.RICH }) : one));
