// Makes and uses passkeys (WebAuthn): asks the page's own address for a challenge, lets the browser's device answer it,
// and sends the answer with the form around the button. What belongs to passkeys is hidden until this has run.
(() => {
  "use strict";
  if (!window.PublicKeyCredential) return;

  const bytes = (text) => {
    const padded = text.replace(/-/g, "+").replace(/_/g, "/").padEnd(Math.ceil(text.length / 4) * 4, "=");
    return Uint8Array.from(atob(padded), (letter) => letter.charCodeAt(0));
  };
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

  const read = (options) => {
    options.challenge = bytes(options.challenge);
    if (options.user) options.user.id = bytes(options.user.id);
    for (const list of [options.excludeCredentials, options.allowCredentials])
      for (const one of list || []) one.id = bytes(one.id);
    return options;
  };
  const written = (credential) => {
    const { response } = credential;
    const answer = { clientDataJSON: text(response.clientDataJSON) };
    if (response.attestationObject) {
      answer.attestationObject = text(response.attestationObject);
    } else {
      answer.authenticatorData = text(response.authenticatorData);
      answer.signature = text(response.signature);
      if (response.userHandle) answer.userHandle = text(response.userHandle);
    }
    return JSON.stringify({
      id: credential.id,
      rawId: text(credential.rawId),
      type: credential.type,
      response: answer,
      clientExtensionResults: {},
    });
  };

  const ask = async (form, part) => {
    const answer = await fetch(part.dataset.options, {
      method: "POST",
      headers: { "Accept": "application/json", "X-CSRFToken": form.elements.csrf_token.value },
    });
    if (answer.status === 401) {
      window.location.reload(); // the session has ended, or a proof is due: the page itself says so
      return null;
    }
    if (!answer.ok) {
      const told = await answer.json().catch(() => null);
      throw new Error((told && told.error && told.error.text) || part.dataset.failed);
    }
    const publicKey = read(await answer.json());
    return part.dataset.passkey === "make"
      ? navigator.credentials.create({ publicKey })
      : navigator.credentials.get({ publicKey });
  };

  for (const part of document.querySelectorAll("[data-passkey]")) {
    const form = part.closest("form");
    const problem = form.querySelector("[data-passkey-error]");
    const button = part.querySelector("button");
    part.hidden = false;
    button.addEventListener("click", async () => {
      button.disabled = true;
      problem.hidden = true;
      try {
        const credential = await ask(form, part);
        if (!credential) return;
        form.elements.credential.value = written(credential);
        form.elements.credential.disabled = false;
        form.submit();
      } catch (error) {
        // A DOMException is the browser's own, in its own words: the person sent it away, or the device knows no key.
        problem.textContent = error instanceof DOMException || !error.message ? part.dataset.failed : error.message;
        problem.hidden = false;
        button.disabled = false;
        button.focus();
      }
    });
  }
  for (const part of document.querySelectorAll("[data-passkey-part]")) part.hidden = false;
  for (const part of document.querySelectorAll("[data-no-passkey]")) part.hidden = true;
})();
