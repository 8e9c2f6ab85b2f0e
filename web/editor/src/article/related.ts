// Related articles: found while typing, kept in an order, taken out. The box with their names stays in the form.
import { articlePicker } from "../forms/article_picker";
import { announce, button, make } from "../page/elements";
import { icon } from "../page/icons";
import { page, say, titleOf } from "../page/page_data";

/** Puts a list in place of the box; answers how to show it anew once the box has been filled. */
export function showRelated(form: HTMLFormElement): () => void {
  const place = form.querySelector<HTMLElement>("#article-related");
  const box = place?.querySelector("textarea");
  if (!place || !box) return () => undefined;
  const read = () => box.value.split("\n").map((one) => one.trim()).filter(Boolean);
  const list = make("ol", { class: "related-list" });
  const empty = make("p", { class: "hint" }, say("related-none"));

  const write = (slugs: string[]) => {
    box.value = slugs.join("\n");
    draw();
    box.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const tool = (name: string, sign: Node | string, slug: string, act: () => void) => {
    const words = say(`related-${name}`, { title: titleOf(slug) });
    const made = button("", act, { class: "tool", title: words, "aria-label": words, "data-tool": name });
    made.append(sign);
    return made;
  };
  const move = (slug: string, step: -1 | 1) => {
    const slugs = read();
    const at = slugs.indexOf(slug);
    const to = at + step;
    if (to < 0 || to >= slugs.length) return;
    slugs.splice(at, 1);
    slugs.splice(to, 0, slug);
    write(slugs);
    announce(say("related-moved", { title: titleOf(slug), place: to + 1, count: slugs.length }));
    list.children[to]?.querySelector<HTMLElement>(`[data-tool=${step < 0 ? "up" : "down"}]`)?.focus();
  };
  const remove = (slug: string) => {
    const at = read().indexOf(slug);
    write(read().filter((one) => one !== slug));
    announce(say("related-removed", { title: titleOf(slug) }));
    const next = list.children[Math.min(at, list.children.length - 1)];
    (next?.querySelector<HTMLElement>("[data-tool=remove]") ?? picker.input).focus();
  };
  const draw = () => {
    const slugs = read();
    list.replaceChildren(
      ...slugs.map((slug) =>
        make("li", {},
          make("span", { class: "related-title" }, titleOf(slug)),
          make("span", { class: "tool-group" },
            tool("up", icon("move-up")!, slug, () => move(slug, -1)),
            tool("down", icon("move-down")!, slug, () => move(slug, 1)),
            tool("remove", "×", slug, () => remove(slug)))),
      ),
    );
    list.hidden = !slugs.length;
    empty.hidden = Boolean(slugs.length);
  };
  const picker = articlePicker(say("related-find"), "", (article) => {
    const slugs = read();
    const fault = article.slug === page.slug ? "related-itself" : slugs.includes(article.slug) ? "related-twice" : "";
    if (!fault) write([...slugs, article.slug]);
    picker.status.textContent = say(fault || "related-added", { title: article.title });
  });
  picker.input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault(); // it chooses, and saves nothing
  });
  for (const child of place.querySelectorAll("label, .hint")) child.remove();
  box.hidden = true;
  box.removeAttribute("id");
  picker.input.id = "related"; // links to what is wrong lead here
  picker.element.querySelector("label")!.htmlFor = "related";
  place.append(empty, list, picker.element);
  draw();
  return draw;
}
