// Decides how the class opens, before the LMS's answer is used up: by a cookie, by
// a proof that the LMS's page keeps, or in a window of its own.
"use strict";

(async () => {
  const { next, probe, key, value, ...storage } = document.getElementById("login").dataset;

  if (keepsCookies() || (await keptByPlatform())) location.replace(next);
  else offerWindow();

  function keepsCookies() {
    return document.cookie.split("; ").some((cookie) => cookie.startsWith(`${probe}=`));
  }

  async function keptByPlatform() {
    if (!storage.target) return false;
    return (await askPlatform(storage, { subject: "lti.put_data", key, value })) !== undefined;
  }

  function offerWindow() {
    const offer = document.getElementById("window");
    document.getElementById("opening").hidden = true;
    offer.hidden = false;
    offer.querySelector("form").addEventListener("submit", () => {
      offer.hidden = true; // a hidden form still posts
      document.getElementById("opened").hidden = false;
    });
  }
})();
