// A form that stands over the page until it is confirmed or left.
import { button, make, newId } from "../page/elements";
import { say } from "../page/page_data";

export interface Asked {
  title: string;
  parts: HTMLElement[];
  /** Takes what was entered; answers the name of a field that is wrong, with why, or null. */
  confirm: () => { field: HTMLElement; words: string } | null;
  /** Called once the form is gone, whichever way. */
  closed?: (confirmed: boolean) => void;
  /** What the button says; “take over” where it is left out. */
  words?: string;
}

/** Opens a form. */
export function ask(asked: Asked): HTMLDialogElement {
  const title = newId();
  const error = make("p", { class: "error", role: "alert", hidden: true });
  const form = make("form", { method: "dialog", class: "editor-form" }, make("h2", { id: title }, asked.title), error, ...asked.parts);
  const dialog = make("dialog", { class: "editor-dialog", "aria-labelledby": title }, form);
  let isOpen = true;
  const end = (confirmed: boolean) => {
    if (!isOpen) return;
    isOpen = false;
    dialog.close();
    dialog.remove();
    asked.closed?.(confirmed);
  };
  form.append(
    make(
      "p",
      { class: "actions" },
      make("button", { type: "submit" }, asked.words ?? say("take-over")),
      button(say("leave"), () => end(false), { class: "button-quiet" }),
    ),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const wrong = asked.confirm();
    for (const one of form.querySelectorAll("[aria-invalid]")) one.removeAttribute("aria-invalid");
    if (wrong) {
      error.textContent = wrong.words;
      error.hidden = false;
      wrong.field.setAttribute("aria-invalid", "true");
      wrong.field.focus();
      return;
    }
    end(true);
  });
  form.addEventListener("keydown", (event) => {
    // Enter that ends a composition is no confirmation.
    if (event.key === "Enter" && event.isComposing) event.preventDefault();
  });
  // Browsers tell of “close” only later, and what is typed until then went nowhere: so it is for Esc alone.
  dialog.addEventListener("close", () => end(false));
  document.body.append(dialog);
  dialog.showModal();
  form.querySelector<HTMLElement>("input:not([type=hidden]), select, textarea")?.focus();
  return dialog;
}

/** A labelled field, with a hint where there is one. */
export function labelled(words: string, control: HTMLElement, hint = "", required?: boolean): HTMLElement {
  control.id ||= newId();
  const label = make("label", { for: control.id }, words);
  if (required) label.append(" ", make("span", { class: "tag tag-required" }, say("required")));
  const field = make("div", { class: "field" }, label);
  if (hint) {
    const id = newId();
    field.append(make("p", { class: "hint", id }, hint));
    control.setAttribute("aria-describedby", id);
  }
  field.append(control);
  return field;
}

/** Boxes to tick, under one legend. */
export function ticks(legend: string, choices: { slug: string; name: string }[], chosen: string[], hint = ""): { element: HTMLElement; value: () => string[] } {
  const known = new Set(choices.map((one) => one.slug));
  const all = [...choices, ...chosen.filter((slug) => !known.has(slug)).map((slug) => ({ slug, name: slug }))];
  const boxes = all.map((one) => {
    const box = make("input", { type: "checkbox", value: one.slug, checked: chosen.includes(one.slug) });
    return { box, option: make("label", { class: "option" }, box, " ", make("span", {}, one.name)) };
  });
  const element = make("fieldset", { class: "field" }, make("legend", {}, legend));
  if (hint) element.append(make("p", { class: "hint" }, hint));
  element.append(make("div", { class: "options" }, ...boxes.map(({ option }) => option)));
  if (!all.length) element.append(make("p", { class: "hint" }, say("nothing-to-choose")));
  // The order of what was chosen already stays, so that nothing changes where nobody changed anything.
  const value = () => {
    const ticked = boxes.filter(({ box }) => box.checked).map(({ box }) => box.value);
    return [...chosen.filter((slug) => ticked.includes(slug)), ...ticked.filter((slug) => !chosen.includes(slug))];
  };
  return { element, value };
}
