// An article, found by its title while one types.
import { make, newId } from "../page/elements";
import { page, say, titleOf } from "../page/page_data";
import { labelled } from "./dialog";

export interface Article {
  slug: string;
  title: string;
  facts: string;
}

const PAUSE = 200; // milliseconds without a key before the server is asked

export interface Picker {
  element: HTMLElement;
  input: HTMLInputElement;
  /** Where it says what was found. */
  status: HTMLElement;
  value: () => string;
}

/**
 * A field that searches articles; *chosen* is the slug that stands in it at first.
 * With *take* it holds none: each that is chosen is handed over, and the field is empty again.
 */
export function articlePicker(words: string, chosen: string, take?: (article: Article) => void): Picker {
  const list = make("ul", { role: "listbox", id: newId(), class: "choices", hidden: true, "aria-label": words });
  const input = make("input", {
    type: "text", role: "combobox", autocomplete: "off", "aria-expanded": "false", "aria-controls": list.id, "aria-autocomplete": "list",
  });
  input.value = chosen ? titleOf(chosen) : "";
  const status = make("p", { class: "hint", role: "status" });
  let slug = chosen;
  let found: Article[] = [];
  let active = -1;
  let waiting = 0;
  let asked = 0;

  const show = (open: boolean) => {
    list.hidden = !open || !found.length;
    input.setAttribute("aria-expanded", String(!list.hidden));
    if (list.hidden) input.removeAttribute("aria-activedescendant");
  };
  const mark = (at: number) => {
    active = at;
    [...list.children].forEach((one, index) => one.setAttribute("aria-selected", String(index === at)));
    const option = list.children[at];
    if (!option) return input.removeAttribute("aria-activedescendant");
    input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  };
  const choose = (at: number) => {
    const article = found[at];
    if (!article) return;
    slug = article.slug;
    page.articles[slug] = article.title;
    input.value = take ? "" : article.title;
    status.textContent = "";
    show(false);
    if (!take) return;
    slug = "";
    found = [];
    list.replaceChildren();
    take(article);
  };
  const search = async () => {
    const mine = ++asked;
    let answer: Response;
    try {
      answer = await fetch(`${page.addresses.articles}&q=${encodeURIComponent(input.value)}`, { headers: { Accept: "application/json" } });
    } catch {
      status.textContent = say("no-connection");
      return;
    }
    if (mine !== asked) return;
    if (!answer.ok || answer.redirected) {
      status.textContent = say("session-ended");
      return;
    }
    found = (await answer.json()).articles;
    list.replaceChildren(
      ...found.map((one, at) => {
        const option = make("li", { role: "option", id: newId(), "aria-selected": "false" }, one.title, make("small", {}, one.facts));
        option.addEventListener("pointerdown", (event) => event.preventDefault());
        option.addEventListener("click", () => choose(at));
        return option;
      }),
    );
    status.textContent = found.length ? say("found", { count: found.length }) : say("none-found");
    show(true);
    mark(found.length ? 0 : -1);
  };
  // What was found for other words is not chosen by a quick Enter.
  const searchSoon = () => {
    slug = "";
    mark(-1);
    clearTimeout(waiting);
    waiting = window.setTimeout(search, PAUSE);
  };
  input.addEventListener("input", (event) => (event as InputEvent).isComposing || searchSoon());
  input.addEventListener("compositionend", searchSoon);
  input.addEventListener("focus", () => slug || search());
  input.addEventListener("blur", () => show(false));
  input.addEventListener("keydown", (event) => {
    if (event.isComposing || list.hidden) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) mark((active + step + found.length) % found.length);
    else if (event.key === "Enter") choose(active);
    else if (event.key === "Escape") show(false);
    else return;
    event.preventDefault();
  });
  const field = labelled(words, input, say(take ? "related-hint" : "article-hint"), take ? undefined : true);
  field.append(list, status);
  return { element: field, input, status, value: () => slug };
}
