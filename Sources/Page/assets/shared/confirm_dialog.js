import { createElement } from "./dom.js";
import { t } from "./text.js";

/// Asks before an action that cannot be undone. Resolves to true only if the user chose the action.
///
/// `options`: `detail` (shown in monospace), `action` and `dismiss` (the labels of the buttons), `actionClass`.
export function confirmAction(question, { detail, action, dismiss = t("action.cancel"), actionClass = "danger" }) {
  return new Promise((resolve) => {
    const dialog = createElement("dialog", { class: "confirm-dialog", "aria-labelledby": "confirm-title" },
      createElement("form", { method: "dialog", onsubmit: (event) => event.preventDefault() },
        createElement("h2", { id: "confirm-title" }, question),
        detail && createElement("p", { class: "mono" }, detail),
        createElement("div", { class: "row end" },
          createElement("button", { type: "button", onclick: () => dialog.close() }, dismiss),
          createElement("button", {
            type: "button", class: actionClass, autofocus: true, onclick: () => dialog.close("confirmed"),
          }, action))));
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "confirmed");
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
