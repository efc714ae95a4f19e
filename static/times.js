// Shows the times of the page in the reader's own time zone.
"use strict";

// timeLanguage is the page's language as the reader writes times in it: en-GB for en.
function timeLanguage() {
  const page = document.documentElement.lang;
  return navigator.languages.find((l) => l.split("-")[0] === page.split("-")[0]) ?? page;
}

function showLocalTimes(root) {
  const language = timeLanguage();
  const kinds = {
    time: { timeStyle: "short" },
    day: { dateStyle: "full" },
  };
  for (const time of root.querySelectorAll("time[data-local]")) {
    const at = new Date(time.dateTime);
    if (!isNaN(at)) time.textContent = new Intl.DateTimeFormat(language, kinds[time.dataset.local]).format(at);
  }
}

showLocalTimes(document);
