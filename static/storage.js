// Brings the proof that the LMS's page has kept, and goes on with the launch.
"use strict";

(async () => {
  const { key, ...storage } = document.getElementById("storage").dataset;
  const answer = await askPlatform(storage, { subject: "lti.get_data", key });

  if (answer?.key === key && typeof answer.value === "string" && answer.value) {
    document.getElementById("answer").value = answer.value;
    document.getElementById("launch").submit();
    return;
  }
  document.getElementById("opening").hidden = true;
  document.getElementById("lost").hidden = false;
})();
