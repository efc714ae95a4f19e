// Keeps the room page true: the server says by an event that something changed,
// the page fetches its panel anew. When the stream is silent, it asks by itself;
// and where the page carries its session, which no stream can send.
"use strict";

(() => {
  const panel = document.getElementById("panel");
  const live = document.getElementById("live");
  const session = document.getElementById("carried")?.elements.session.value;
  const silence = session ? 0 : 20_000; // without a sign of life of the stream
  const poll = session ? 5000 : 10_000;
  const rest = 5000; // between two fetches: a class that fills changes all the time
  const renew = 10 * 60_000; // tickets live for 15 minutes
  const spread = (ms) => Math.random() * ms;

  let stream = null;
  let lastSign = Date.now();
  let nextPoll = 0;
  let drawnAt = Date.now();
  let fetchedAt = 0;
  let pending = 0;
  let asked = false; // by the person, not by the page itself
  let impatient = 12; // looks at what concerns only this person, of which no event tells
  let stopped = false;
  const headers = session ? { Authorization: `Bearer ${session}` } : {};

  // draw fetches the panel once, soon: a class does not come all at once, and
  // whatever happens until then, or while the page rests, is one fetch.
  function draw(within) {
    if (pending || stopped) return;
    const rested = Math.max(0, fetchedAt + rest - Date.now());
    pending = setTimeout(async () => {
      pending = 0;
      fetchedAt = Date.now();
      const itself = asked ? "" : "&auto=yes"; // an open page keeps no session alive
      const seen = needsAll() ? "" : `&seen=${version()}`;
      asked = false;
      try {
        const answer = await fetch(panel.dataset.panel + itself + seen, { cache: "no-store", headers });
        if (answer.status === 204) return;
        if (answer.ok) swap(await answer.text());
        else if (answer.status < 500 && answer.status !== 429) stop(await answer.text());
        else later();
      } catch {
        later(); // the network is away
      }
    }, rested + spread(within));
  }

  // needsAll tells whether the panel is wanted although the room may not have changed.
  function needsAll() {
    return !session || asked || Date.now() - drawnAt > renew || panel.querySelector("[data-chat=opening]") !== null;
  }

  function version() {
    return panel.querySelector("[data-version]")?.dataset.version ?? "";
  }

  // drawAsked draws what the person wants to see.
  function drawAsked(within) {
    asked = true;
    draw(within);
  }

  function later() {
    setTimeout(() => draw(2000), poll);
  }

  // swap shows the new panel; what one has focused, ticked or opened stays so.
  function swap(html) {
    const focused = panel.contains(document.activeElement) ? document.activeElement.id : "";
    const ticked = [...panel.querySelectorAll("input[type=checkbox][id]")].map((box) => [box.id, box.checked]);
    const opened = [...panel.querySelectorAll("details[open][id]")].map((d) => d.id);
    const said = announcement();
    panel.innerHTML = html;
    showLocalTimes(panel);
    for (const [id, checked] of ticked) set(id, "checked", checked);
    for (const id of opened) set(id, "open", true);
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
    if (announcement() !== said) live.textContent = announcement();
    drawnAt = Date.now();
  }

  function announcement() {
    return panel.querySelector("[data-announce]")?.textContent ?? "";
  }

  function set(id, property, value) {
    const element = document.getElementById(id);
    if (element) element[property] = value;
  }

  // stop shows why the page may see no more.
  function stop(html) {
    stopped = true;
    stream?.close();
    panel.innerHTML = html;
    live.textContent = announcement();
  }

  function listen() {
    if (session) return;
    stream = new EventSource(`${panel.dataset.events}&version=${version()}`);
    const alive = () => { lastSign = Date.now(); };
    stream.addEventListener("open", alive);
    stream.addEventListener("beat", alive);
    stream.addEventListener("changed", () => { alive(); draw(2000); });
    stream.addEventListener("gone", () => draw(0));
  }

  // A stream that the browser gave up (a refusal, a sleeping phone) is opened again.
  function mend() {
    if (stream?.readyState === EventSource.CLOSED) listen();
  }

  setInterval(() => {
    if (stopped || document.hidden) return;
    const now = Date.now();
    if (now - drawnAt > renew) draw(2000);
    if (now - drawnAt > 5000 && impatient > 0 && panel.querySelector("[data-chat=opening]")) {
      impatient--;
      draw(2000);
    }
    if (now - lastSign < silence || now < nextPoll) return;
    nextPoll = now + poll + spread(2000);
    mend();
    draw(0);
  }, 1000);

  document.addEventListener("visibilitychange", () => {
    if (document.hidden || stopped) return;
    mend();
    drawAsked(500);
  });

  // A ticket works once: a second press is ignored until the page has new ones.
  // The button is not disabled, which would take the focus away from it.
  panel.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.target !== "_blank") return;
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "yes";
    event.submitter?.setAttribute("aria-disabled", "true");
    setTimeout(() => drawAsked(0), 1500);
  });

  listen();
})();
