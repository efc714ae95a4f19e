// Tells the LMS that its admin has finished (Dynamic Registration §3.7): it opened
// this page in a frame or in a window of its own. The message holds nothing, so any
// origin may read it; which one the LMS's page has is not always known.
"use strict";

const opened = window.opener || (window.parent === window ? null : window.parent);
const done = document.getElementById("close");

if (opened && done) {
  done.hidden = false;
  done.addEventListener("click", () => opened.postMessage({ subject: "org.imsglobal.lti.close" }, "*"));
}
