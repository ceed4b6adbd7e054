import { createElement } from "../shared/dom.js";
import { t } from "../shared/text.js";

/// The wrong fields of a form as links. It disappears as they are corrected.
///
/// `onChoose(field)` moves to a field.
export class ErrorSummary {
  constructor(onChoose) {
    this.onChoose = onChoose;
    this.errors = new Map();
    this.heading = createElement("p");
    this.list = createElement("ul");
    this.element = createElement("div", { class: "error-summary", role: "alert", hidden: true },
      this.heading, this.list);
  }

  /// Shows these errors, texts by field.
  show(errors) {
    this.errors = new Map(errors);
    this.draw();
  }

  remove(field) {
    if (this.errors.delete(field)) this.draw();
  }

  draw() {
    this.element.hidden = this.errors.size === 0;
    this.heading.replaceChildren(t("form.toCorrect", { count: this.errors.size }));
    this.list.replaceChildren(...[...this.errors].map(([field, text]) => createElement("li", {},
      createElement("a", {
        href: location.hash,
        onclick: (event) => {
          event.preventDefault();
          this.onChoose(field);
        },
      }, text))));
  }
}
