// Asks for news and shows what has changed, keeping the focus where it is.
"use strict";

const every = 1500;

async function refresh() {
  const answer = await fetch(location.href, { cache: "no-store" });
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const now = document.getElementById("main");
  const next = page.getElementById("main");
  if (!next || now.innerHTML === next.innerHTML) return;
  const focused = document.activeElement && document.activeElement.id;
  now.replaceChildren(...next.childNodes);
  document.title = page.title;
  if (focused) document.getElementById(focused)?.focus();
}

async function loop() {
  try {
    await refresh();
  } catch {
    // the server is away; ask again
  }
  setTimeout(loop, every);
}

setTimeout(loop, every);
