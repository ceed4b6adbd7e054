import { announce, createElement } from "../shared/dom.js";
import { pluralize } from "../shared/format.js";
import { routeTo } from "../shared/route.js";
import { groupOf, searchCommands } from "./command_search.js";

/// The commands that the user may run: a search field, and links grouped by the part before the colon.
export class CommandList {
  constructor(container) {
    this.commands = null;
    this.selectedName = null;
    this.field = createElement("input", {
      type: "search", id: "search", placeholder: "Search commands", autocomplete: "off", spellcheck: false,
      "aria-label": "Search commands", "aria-keyshortcuts": "/",
      oninput: () => this.draw(), onkeydown: (event) => this.onKey(event),
    });
    this.list = createElement("div", {
      class: "command-groups", onkeydown: (event) => this.onKey(event),
      onfocusin: (event) => this.setTabStop(event.target.closest("a")),
    });
    container.append(
      createElement("div", { class: "search" }, this.field, createElement("kbd", { "aria-hidden": "true" }, "/")),
      this.list);
    this.showMessage("Loading commands…");
  }

  show(commands) {
    this.commands = Object.values(commands).sort((a, b) => a.name.localeCompare(b.name));
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
      this.showMessage("You are not allowed to run any command. Ask the administrator for a role.");
    } else if (found.length === 0) {
      const showAll = createElement("button", { class: "link", onclick: () => this.clear() }, "Show all commands");
      this.list.replaceChildren(createElement("p", { class: "empty" }, "No command matches. ", showAll));
    } else {
      this.list.replaceChildren(...groupsOf(found, this.field.value !== "").map(([title, members]) =>
        createElement("section", {}, title && createElement("h2", {}, title),
          createElement("ul", {}, members.map((command) => this.createItem(command))))));
    }
    this.setTabStop();
    if (this.field.value) announce(pluralize(found.length, "command"));
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
      createElement("span", { class: "command-name" }, command.name),
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

// Search results are ordered by relevance, so they are not grouped.
function groupsOf(commands, isSearching) {
  if (isSearching) return [["", commands]];
  const groups = new Map();
  for (const command of commands) {
    const title = groupOf(command);
    groups.set(title, [...groups.get(title) ?? [], command]);
  }
  return [...groups].sort(([a], [b]) => a.localeCompare(b));
}
