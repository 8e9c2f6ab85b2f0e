// Fetches a number that takes seconds, after the page is shown; without scripts, a link leads to it.
(async () => {
  const missing = document.querySelector("[data-count]");
  if (!missing) return;
  const place = missing.closest("[data-counted]");
  place.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(missing.dataset.count);
    const page = answer.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
    const found = page && page.querySelector("[data-counted]");
    if (found && !found.querySelector("[data-count]")) place.replaceChildren(...found.childNodes);
  } catch (error) {
    console.warn("not counted", error);  // the link is still there
  }
  place.removeAttribute("aria-busy");
})();
