// The one figure of an article: chosen, or pasted into its text, it is stored at once and shown.
import { announce, button, make } from "../page/elements";
import { show as showNote, hide as hideNote, showWords } from "../page/notes";
import { page, say } from "../page/page_data";
import { uploadPicture } from "../page/pictures";
import type { Coming } from "../paste/coming_pictures";

export class ArticleFigure {
  busy = false;
  private readonly place: HTMLElement;
  private readonly digest: HTMLInputElement;
  private readonly shown = make("img", { class: "figure-now", alt: "" });
  private readonly status = make("p", { class: "hint", role: "status" });
  private readonly remove = button(say("figure-remove"), () => this.set(""), { class: "button-quiet" });

  constructor(private readonly form: HTMLFormElement) {
    this.place = form.querySelector<HTMLElement>("#article-figure")!;
    this.digest = form.querySelector<HTMLInputElement>("input[name=figure]")!;
    const file = this.place.querySelector<HTMLInputElement>("input[type=file]")!;
    this.place.querySelector(".figure-now")?.parentElement?.remove();
    this.place.querySelector("[name=no_figure]")?.closest(".field")?.remove();
    this.place.prepend(this.shown, make("p", { class: "figure-tools" }, this.remove));
    file.after(this.status);
    file.addEventListener("change", async () => {
      const picture = file.files?.[0];
      if (picture && (await this.upload(picture))) file.value = ""; // it is stored: nothing has to come along
    });
    this.show();
  }

  /** Shows the figure that the form names. */
  show(): void {
    const address = page.pictures[this.digest.value];
    this.shown.hidden = !address;
    this.remove.hidden = !this.digest.value;
    if (address) this.shown.src = address;
  }

  /** Takes a pasted picture, and asks where there is a figure already. */
  async take(coming: Coming[]): Promise<void> {
    const [first] = coming;
    if (!first) return;
    if (this.digest.value) {
      showNote("note", [
        make("p", {}, say("figure-there")),
        make("p", { class: "actions" },
          button(say("figure-replace"), () => (hideNote(), void this.load(first)), { class: "button-quiet" }),
          button(say("leave"), () => hideNote(), { class: "button-quiet" })),
      ]);
      return;
    }
    if ((await this.load(first)) && coming.length > 1) showWords("note", say("figure-one"));
  }

  private async load(one: Coming): Promise<boolean> {
    const picture = await one.load();
    if (!picture || !(await this.upload(picture))) return false;
    const alt = this.form.elements.namedItem("figure_alt") as HTMLInputElement;
    if (one.alt && !alt.value) alt.value = one.alt;
    const link = make("a", { href: "#figure_alt" }, say("figure-taken"));
    showNote("note", [make("p", {}, link)]);
    return true;
  }

  private async upload(picture: Blob): Promise<boolean> {
    this.busy = true;
    this.status.textContent = say("uploading");
    const answer = await uploadPicture(picture);
    this.busy = false;
    this.status.textContent = answer.wrong ?? say("uploaded");
    if (answer.wrong) showWords("note note-error", answer.wrong);
    if (!answer.image) return false;
    this.set(answer.image);
    return true;
  }

  private set(digest: string): void {
    this.digest.value = digest;
    this.show();
    if (!digest) {
      for (const name of ["alt", "caption", "source"]) (this.form.elements.namedItem(`figure_${name}`) as HTMLInputElement).value = "";
      announce(say("figure-remove"));
      this.place.querySelector<HTMLElement>("input[type=file]")?.focus();
    }
    this.digest.dispatchEvent(new Event("change", { bubbles: true }));
  }
}
