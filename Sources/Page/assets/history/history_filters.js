import { api } from "../shared/api.js";
import { createElement, setText } from "../shared/dom.js";
import { serverNow } from "../shared/server_clock.js";
import { filterableStatuses } from "../shared/status.js";
import { t } from "../shared/text.js";
import { dateOf, timeZoneName } from "../shared/time_zone.js";
import { daysOf, periodOf } from "./date_range.js";

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
    this.text = textField("command", t("filter.text"));
    const statuses = [["", t("filter.anyStatus")], ...filterableStatuses];
    this.status = selectField("status", t("column.status"), statuses.map(createOption));
    this.user = selectField("user", t("filter.user"), [createOption(["", t("filter.anyUser")])], {
      onfocus: () => this.loadUsers(), onpointerenter: () => this.loadUsers(),
    });
    this.from = dateField("date_from", t("filter.from"));
    this.to = dateField("date_to", t("filter.to"));
    this.period = createElement("select", {
      "aria-label": t("filter.period"), onchange: () => this.onPeriod(),
    }, [["", t("filter.anyTime")], ["today", t("filter.today")], ["yesterday", t("filter.yesterday")],
      ["week", t("filter.week")], ["custom", t("filter.custom")]].map(createOption));
    this.zone = createElement("span", { class: "zone muted", title: t("filter.zone") });
    this.range = createElement("span", { class: "date-range" }, this.from, "–", this.to, this.zone);
    this.uuid = textField("uuid", "UUID", { class: "mono" });
    this.clear = createElement("button", { type: "button", class: "link", onclick: () => onchange(noFilters) },
      t("filter.clear"));
    this.element = createElement("form", {
      class: "filters", role: "search", "aria-label": t("filter.title"), onsubmit: (event) => event.preventDefault(),
    },
    this.text, this.status, this.user,
    this.period, this.range,
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
    this.isCustom &&= Boolean(query.date_from || query.date_to) || document.activeElement === this.period;
    const period = periodOf(query, dateOf(serverNow()));
    this.period.value = this.isCustom ? "custom" : period;
    this.range.hidden = this.period.value !== "custom";
    if (query.user && ![...this.user.options].some((option) => option.value === query.user)) {
      this.user.append(createOption([query.user, query.user]));
    }
    showValue(this.user, query.user);
    this.clear.hidden = !Object.keys(noFilters).some((key) => query[key]);
  }

  onPeriod() {
    this.isCustom = this.period.value === "custom";
    this.range.hidden = !this.isCustom;
    if (this.isCustom) this.from.focus();
    else this.onchange(daysOf(this.period.value, dateOf(serverNow())));
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
      const options = [["", t("filter.anyUser")], ...offered.map((user) => [user, user])];
      this.user.replaceChildren(...options.map(createOption));
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
