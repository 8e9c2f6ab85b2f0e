// Keeps the progress of an issue up to date by events of the server; without scripts, a link asks for the page again.
(() => {
  const live = document.getElementById("live");
  const said = document.getElementById("live-said");
  const refresh = document.getElementById("refresh");
  if (!live || !live.dataset.events || !said || !window.EventSource) return;
  let source = null, over = false;
  const part = (root, name) => root.querySelector(`[data-live="${name}"]`);

  function tell(name) {
    const words = said.dataset[name];
    said.hidden = false;
    if (said.textContent !== words) said.textContent = words;
    refresh.hidden = name === "on";
  }

  function put(html) {
    const next = new DOMParser().parseFromString(html, "text/html").body;
    for (const now of live.querySelectorAll("[data-live]")) {
      const wanted = part(next, now.dataset.live);
      if (!wanted) return location.reload();  // parts of another kind: letters have been prepared, or all is settled
      for (const { name, value } of wanted.attributes) if (now.getAttribute(name) !== value) now.setAttribute(name, value);
      if (now.innerHTML !== wanted.innerHTML && !isInUse(now)) now.replaceChildren(...wanted.childNodes);
    }
    if (next.querySelectorAll("[data-live]").length !== live.querySelectorAll("[data-live]").length) location.reload();
  }

  // A button that somebody is about to press stays where it is.
  function isInUse(element) {
    return element.contains(document.activeElement) && element !== document.activeElement;
  }

  function open() {
    if (source || over || document.hidden) return;
    source = new EventSource(live.dataset.events);
    source.onmessage = (event) => { tell("on"); put(event.data); };
    source.onerror = () => {
      tell("lost");
      if (source.readyState !== EventSource.CLOSED) return;  // the browser tries again
      close();
      setTimeout(open, 5000);
    };
    source.addEventListener("over", () => { over = true; tell("over"); close(); });
  }

  function close() {
    if (source) source.close();
    source = null;
  }

  document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
  addEventListener("pagehide", close);
  open();
})();
