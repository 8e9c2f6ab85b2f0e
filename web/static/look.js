// The letter beside the form of a newsletter's look follows the form: what the button “show” does, at every change.
(() => {
  const form = document.getElementById("look");
  const letter = document.getElementById("letter");
  const show = document.getElementById("show");
  if (!form || !letter || !show) return;
  show.hidden = true;
  let waiting = 0, asked = 0;

  // The form has buttons called “action”, which hide its own property of that name.
  async function follow() {
    const mine = ++asked;
    const fields = new FormData(form);
    fields.set("action", "show");
    fields.delete("logo");
    const answer = await fetch(location.href, { method: "POST", body: fields });
    if (mine !== asked || !answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const contrasts = page.getElementById("contrasts"), wanted = page.getElementById("letter");
    if (!contrasts || !wanted) return;
    document.getElementById("contrasts").replaceChildren(...contrasts.childNodes);
    letter.className = wanted.className;
    if (letter.getAttribute("src") !== wanted.getAttribute("src")) letter.src = wanted.getAttribute("src");
  }

  form.addEventListener("input", (event) => {
    if (event.target.name === "logo") return;
    clearTimeout(waiting);
    waiting = setTimeout(follow, 250);
  });

  // Another view of the letter keeps what stands in the form.
  for (const link of document.querySelectorAll("[data-mode]")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      form.elements.mode.value = link.dataset.mode;
      for (const other of document.querySelectorAll("[data-mode]")) other.removeAttribute("aria-current");
      link.setAttribute("aria-current", "true");
      follow();
    });
  }
})();
