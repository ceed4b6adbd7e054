import { h } from "./dom.js";

/// Asks before something that cannot be taken back. Resolves to true only for the named action.
export function confirmed(question, detail, action, kind = "danger") {
  return new Promise((resolve) => {
    const dialog = h("dialog", { class: "ask", "aria-labelledby": "ask-title" },
      h("form", { method: "dialog", onsubmit: (event) => event.preventDefault() },
        h("h2", { id: "ask-title" }, question),
        detail && h("p", { class: "mono" }, detail),
        h("div", { class: "row end" },
          h("button", { type: "button", onclick: () => dialog.close() }, "Cancel"),
          h("button", { type: "button", class: kind, autofocus: true, onclick: () => dialog.close("yes") }, action))));
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
