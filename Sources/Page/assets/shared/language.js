import { session } from "./session.js";

const cookie = "remotisan_language";
const seconds = 365 * 86400;

/// The languages of the page, such as "de".
export const languages = session.languages;

/// The language that was chosen in this browser; "" if the browser's own setting decides.
export function chosenLanguage() {
  const chosen = new RegExp(`(?:^|; )${cookie}=(\\w+)`).exec(document.cookie)?.[1];
  return languages.includes(chosen) ? chosen : "";
}

/// Shows the page in a language. The server sends the script of that language, so the page is loaded again.
export function chooseLanguage(language) {
  const isSecure = location.protocol === "https:" ? "; Secure" : "";
  const age = language === "" ? 0 : seconds;
  document.cookie = `${cookie}=${language}; Path=${session.base || "/"}; Max-Age=${age}; SameSite=Lax${isSecure}`;
  location.reload();
}
