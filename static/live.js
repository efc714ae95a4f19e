// Asks for the page again while its part "live" waits for something, and shows
// that part anew.
"use strict";

(() => {
  const until = Date.now() + 20 * 60_000;
  const look = async () => {
    if (!document.hidden) {
      const answer = await fetch(location.href, { cache: "no-store" }).catch(() => null);
      if (answer && answer.ok && !answer.redirected) {
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const fresh = page.getElementById("live");
        const shown = document.getElementById("live");
        if (fresh && fresh.textContent !== shown.textContent) shown.replaceWith(fresh);
      }
    }
    next();
  };
  const next = () => {
    if (document.querySelector("#live[data-waits]") && Date.now() < until) setTimeout(look, 2_000);
  };
  next();
})();
