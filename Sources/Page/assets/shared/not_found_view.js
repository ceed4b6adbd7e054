import { createElement } from "./dom.js";
import { routeTo } from "./route.js";

/// The view for an address that the page does not know.
export class NotFoundView {
  constructor(route) {
    this.title = "Not found";
    this.element = createElement("div", { class: "view" },
      createElement("h1", {}, "Not found"),
      createElement("p", { class: "empty" }, `There is no page at “${route.name}”. Check the address, or `,
        createElement("a", { href: routeTo("home") }, "go to the commands"), "."));
  }

  showRoute() {
    return false;
  }

  destroy() {}
}
