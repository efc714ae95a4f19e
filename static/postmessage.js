// Talks to the LMS's page around ours (1EdTech LTI Client Side postMessages).
"use strict";

// askPlatform sends a message to the frame that keeps values for us, and answers
// what came back from that very frame and origin within a second; else undefined.
function askPlatform({ target, origin }, message) {
  const frame = platformFrame(target);
  if (!frame) return Promise.resolve(undefined);
  const id = `${message.subject} ${message.key}`; // the only one of its kind in this page
  return new Promise((resolve) => {
    const hear = (event) => {
      const answer = event.data;
      if (event.origin !== origin || event.source !== frame) return;
      if (answer?.subject !== `${message.subject}.response` || answer.message_id !== id) return;
      end(answer.error ? undefined : answer);
    };
    const end = (answer) => {
      removeEventListener("message", hear);
      clearTimeout(timer);
      resolve(answer);
    };
    const timer = setTimeout(end, 1000);
    addEventListener("message", hear);
    frame.postMessage({ ...message, message_id: id }, origin);
  });
}

// platformFrame is the LMS's page itself, or a frame of it. Which windows another
// site's page has, a browser may refuse to tell.
function platformFrame(target) {
  const around = window.parent === window ? window.opener : window.parent;
  if (target === "_parent") return around;
  for (const page of [around, window.opener]) {
    try {
      if (page?.frames[target]) return page.frames[target];
    } catch {
      // there is no such frame
    }
  }
  return null;
}
