import { api } from "../shared/api.js";
import { createElement, setText } from "../shared/dom.js";
import { serverNow } from "../shared/server_clock.js";
import { filterableStatuses } from "../shared/status.js";
import { createSwitch, showChosen } from "../shared/switch.js";
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
    this.text = textField("command", t("filter.text"));
    const statuses = [["", t("filter.anyStatus")], ...filterableStatuses];
    this.status = createSwitch(t("column.status"), statuses, "", (status) => onchange({ status }));
    this.user = createElement("select", {
      "aria-label": t("filter.user"), onchange: (event) => onchange({ user: event.target.value }),
      onfocus: () => this.loadUsers(), onpointerenter: () => this.loadUsers(),
    }, createOption(["", t("filter.anyUser")]));
    this.from = dateField("date_from", t("filter.from"));
    this.to = dateField("date_to", t("filter.to"));
    this.period = createSwitch(t("filter.period"), [
      ["", t("filter.anyTime")], ["today", t("filter.today")], ["yesterday", t("filter.yesterday")],
      ["week", t("filter.week")], ["custom", t("filter.custom")],
    ], "", (period) => this.choosePeriod(period));
    this.zone = createElement("span", { class: "zone muted", title: t("filter.zone") });
    this.range = createElement("span", { class: "date-range" }, this.from, "–", this.to, this.zone);
    this.uuid = textField("uuid", "UUID", { class: "mono" });
    this.clear = createElement("button", { type: "button", class: "link", onclick: () => onchange(noFilters) },
      t("filter.clear"));
    this.element = createElement("form", {
      class: "filters", role: "search", "aria-label": t("filter.title"), onsubmit: (event) => event.preventDefault(),
    },
    this.text, this.user, this.uuid,
    createElement("div", { class: "filter-row" }, this.status, this.period, this.range, this.clear));
    this.show(query);
  }

  show(query) {
    showValue(this.text, query.command);
    showValue(this.uuid, query.uuid);
    showChosen(this.status, query.status ?? "");
    showValue(this.from, query.date_from);
    showValue(this.to, query.date_to);
    setText(this.zone, timeZoneName());
    this.isCustom &&= Boolean(query.date_from || query.date_to) || this.period.contains(document.activeElement);
    const period = this.isCustom ? "custom" : periodOf(query, dateOf(serverNow()));
    showChosen(this.period, period);
    this.range.hidden = period !== "custom";
    if (query.user && ![...this.user.options].some((option) => option.value === query.user)) {
      this.user.append(createOption([query.user, query.user]));
    }
    showValue(this.user, query.user);
    this.clear.hidden = !Object.keys(noFilters).some((key) => query[key]);
  }

  choosePeriod(period) {
    this.isCustom = period === "custom";
    this.range.hidden = !this.isCustom;
    if (this.isCustom) this.from.focus();
    else this.onchange(daysOf(period, dateOf(serverNow())));
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
