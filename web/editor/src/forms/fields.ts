// The fields of a block's form, one kind of field a function.
import { kindName, type Field } from "../blocks/block_kinds";
import { button, make } from "../page/elements";
import { page, say } from "../page/page_data";
import { uploadPicture } from "../page/pictures";
import { articlePicker } from "./article_picker";
import { labelled, ticks } from "./dialog";

export interface Part {
  element: HTMLElement;
  /** Where the cursor goes when it is wrong. */
  control: HTMLElement;
  value: () => unknown;
  /** What is wrong with it, in words; empty where nothing is. */
  wrong?: () => string;
}

/** An address as people type it, with what they leave out: https:// before a host, mailto: before an address of mail. */
export function wholeAddress(typed: string): string {
  const address = typed.trim();
  if (!address || /^(https?:\/\/|mailto:|tel:|article:)/i.test(address)) return address;
  if (/^[^\s@/]+@[^\s@/]+\.[^\s@/]+$/.test(address)) return `mailto:${address}`;
  if (/^0\d[\d-]{7,12}$/.test(address)) return `tel:${address}`;
  return /^[^\s/]+\.[^\s/]+/.test(address) ? `https://${address}` : address;
}

function line(words: string, value: unknown, hint = "", required = false, type = "text"): Part {
  const input = make("input", { type });
  input.value = String(value ?? "");
  const missing = () => (required && !input.value.trim() ? say("fill-in", { field: words }) : "");
  return { element: labelled(words, input, hint, required), control: input, value: () => input.value.trim(), wrong: missing };
}

function address(words: string, value: unknown, required: boolean): Part {
  const part = line(words, value, say("address-hint"), required);
  const typed = part.value;
  const fault = () => {
    const whole = wholeAddress(String(typed()));
    if (!whole) return required ? say("fill-in", { field: words }) : "";
    return /^(https?:\/\/|mailto:|tel:|article:)/i.test(whole) ? "" : say("no-whole-address");
  };
  return { ...part, value: () => wholeAddress(String(typed())), wrong: fault };
}

function number(words: string, value: unknown, hint: string, required: boolean): Part {
  const input = make("input", { type: "text", inputmode: "numeric" });
  input.value = value === null || value === undefined ? "" : String(value);
  const read = () => input.value.normalize("NFKC").trim();
  return {
    element: labelled(words, input, hint, required),
    control: input,
    value: () => (read() === "" ? null : Number(read())),
    wrong: () => (/^\d{1,7}$/.test(read()) || (!required && read() === "") ? "" : say("no-number", { field: words })),
  };
}

function select(words: string, value: string, options: [string, string][]): Part {
  const control = make("select", {}, ...options.map(([key, name]) => make("option", { value: key, selected: key === value }, name)));
  return { element: labelled(words, control), control, value: () => control.value };
}

function picture(value: string): Part {
  const shown = make("img", { alt: "", hidden: !value });
  if (value) shown.src = page.pictures[value] ?? "";
  const status = make("p", { class: "hint", role: "status" });
  const input = make("input", { type: "file", accept: "image/*,.heic,.heif,.avif" });
  let digest = value;
  let busy = false;
  input.addEventListener("change", async () => {
    const file = input.files?.[0];
    if (!file) return;
    busy = true;
    status.textContent = say("uploading");
    const answer = await uploadPicture(file);
    busy = false;
    status.textContent = answer.wrong ?? say("uploaded");
    if (!answer.image) return;
    digest = answer.image;
    shown.src = page.pictures[digest] ?? "";
    shown.hidden = false;
  });
  const element = labelled(say("field-image"), input, say("picture-file-hint"), true);
  element.append(status, make("p", { class: "picture-shown" }, shown));
  return { element, control: input, value: () => digest, wrong: () => (busy ? say("still-uploading") : digest ? "" : say("choose-picture")) };
}

function products(value: { name: string; address: string; text: string }[]): Part {
  const list = make("div", { class: "products" });
  const rows: { name: Part; address: Part; text: Part; element: HTMLElement }[] = [];
  const add = (one = { name: "", address: "", text: "" }) => {
    const row = { name: line(say("field-name"), one.name), address: address(say("field-address"), one.address, false), text: line(say("field-text"), one.text), element: make("fieldset", { class: "product" }) };
    row.element.append(
      make("legend", {}, say("product", { number: rows.length + 1 })),
      row.name.element, row.address.element, row.text.element,
      button(say("remove"), () => {
        rows.splice(rows.indexOf(row), 1);
        row.element.remove();
        more.focus();
      }, { class: "button-quiet" }),
    );
    rows.push(row);
    list.append(row.element);
    return row;
  };
  const more = button(say("more-products"), () => add().name.control.focus(), { class: "button-quiet" });
  value.forEach((one) => add(one));
  if (!value.length) add();
  const filled = () => rows.filter((row) => row.name.value() || row.address.value() || row.text.value());
  return {
    element: make("div", {}, list, make("p", {}, more)),
    control: more,
    value: () => filled().map((row) => ({ name: row.name.value(), address: row.address.value(), text: row.text.value() })),
    wrong: () => filled().map((row) => (!row.name.value() ? say("fill-in", { field: say("field-name") }) : !row.address.value() ? say("fill-in", { field: say("field-address") }) : row.address.wrong?.() ?? "")).find(Boolean) ?? "",
  };
}

function newsTitle(value: string | null): Part {
  const words = line(say("field-news_title"), value ?? "", say("news-title-hint"));
  const none = make("input", { type: "checkbox", checked: value === "" });
  const element = make("div", {}, words.element, make("label", { class: "option" }, none, " ", make("span", {}, say("no-news-title"))));
  return { element, control: words.control, value: () => (none.checked ? "" : words.value() || null) };
}

/** The part of a form for one field of a block of *kind*. */
export function partOf(kind: string, field: Field, value: any): Part {
  const specific = `field-${kind}-${field.name}`;
  const words = page.words[specific] ? say(specific) : say(`field-${field.name}`);
  const hint = page.words[`${specific}-hint`] ? say(`${specific}-hint`) : "";
  const required = field.required ?? false;
  switch (field.type) {
    case "address": return address(words, value, required);
    case "number": return number(words, value, hint, required);
    case "level": return levelled(select(words, String(value), [["2", kindName("heading")], ["3", kindName("subheading")]]));
    case "ordered": return ordered(select(words, String(value), [["false", say("bullets")], ["true", say("numbers")]]));
    case "picture": return picture(value);
    case "products": return products(value);
    case "news_title": return newsTitle(value);
    case "topics": {
      const boxes = ticks(words, page.topics, value);
      return { element: boxes.element, control: boxes.element.querySelector("input") ?? boxes.element, value: boxes.value };
    }
    case "article": {
      const picker = articlePicker(words, value);
      return { element: picker.element, control: picker.input, value: picker.value, wrong: () => (picker.value() ? "" : say("choose-article")) };
    }
    default: return line(words, value, hint, required);
  }
}

const levelled = (part: Part): Part => ({ ...part, value: () => Number((part.control as HTMLSelectElement).value) });
const ordered = (part: Part): Part => ({ ...part, value: () => (part.control as HTMLSelectElement).value === "true" });
