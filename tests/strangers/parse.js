// Reads letters with Node's mailparser; prints what it found as one JSON object a line.
const { createHash } = require("crypto");
const { readFileSync } = require("fs");
const { simpleParser } = require("mailparser");

const options = { skipHtmlToText: true, skipTextToHtml: true, skipImageLinks: true, skipTextLinks: true };
const raw = (letter, key) => {
  const line = letter.headerLines.find((one) => one.key === key);
  return line ? line.line.slice(line.line.indexOf(":") + 1).replace(/\r?\n/g, "").trim() : "";
};

(async () => {
  for (const path of process.argv.slice(2)) {
    const letter = await simpleParser(readFileSync(path), options);
    console.log(JSON.stringify({
      subject: letter.subject || "",
      name: letter.from.value[0].name,
      from: letter.from.value[0].address,
      to: letter.to.value[0].address,
      date: letter.date.getTime() / 1000,
      message_id: letter.messageId,
      unsubscribe: raw(letter, "list-unsubscribe"),
      text: letter.text || "",
      html: letter.html || "",
      pictures: letter.attachments.map((one) => createHash("sha256").update(one.content).digest("hex")).sort(),
    }));
  }
})();
