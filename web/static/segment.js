// The form of conditions without loading the page anew: what its buttons do without scripts, and a count at every change.
(() => {
  const form = document.getElementById("segment");
  if (!form) return;
  const recount = document.getElementById("recount");
  const attempt = recount.getAttribute("formaction");
  const EXACTLY = "count exactly";
  let waiting = 0, asked = 0, plain = false;

  // The form has buttons called “action”, which hide its own property of that name.
  async function send(action) {
    const fields = new FormData(form);
    fields.set("action", action);
    const answer = await fetch(attempt, { method: "POST", body: fields });
    return answer.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
  }

  function show(wanted) {
    document.getElementById("count").replaceChildren(...wanted.childNodes);
    const samples = document.getElementById("samples");
    if (samples) samples.remove();
  }

  // Where readers are many, the first answer only says so, and the number itself is asked for at once.
  async function count(action = "count") {
    const mine = ++asked;
    const page = await send(action);
    const wanted = page && page.getElementById("count");
    if (mine !== asked || !wanted) return;
    const waits = wanted.querySelector("[data-exactly]");
    show(wanted);
    if (waits && action !== EXACTLY) await count(EXACTLY);
  }

  function later() {
    clearTimeout(waiting);
    waiting = setTimeout(() => count(), 400);
  }

  form.addEventListener("input", later);
  form.addEventListener("submit", async (event) => {
    const button = event.submitter;
    if (plain || !button || button.getAttribute("formaction") !== attempt) return;
    event.preventDefault();
    if (button.value === "count" || button.value === EXACTLY) { count(button.value); return; }
    ++asked;
    const page = await send(button.value);
    const wanted = page && page.getElementById("segment");
    if (!wanted) { plain = true; form.requestSubmit(button); return; }  // the server says what is wrong
    const counted = document.getElementById("count");
    form.replaceChildren(...wanted.childNodes);
    document.getElementById("count").replaceChildren(...counted.childNodes);
    const row = form.querySelector("[data-at]");
    const next = row && row.querySelector("select, input:not([type=hidden])");
    (next || form.querySelector("[id='new-']")).focus();
    later();
  });
  if (!document.querySelector("#count > *")) count();
})();
