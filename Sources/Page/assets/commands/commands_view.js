import { createElement } from "../shared/dom.js";
import { t } from "../shared/text.js";

/// The view of the commands on a phone, where their list takes the whole window. A wide window has it at the side.
export class CommandsView {
  constructor() {
    this.title = t("commands.title");
    this.element = createElement("div", { class: "view commands-view" },
      createElement("h1", {}, t("commands.title")),
      createElement("p", { class: "muted" }, t("commands.choose")));
  }

  showRoute() {
    return true;
  }

  destroy() {}
}
