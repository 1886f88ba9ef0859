// Hands in the token of a link that was mailed. Text goes in as text, never as markup.
"use strict";

const ENDPOINTS = {
  "verify-email": "verify-email",
  "reset-password": "reset-password",
  "change-email": "confirm-email-change",
  "undo-email-change": "undo-email-change",
};

const TEXTS = {
  en: {
    pages: {
      "verify-email": ["Confirm your address", "Confirm that this e-mail address is yours.", "Confirm",
        "Your address is confirmed. You can close this page."],
      "reset-password": ["Choose a new password", "You will be signed out everywhere.", "Set password",
        "Your password is set. Sign in with it."],
      "change-email": ["Confirm your new address", "From then on your account belongs to this e-mail address.", "Confirm",
        "Your account has its new address. You can close this page."],
      "undo-email-change": ["Get your former address back",
        "Your account gets the address back that this mail was sent to, and is signed out everywhere.",
        "Undo the change", "Your account has its former address again. Choose a new password now: whoever changed the"
        + " address knew the old one."],
    },
    password: "New password",
    hint: "At least 15 characters, or 8 if you sign in with a second factor. Any characters will do.",
    show: "Show the password",
    busy: "One moment …",
    codes: {
      link_invalid: "This link is not valid: it was used already, or a newer one was sent.",
      link_expired: "This link has expired. Ask for a new one.",
      email_taken: "Another account has this e-mail address.",
      too_short: "The password is too short.",
      too_long: "The password may have at most 128 characters.",
      personal: "The password must not be your address or your name.",
      common: "The password is too easy to guess.",
      rate_limited: "Too many attempts. Try again in a quarter of an hour.",
    },
    missing: "This link is not complete. Open it as it is in the mail.",
    failed: "That did not work. Try again in a moment.",
  },
  de: {
    pages: {
      "verify-email": ["Adresse bestätigen", "Bestätigen Sie, dass diese E-Mail-Adresse Ihnen gehört.", "Bestätigen",
        "Ihre Adresse ist bestätigt. Sie können diese Seite schließen."],
      "reset-password": ["Neues Passwort wählen", "Sie werden überall abgemeldet.", "Passwort setzen",
        "Ihr Passwort ist gesetzt. Melden Sie sich damit an."],
      "change-email": ["Neue Adresse bestätigen", "Danach gehört Ihr Konto zu dieser E-Mail-Adresse.", "Bestätigen",
        "Ihr Konto hat die neue Adresse. Sie können diese Seite schließen."],
      "undo-email-change": ["Frühere Adresse zurückholen",
        "Ihr Konto bekommt die Adresse zurück, an die diese Mail ging, und wird überall abgemeldet.",
        "Änderung rückgängig machen", "Ihr Konto hat seine frühere Adresse wieder. Wählen Sie jetzt ein neues Passwort:"
        + " Wer die Adresse geändert hat, kannte das alte."],
    },
    password: "Neues Passwort",
    hint: "Mindestens 15 Zeichen, oder 8, wenn Sie sich mit einem zweiten Faktor anmelden. Alle Zeichen sind erlaubt.",
    show: "Passwort anzeigen",
    busy: "Einen Moment …",
    codes: {
      link_invalid: "Dieser Link ist nicht gültig: Er wurde schon benutzt, oder es wurde ein neuerer verschickt.",
      link_expired: "Dieser Link ist abgelaufen. Fordern Sie einen neuen an.",
      email_taken: "Ein anderes Konto hat diese E-Mail-Adresse.",
      too_short: "Das Passwort ist zu kurz.",
      too_long: "Das Passwort darf höchstens 128 Zeichen haben.",
      personal: "Das Passwort darf nicht Ihre Adresse oder Ihr Name sein.",
      common: "Das Passwort ist zu leicht zu erraten.",
      rate_limited: "Zu viele Versuche. Versuchen Sie es in einer Viertelstunde noch einmal.",
    },
    missing: "Dieser Link ist nicht vollständig. Öffnen Sie ihn so, wie er in der Mail steht.",
    failed: "Das hat nicht geklappt. Versuchen Sie es gleich noch einmal.",
  },
};

const language = (navigator.languages ?? [navigator.language]).map((tag) => tag.slice(0, 2).toLowerCase())
  .find((tag) => tag in TEXTS) ?? "en";
const texts = TEXTS[language];
const page = location.pathname.split("/").pop();
const [title, text, button, done] = texts.pages[page];
const token = new URLSearchParams(location.hash.slice(1)).get("token");
const at = (id) => document.getElementById(id);

function tell(outcome, kind) {
  at("outcome").className = kind;
  at("outcome").textContent = outcome;
}

/** Why it was refused, in words. */
async function refusal(answer) {
  const problem = await answer.json().catch(() => ({}));
  const codes = [problem.code, ...(problem.errors ?? []).map((error) => error.code)];
  const said = codes.map((code) => texts.codes[code]).filter(Boolean);
  return said.length ? said.join("\n") : texts.failed;
}

async function handIn() {
  const body = page === "reset-password" ? { token, password: at("password").value } : { token };
  const answer = await fetch(`../v1/auth/${ENDPOINTS[page]}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
    credentials: "omit",
    referrerPolicy: "no-referrer",
  });
  if (!answer.ok) return tell(await refusal(answer), "bad");
  at("form").hidden = true;
  at("password").value = "";
  tell(done, "good");
}

function show() {
  document.documentElement.lang = language;
  document.title = `${title} – Tidemark`;
  at("title").textContent = title;
  at("text").textContent = text;
  // The token is kept by this page alone: not in the address bar, nor in the browser's history.
  history.replaceState(null, "", location.pathname);
  if (!token) return tell(texts.missing, "bad");
  at("label").textContent = texts.password;
  at("hint").textContent = texts.hint;
  at("show").textContent = texts.show;
  at("button").textContent = button;
  at("fields").hidden = page !== "reset-password";
  at("form").hidden = false;
  at("shown").addEventListener("change", () => { at("password").type = at("shown").checked ? "text" : "password"; });
  at("form").addEventListener("submit", (event) => {
    event.preventDefault();
    at("button").disabled = true;
    tell(texts.busy, "");
    handIn().catch(() => tell(texts.failed, "bad")).finally(() => { at("button").disabled = false; });
  });
}

show();
