// How far an import or export is, without loading the page anew; once its state has changed, the page comes once more.
(() => {
  const place = document.getElementById("import-progress");
  if (!place) return;
  const bar = place.querySelector("progress");
  const number = new Intl.NumberFormat("en");

  async function look() {
    try {
      const answer = await fetch(place.dataset.address, { headers: { Accept: "application/json" } });
      const now = await answer.json();
      const settled = place.querySelector("[data-settled]");
      if (now.state !== place.dataset.state || (now.records && !settled)) { location.reload(); return; }
      if (settled) {
        settled.textContent = number.format(now.settled);
        bar.max = now.records;
        bar.value = now.settled;
      }
    } catch { /* the next look may succeed */ }
    setTimeout(look, 1000);
  }
  setTimeout(look, 400);
})();
