// Says that the incident has moved on, when it has. Nothing is replaced under the reader's fingers: what they are
// typing stays, and they reload when they want to. Without this file the page works the same.
(function () {
  "use strict";
  const EVERY = 10000;
  const band = document.getElementById("news");
  const known = document.body.dataset.seq;
  if (!band || !known) return;

  async function look() {
    if (!document.hidden) {
      try {
        const answer = await fetch(location.pathname, { headers: { Accept: "text/html" }, redirect: "error" });
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        if (answer.ok && page.body.dataset.seq !== known) {
          band.hidden = false;
          return;
        }
      } catch (error) {
        // The network is away: look again later.
      }
    }
    setTimeout(look, EVERY);
  }
  setTimeout(look, EVERY);
})();
