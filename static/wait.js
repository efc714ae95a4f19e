// Waits in a tab for the class, and goes on by itself. A class that starts takes
// everybody in, spread over five seconds.
"use strict";

(() => {
  const main = document.querySelector("main.waiting");
  const form = document.getElementById("go");
  const poll = 10_000;
  const spread = (ms) => Math.random() * ms;

  // goOn submits the form after that time, unless one would rather stay out. Once:
  // a look that was slow may find the class running after another has.
  let going = false;
  function goOn(after) {
    if (going) return;
    going = true;
    const stayOut = document.getElementById("stay-out");
    const soon = document.getElementById("soon");
    if (soon) soon.hidden = false;
    const timer = setTimeout(() => form.requestSubmit(), after || spread(5000));
    if (!stayOut) return;
    stayOut.hidden = false;
    stayOut.addEventListener("click", () => {
      clearTimeout(timer);
      stayOut.hidden = true;
      soon.hidden = true;
      document.getElementById("stayed").hidden = false;
      document.getElementById("enter").focus();
    });
  }

  function wait() {
    let next = 0;
    ask(poll);
    if (main.dataset.events) {
      const stream = new EventSource(main.dataset.events);
      stream.addEventListener("changed", () => ask(spread(1000)));
      stream.addEventListener("gone", () => location.reload());
    }
    document.addEventListener("visibilitychange", () => { if (!document.hidden) ask(0); });

    // ask looks once after that time, and then again and again.
    function ask(after) {
      clearTimeout(next);
      next = setTimeout(async () => {
        const pause = await look();
        if (pause) ask(pause + spread(2000));
      }, after);
    }
  }

  // look answers after how long to look again; zero when there is no need.
  async function look() {
    try {
      const answer = await fetch(main.dataset.state, { cache: "no-store" });
      if (answer.status === 429 || answer.status >= 500) return retryAfter(answer);
      if (!answer.ok) { location.reload(); return 0; } // the page says why
      if (!(await answer.json()).running) return poll;
    } catch {
      return poll; // the network is away
    }
    started();
    return 0;
  }

  function retryAfter(answer) {
    return Math.max(poll, 1000 * (Number(answer.headers.get("Retry-After")) || 0));
  }

  // started shows it and goes on: by the form of this page, or by drawing the page
  // anew, which knows what is to be told first.
  function started() {
    for (const part of main.querySelectorAll("[data-when]")) part.hidden = part.dataset.when !== "running";
    main.querySelector(".state")?.classList.replace("idle", "running");
    if (form) goOn(0);
    else setTimeout(() => location.reload(), spread(5000));
  }

  if (main.dataset.go !== undefined) goOn(Number(main.dataset.go) * 1000);
  else wait();
})();
