import { logInAgain } from "./api.js";
import { connection } from "./connection.js";
import { createElement, createIcon } from "./dom.js";
import { iconPaths } from "./icons.js";
import { keepPlace } from "./place.js";
import { session } from "./session.js";
import { t } from "./text.js";

/// Shows a notice below the header while the connection is lost or the login has expired.
export function showConnectionNotices(container) {
  connection.subscribe((state) => container.replaceChildren(...noticeFor(state)));
}

function noticeFor(state) {
  if (state === "lost") {
    const text = t("notice.lost");
    return [createElement("p", { class: "notice" }, createIcon(iconPaths.exclamation),
      createElement("span", {}, text))];
  }
  if (state === "expired") {
    keepPlace();
    const text = t("notice.expired");
    return [createElement("p", { class: "notice" }, createIcon(iconPaths.exclamation),
      createElement("span", {}, text), createElement("button", { onclick: onLogInClick }, t("notice.logIn")))];
  }
  return [];
}

async function onLogInClick(event) {
  event.target.disabled = true;
  if (await logInAgain(session.user)) return;
  keepPlace();
  location.reload();
}

/// An error message, to be shown beside what failed.
export function createErrorMessage(text) {
  return createElement("p", { class: "error-message", role: "alert" }, createIcon(iconPaths.cross),
    createElement("span", {}, text));
}
