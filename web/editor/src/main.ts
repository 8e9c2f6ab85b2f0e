// Starts what the page is for: writing an issue, or an article.
import "./editor.css";
import "./preview/preview.css";

import { startArticle } from "./article/article_page";
import { Choices } from "./page/choices";
import { page, say } from "./page/page_data";
import { Problems } from "./page/problems";
import { Saving } from "./page/saving";
import { Beside } from "./preview/beside";
import { BlockFindings } from "./preview/block_findings";
import { issueSchema } from "./schema";
import { textEditor } from "./text_editor";

/** The block editor of an issue: the document of the server goes into it, and back when it is saved. */
function startIssue(holder: HTMLElement, form: HTMLFormElement): void {
  const editor = textEditor(holder, {
    id: "editor-text", label: say("text"), content: page.document, schema: issueSchema, blocks: true, more: [Problems, BlockFindings, Choices],
  });
  const saving = new Saving(editor, form);
  editor.on("transaction", ({ transaction }) => {
    if (transaction.docChanged) saving.changed();
  });
  form.hidden = false;
  new Beside(editor, form);
}

const holder = document.getElementById("editor");
const form = document.getElementById(page.kind === "article" ? "article-form" : "editor-form");
if (form instanceof HTMLFormElement) {
  if (page.kind === "article") startArticle(form);
  else if (holder) startIssue(holder, form);
}
