import { createElement, setText } from "../shared/dom.js";
import { t } from "../shared/text.js";

/// The pages of the history: links to the next ones, the rows of this one, and a field to jump to a page.
///
/// `addressOf(page)` returns the address of a page.
export class Pagination {
  constructor(addressOf) {
    this.addressOf = addressOf;
    const link = (text) => createElement("a", { class: "button" }, text);
    [this.first, this.newer, this.older, this.last] = [
      link(t("history.first")), link(t("history.newer")), link(t("history.older")), link(t("history.last"))];
    this.counter = createElement("span", { class: "muted" });
    this.field = createElement("input", {
      class: "page-field", inputMode: "numeric", id: "history-page", autocomplete: "off",
      onfocus: (event) => event.target.select(),
    });
    this.pages = createElement("span", { class: "muted" });
    this.form = createElement("form", { class: "row", onsubmit: (event) => this.jump(event) },
      createElement("label", { htmlFor: "history-page" }, t("history.page")), this.field, this.pages);
    this.element = createElement("nav", { class: "pagination", "aria-label": t("history.pages") },
      this.first, this.newer, this.counter, this.older, this.last, this.form);
  }

  show(page) {
    // A search stops counting at some number of rows.
    const { current_page: current, last_page: last, total_is_exact: isExact = true } = page;
    const atLeast = (number) => (isExact ? number : t("history.atLeast", { number }));
    this.lastPage = last;
    this.setLink(this.first, current > 1, 1);
    this.setLink(this.newer, current > 1, Math.min(current - 1, last));
    this.setLink(this.older, current < last, current + 1);
    this.setLink(this.last, isExact && current < last, last);
    setText(this.counter, t("history.rows", { from: page.from ?? 0, to: page.to ?? 0, count: atLeast(page.total) }));
    if (document.activeElement !== this.field) this.field.value = String(current);
    setText(this.pages, t("history.ofPages", { pages: atLeast(last) }));
    this.form.hidden = last < 2;
    this.element.hidden = page.total === 0;
  }

  setLink(link, isEnabled, number) {
    if (isEnabled) link.setAttribute("href", this.addressOf(number));
    else link.removeAttribute("href");
    link.setAttribute("aria-disabled", String(!isEnabled));
  }

  jump(event) {
    event.preventDefault();
    const number = Math.max(1, Math.min(this.lastPage, Number(this.field.value.replace(/\D/g, "")) || 1));
    this.field.value = String(number);
    location.hash = this.addressOf(number);
  }
}
