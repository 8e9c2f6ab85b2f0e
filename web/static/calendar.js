// Moves an issue to another day of the calendar, by dragging or by the keyboard. Both only ask for the page that says
// how many readers it has and waits for a confirmation; without scripts, the link “Move” leads to the same page.
(() => {
  const days = [...document.querySelectorAll("td[data-day]")];
  const said = document.getElementById("calendar-said");
  const how = document.getElementById("how-to-move");
  if (!days.length || !said || !how || !document.querySelector("[data-move]")) return;
  how.hidden = false;
  let dragged = "", aimed = null;

  function ask(address, day) {
    location.assign(`${address}?day=${encodeURIComponent(day.dataset.day)}`);
  }

  function mark(day) {
    for (const one of document.querySelectorAll(".day-aimed")) one.classList.remove("day-aimed");
    if (day) day.classList.add("day-aimed");
  }

  for (const entry of document.querySelectorAll("[data-move]")) {
    entry.addEventListener("dragstart", (event) => {
      dragged = entry.dataset.move;
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", dragged);
    });
    entry.addEventListener("dragend", () => { dragged = ""; mark(null); });
  }
  for (const day of days) {
    day.addEventListener("dragover", (event) => {
      if (!dragged) return;
      event.preventDefault();
      mark(day);
    });
    day.addEventListener("drop", (event) => {
      if (!dragged) return;
      event.preventDefault();
      ask(dragged, day);
    });
  }

  // The grid begins on a Sunday and lacks the days that are over: a day is found by its date.
  const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };
  function shifted(day, by) {
    const date = new Date(`${day}T00:00:00Z`);
    date.setUTCDate(date.getUTCDate() + by);
    return date.toISOString().slice(0, 10);
  }

  function end() {
    aimed = null;
    mark(null);
  }

  for (const link of document.querySelectorAll(".entry-move")) {
    const entry = link.closest("[data-move]");
    link.setAttribute("aria-describedby", how.id);
    link.addEventListener("keydown", (event) => {
      if (event.key in steps && !event.altKey && !event.ctrlKey && !event.metaKey) {
        const own = link.closest("td[data-day]");
        const from = aimed || own;
        const wanted = from ? shifted(from.dataset.day, steps[event.key]) : days[0].dataset.day;
        const found = days.find((day) => day.dataset.day === wanted);
        event.preventDefault();
        if (!found) return;
        aimed = found;
        mark(found);
        found.scrollIntoView({ block: "nearest" });
        said.textContent = said.dataset.words.replace("{day}", found.dataset.words);
      } else if (event.key === "Enter" && aimed) {
        event.preventDefault();
        ask(entry.dataset.move, aimed);
      } else if (event.key === "Escape" && aimed) {
        end();
        said.textContent = said.dataset.ended;
      }
    });
    link.addEventListener("blur", end);
  }
})();
