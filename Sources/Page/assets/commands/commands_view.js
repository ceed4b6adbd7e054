import { createElement } from "../shared/dom.js";

/// The view of the commands on a phone, where their list takes the whole window. A wide window has it at the side.
export class CommandsView {
  constructor() {
    this.title = "Commands";
    this.element = createElement("div", { class: "view commands-view" },
      createElement("h1", {}, "Commands"),
      createElement("p", { class: "muted" }, "Choose a command from the list, or press ",
        createElement("kbd", {}, "/"), " and type its name."));
  }

  showRoute() {
    return true;
  }

  destroy() {}
}
