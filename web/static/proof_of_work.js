// Does the calculation of web/public/proof_of_work.py and puts its result into the form around #proof-of-work.
// Without scripts, or without https, the page's own text stays: wait, then send again.
(async () => {
  "use strict";
  const told = document.getElementById("proof-of-work");
  if (!told || !window.crypto || !window.crypto.subtle) return;
  const form = told.closest("form");
  const bits = Number(told.dataset.bits);
  const encoder = new TextEncoder();
  const AT_ONCE = 512; // awaiting each digest by itself would take several times as long
  let sendWhenDone = false;
  const wait = (event) => {
    event.preventDefault();
    sendWhenDone = true;
  };
  const solves = async (number) => {
    const digest = await crypto.subtle.digest("SHA-256", encoder.encode(`${told.dataset.challenge}:${number}`));
    return new DataView(digest).getUint32(0) >>> (32 - bits) === 0;
  };

  form.addEventListener("submit", wait);
  told.textContent = told.dataset.working;
  for (let first = 0; ; first += AT_ONCE) {
    const numbers = Array.from({ length: AT_ONCE }, (_, index) => first + index);
    const found = (await Promise.all(numbers.map(solves))).indexOf(true);
    if (found < 0) continue;
    form.elements.proof.value = String(first + found);
    break;
  }
  form.removeEventListener("submit", wait);
  told.textContent = told.dataset.done;
  if (sendWhenDone) form.requestSubmit();
})();
