import { api } from "./api.js";
import { h } from "./dom.js";
import { filterableStatuses } from "./status.js";

/// The filters of the history. `onchange` gets the changed values and whether they are being typed; the address keeps
/// them.
export class HistoryFilters {
  constructor(query, onchange) {
    this.onchange = onchange;
    const typed = (name, words, more = {}) => h("input", {
      type: "search", placeholder: words, "aria-label": words, spellcheck: false, ...more,
      oninput: (event) => this.later({ [name]: event.target.value.trim() }),
    });
    const day = (name, words) => h("input", {
      type: "date", "aria-label": words, onchange: (event) => onchange({ [name]: event.target.value }),
    });
    const choice = (name, words, options, more = {}) => h("select", {
      "aria-label": words, ...more, onchange: (event) => onchange({ [name]: event.target.value }),
    }, options);
    this.text = typed("command", "Command or parameters");
    this.status = choice("status", "Status", [["", "Any status"], ...filterableStatuses].map(option));
    this.user = choice("user", "User", [option(["", "Anyone"])], {
      onfocus: () => this.loadUsers(), onpointerenter: () => this.loadUsers(),
    });
    this.from = day("date_from", "From this day");
    this.to = day("date_to", "To this day");
    this.uuid = typed("uuid", "UUID", { class: "mono" });
    this.clear = h("button", { type: "button", class: "link", onclick: () => onchange(nothing) }, "Clear");
    this.element = h("form", {
      class: "filters", role: "search", "aria-label": "History", onsubmit: (event) => event.preventDefault(),
    },
    this.text, this.status, this.user, h("span", { class: "dates" }, this.from, "–", this.to), this.uuid, this.clear);
    this.show(query);
  }

  show(query) {
    fillField(this.text, query.command);
    fillField(this.uuid, query.uuid);
    fillField(this.status, query.status);
    fillField(this.from, query.date_from);
    fillField(this.to, query.date_to);
    if (query.user && ![...this.user.options].some((there) => there.value === query.user)) {
      this.user.append(option([query.user, query.user]));
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
      const known = chosen && !users.includes(chosen) ? [...users, chosen] : users;
      this.user.replaceChildren(...[["", "Anyone"], ...known.map((user) => [user, user])].map(option));
      this.user.value = chosen;
    } catch {
      this.hasUsers = false;
    }
  }
}

function option([value, words]) {
  return h("option", { value }, words);
}

const nothing = { command: "", status: "", user: "", date_from: "", date_to: "", uuid: "" };

// A field in use is left alone: the person is faster than the address.
function fillField(field, value) {
  if (document.activeElement !== field || field.tagName === "SELECT") field.value = value ?? "";
}
