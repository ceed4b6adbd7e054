import { logInAgain } from "./api.js";
import { connection } from "./connection.js";
import { h, icon } from "./dom.js";
import { shapes } from "./icons.js";
import { session } from "./session.js";

/// The one line under the header that says when something is wrong with the connection or the login.
export function showConnection(element) {
  connection.listen((state) => element.replaceChildren(...noticeFor(state)));
}

function noticeFor(state) {
  if (state === "lost") {
    return [h("p", { class: "notice warn" }, icon(shapes.mark),
      h("span", {}, "The connection is lost. Jobs go on, and so will this page as soon as the server answers."))];
  }
  if (state === "expired") {
    return [h("p", { class: "notice warn" }, icon(shapes.mark),
      h("span", {}, "Your login has expired. Everything here stays as it is; log in again to go on."),
      h("button", { onclick: goOn }, "Log in again"))];
  }
  return [];
}

async function goOn(event) {
  event.target.disabled = true;
  if (!await logInAgain(session.user)) location.reload();
}

/// A sentence about what went wrong, in place.
export function problem(message) {
  return h("p", { class: "problem", role: "alert" }, icon(shapes.cross), h("span", {}, message));
}
