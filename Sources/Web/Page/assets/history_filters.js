import { api } from "./api.js";
import { h } from "./dom.js";
import { filterableStatuses } from "./status.js";

/// The filters of the history. `onchange` gets the changed values and whether they are being typed; the address keeps
/// them.
export class HistoryFilters {
  constructor(query, onchange) {
    this.onchange = onchange;
    this.text = h("input", {
      type: "search", placeholder: "Command or parameters", "aria-label": "Command or parameters", spellcheck: false,
      oninput: () => this.later({ command: this.text.value }),
    });
    this.status = h("select", { "aria-label": "Status", onchange: () => onchange({ status: this.status.value }) },
      h("option", { value: "" }, "Any status"), filterableStatuses.map(([value, word]) => h("option", { value }, word)));
    this.user = h("select", { "aria-label": "User", onfocus: () => this.loadUsers(), onpointerenter: () => this.loadUsers(),
      onchange: () => onchange({ user: this.user.value }) }, h("option", { value: "" }, "Anyone"));
    this.from = h("input", { type: "date", "aria-label": "From this day", onchange: () => onchange({ date_from: this.from.value }) });
    this.to = h("input", { type: "date", "aria-label": "To this day", onchange: () => onchange({ date_to: this.to.value }) });
    this.uuid = h("input", {
      type: "search", class: "mono", placeholder: "UUID", "aria-label": "UUID", spellcheck: false,
      oninput: () => this.later({ uuid: this.uuid.value.trim() }),
    });
    this.clear = h("button", { type: "button", class: "link", onclick: () => onchange(nothing) }, "Clear");
    this.element = h("form", { class: "filters", role: "search", "aria-label": "History", onsubmit: (event) => event.preventDefault() },
      this.text, this.status, this.user, h("span", { class: "dates" }, this.from, "–", this.to), this.uuid, this.clear);
    this.show(query);
  }

  show(query) {
    fillField(this.text, query.command);
    fillField(this.uuid, query.uuid);
    fillField(this.status, query.status);
    fillField(this.from, query.date_from);
    fillField(this.to, query.date_to);
    if (query.user && ![...this.user.options].some((option) => option.value === query.user)) {
      this.user.append(h("option", { value: query.user }, query.user));
    }
    fillField(this.user, query.user);
    this.clear.hidden = !Object.keys(nothing).some((key) => query[key]);
  }

  later(change) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.onchange(change, true), 250);
  }

  async loadUsers() {
    if (this.hasUsers) return;
    this.hasUsers = true;
    try {
      const { users } = await api.filters();
      const chosen = this.user.value;
      this.user.replaceChildren(h("option", { value: "" }, "Anyone"), ...users.map((user) => h("option", { value: user }, user)));
      if (chosen && !users.includes(chosen)) this.user.append(h("option", { value: chosen }, chosen));
      this.user.value = chosen;
    } catch {
      this.hasUsers = false;
    }
  }
}

const nothing = { command: "", status: "", user: "", date_from: "", date_to: "", uuid: "" };

// A field in use is left alone: the person is faster than the address.
function fillField(field, value) {
  if (document.activeElement !== field || field.tagName === "SELECT") field.value = value ?? "";
}
