// Shows a button that prints the page; without scripts, the browser's own menu does.
for (const part of document.querySelectorAll("[data-print]")) {
  part.hidden = false;
  part.querySelector("button").addEventListener("click", () => window.print());
}
