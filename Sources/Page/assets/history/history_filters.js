import { api } from "../shared/api.js";
import { createElement, setText } from "../shared/dom.js";
import { filterableStatuses } from "../shared/status.js";
import { timeZoneName } from "../shared/time_zone.js";

const typingDelay = 250;

/// The filters of the history. `onchange(change, isTyping)` gets the changed filters. The address keeps all of them.
export class HistoryFilters {
  constructor(query, onchange) {
    this.onchange = onchange;
    const textField = (name, label, props = {}) => createElement("input", {
      type: "search", placeholder: label, "aria-label": label, spellcheck: false, ...props,
      oninput: (event) => this.changeAfterTyping({ [name]: event.target.value.trim() }),
    });
    const dateField = (name, label) => createElement("input", {
      type: "date", "aria-label": label, title: label,
      onchange: (event) => onchange({ [name]: event.target.value }),
    });
    const selectField = (name, label, options, props = {}) => createElement("select", {
      "aria-label": label, ...props, onchange: (event) => onchange({ [name]: event.target.value }),
    }, options);
    this.text = textField("command", "Command or parameters");
    this.status = selectField("status", "Status", [["", "Any status"], ...filterableStatuses].map(createOption));
    this.user = selectField("user", "User", [createOption(["", "Any user"])], {
      onfocus: () => this.loadUsers(), onpointerenter: () => this.loadUsers(),
    });
    this.from = dateField("date_from", "From date");
    this.to = dateField("date_to", "To date");
    this.zone = createElement("span", { class: "zone muted", title: "The time zone of these days" });
    this.uuid = textField("uuid", "UUID", { class: "mono" });
    this.clear = createElement("button", { type: "button", class: "link", onclick: () => onchange(noFilters) },
      "Clear filters");
    this.element = createElement("form", {
      class: "filters", role: "search", "aria-label": "Filters", onsubmit: (event) => event.preventDefault(),
    },
    this.text, this.status, this.user,
    createElement("span", { class: "date-range" }, this.from, "–", this.to, this.zone),
    this.uuid, this.clear);
    this.show(query);
  }

  show(query) {
    showValue(this.text, query.command);
    showValue(this.uuid, query.uuid);
    showValue(this.status, query.status);
    showValue(this.from, query.date_from);
    showValue(this.to, query.date_to);
    setText(this.zone, timeZoneName());
    if (query.user && ![...this.user.options].some((option) => option.value === query.user)) {
      this.user.append(createOption([query.user, query.user]));
    }
    showValue(this.user, query.user);
    this.clear.hidden = !Object.keys(noFilters).some((key) => query[key]);
  }

  changeAfterTyping(change) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.onchange(change, true), typingDelay);
  }

  async loadUsers() {
    if (this.hasLoadedUsers) return;
    this.hasLoadedUsers = true;
    try {
      const { users } = await api.filters();
      const selected = this.user.value;
      const offered = selected && !users.includes(selected) ? [...users, selected] : users;
      this.user.replaceChildren(...[["", "Any user"], ...offered.map((user) => [user, user])].map(createOption));
      this.user.value = selected;
    } catch {
      this.hasLoadedUsers = false;
    }
  }
}

function createOption([value, label]) {
  return createElement("option", { value }, label);
}

const noFilters = { command: "", status: "", user: "", date_from: "", date_to: "", uuid: "" };

// A field that the user is editing is ahead of the address, so it is not overwritten.
function showValue(field, value) {
  if (document.activeElement !== field || field.tagName === "SELECT") field.value = value ?? "";
}
