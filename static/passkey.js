// Lets the browser make a passkey, or sign with one (WebAuthn Level 3 §5.1.10):
// the page's form has what to ask for, and takes the answer to the server.
"use strict";

const way = {
  create: ["parseCreationOptionsFromJSON", (publicKey) => navigator.credentials.create({ publicKey })],
  get: ["parseRequestOptionsFromJSON", (publicKey) => navigator.credentials.get({ publicKey })],
};

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const [parse, ask] = way[form.dataset.passkey];
  const button = form.querySelector("button[type=button]");
  if (!window.PublicKeyCredential?.[parse]) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const fields = [...form.elements].filter((field) => field.required && field.type !== "password");
    if (!fields.every((field) => field.reportValidity())) return;
    const failed = form.querySelector("[role=alert]");
    failed.hidden = true;
    try {
      const options = JSON.parse(form.dataset.options);
      const email = form.querySelector("#email");
      if (options.user && email) options.user.name = options.user.displayName = email.value;
      const answer = await ask(PublicKeyCredential[parse](options));
      form.elements.answer.value = JSON.stringify(answer);
    } catch {
      failed.hidden = false;
      button.focus();
      return;
    }
    if (form.elements.password) form.elements.password.value = "";
    form.submit();
  });
}
