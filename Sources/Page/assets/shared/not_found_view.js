import { createElement } from "./dom.js";
import { routeTo } from "./route.js";
import { t } from "./text.js";

/// What is shown instead of something that does not exist. `actions` are links to go on, as `[label, address]`.
export function createNotFound(heading, text, actions) {
  return createElement("div", { class: "not-found" },
    createElement("h1", {}, heading), createElement("p", { class: "muted" }, text),
    createElement("p", { class: "row" }, actions.map(([label, address], index) =>
      createElement("a", { class: index === 0 ? "button primary" : "button", href: address }, label))));
}

/// The view for an address that the page does not know.
export class NotFoundView {
  constructor(route) {
    this.title = t("notFound.title");
    this.element = createElement("div", { class: "view" }, createNotFound(t("notFound.title"),
      t("notFound.text", { address: route.name }), [[t("notFound.home"), routeTo("home")]]));
  }

  showRoute() {
    return false;
  }

  destroy() {}
}
