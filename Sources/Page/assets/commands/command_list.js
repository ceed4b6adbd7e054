import { announce, createElement, createIcon } from "../shared/dom.js";
import { iconPaths } from "../shared/icons.js";
import { routeTo } from "../shared/route.js";
import { t } from "../shared/text.js";
import { categoryClass, groupsOf, titleOf } from "./command_groups.js";
import { searchCommands } from "./command_search.js";
import { personal } from "./personal.js";

/// The commands that the user may run: a search field, and links grouped by the part before the colon.
export class CommandList {
  constructor(container) {
    this.commands = null;
    this.selectedName = null;
    this.field = createElement("input", {
      type: "search", id: "search", placeholder: t("commands.search"), autocomplete: "off", spellcheck: false,
      "aria-label": t("commands.search"), "aria-keyshortcuts": "/",
      oninput: () => this.draw(), onkeydown: (event) => this.onKey(event),
    });
    this.list = createElement("div", {
      class: "command-groups", onkeydown: (event) => this.onKey(event),
      onfocusin: (event) => this.setTabStop(event.target.closest("a")),
    });
    container.append(
      createElement("div", { class: "search" }, this.field, createElement("kbd", { "aria-hidden": "true" }, "/")),
      this.list);
    this.showMessage(t("commands.loading"));
    personal.subscribe(() => this.field.value || this.draw());
  }

  show(commands) {
    this.byName = commands;
    this.commands = Object.values(commands).sort((a, b) => titleOf(a).localeCompare(titleOf(b)));
    this.draw();
  }

  showMessage(text) {
    this.list.replaceChildren(createElement("p", { class: "empty" }, text));
  }

  select(name) {
    this.selectedName = name;
    for (const link of this.links()) setCurrent(link, link.dataset.name === name);
    this.list.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
    this.setTabStop();
  }

  focus() {
    this.field.focus();
    this.field.select();
  }

  draw() {
    if (!this.commands) return;
    const found = searchCommands(this.commands, this.field.value);
    if (this.commands.length === 0) {
      this.showMessage(t("commands.none"));
    } else if (found.length === 0) {
      const showAll = createElement("button", { class: "link", onclick: () => this.clear() }, t("commands.showAll"));
      this.list.replaceChildren(createElement("p", { class: "empty" }, `${t("commands.noMatch")} `, showAll));
    } else {
      // Search results are ordered by relevance, so they are not grouped.
      const groups = this.field.value ? [{ title: "", members: found }] : groupsOf(found, this.byName);
      this.list.replaceChildren(...groups.map(({ title, icon, colour, members }) => createElement("section", {},
        title && createElement("h2", { class: categoryClass(colour) },
          iconPaths[icon] && createIcon(iconPaths[icon]), createElement("span", {}, title)),
        createElement("ul", {}, members.map((command) => this.createItem(command))))));
    }
    this.setTabStop();
    if (this.field.value) announce(t("commands.count", { count: found.length }));
  }

  // Only one link is reached by Tab, however many commands there are: the given one, the open command, or the first.
  setTabStop(link = null) {
    const links = this.links();
    const stop = link ?? links.find((candidate) => candidate.hasAttribute("aria-current")) ?? links[0];
    for (const candidate of links) candidate.tabIndex = candidate === stop ? 0 : -1;
  }

  createItem(command) {
    const link = createElement("a", {
      href: routeTo("run", command.name), dataset: { name: command.name }, title: command.description,
    },
      createElement("span", { class: command.title ? "command-title" : "command-name" }, titleOf(command)),
      createElement("span", { class: "command-description" }, command.description ?? ""));
    setCurrent(link, command.name === this.selectedName);
    return createElement("li", {}, link);
  }

  clear() {
    this.field.value = "";
    this.draw();
    this.field.focus();
  }

  links() {
    return [...this.list.querySelectorAll("a")];
  }

  onKey(event) {
    const links = this.links();
    const index = links.indexOf(document.activeElement);
    if (event.key === "ArrowDown") links[Math.min(index + 1, links.length - 1)]?.focus();
    else if (event.key === "ArrowUp") (index <= 0 ? this.field : links[index - 1]).focus();
    else if (event.key === "Home" && index >= 0) links[0].focus();
    else if (event.key === "End" && index >= 0) links[links.length - 1].focus();
    else if (event.key === "Enter" && index < 0 && links[0]) location.hash = links[0].getAttribute("href");
    else if (event.key === "Escape" && this.field.value) this.clear();
    else return;
    event.preventDefault();
  }
}

function setCurrent(link, isCurrent) {
  if (isCurrent) link.setAttribute("aria-current", "page");
  else link.removeAttribute("aria-current");
}
