import { h, setText, announce } from "./dom.js";
import { counted } from "./format.js";
import { routeTo } from "./route.js";
import { rankedCommands, groupOf } from "./search_rank.js";

/// The commands one may run: a search field, and links grouped by the part before the colon.
export class CommandList {
  constructor(element) {
    this.commands = null;
    this.chosen = null;
    this.field = h("input", {
      type: "search", id: "search", placeholder: "Search commands", autocomplete: "off", spellcheck: false,
      "aria-label": "Search commands", "aria-keyshortcuts": "/",
      oninput: () => this.draw(), onkeydown: (event) => this.onKey(event),
    });
    this.list = h("div", { class: "command-groups", onkeydown: (event) => this.onKey(event) });
    element.append(h("div", { class: "search" }, this.field, h("kbd", { "aria-hidden": "true" }, "/")), this.list);
    setText(this.list, "Loading commands…");
  }

  show(commands) {
    this.commands = Object.values(commands).sort((a, b) => a.name.localeCompare(b.name));
    this.draw();
  }

  fail(message) {
    this.list.replaceChildren(h("p", { class: "empty" }, message));
  }

  choose(name) {
    this.chosen = name;
    for (const link of this.links()) mark(link, link.dataset.name === name);
    this.list.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
  }

  focus() {
    this.field.focus();
    this.field.select();
  }

  draw() {
    if (!this.commands) return;
    const found = rankedCommands(this.commands, this.field.value);
    if (this.commands.length === 0) {
      this.fail("There is no command you may run. Ask whoever runs this server for a role.");
    } else if (found.length === 0) {
      const all = h("button", { class: "link", onclick: () => this.clear() }, "Show all");
      this.list.replaceChildren(h("p", { class: "empty" }, "No command fits. ", all));
    } else {
      this.list.replaceChildren(...groupsOf(found, this.field.value !== "").map(([title, members]) =>
        h("section", {}, title && h("h2", {}, title), h("ul", {}, members.map((command) => this.item(command))))));
    }
    if (this.field.value) announce(counted(found.length, "command"));
  }

  item(command) {
    const link = h("a", {
      href: routeTo("run", command.name), dataset: { name: command.name }, title: command.description,
    },
      h("span", { class: "command-name" }, command.name),
      h("span", { class: "command-what" }, command.description ?? ""));
    mark(link, command.name === this.chosen);
    return h("li", {}, link);
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
    const at = links.indexOf(document.activeElement);
    if (event.key === "ArrowDown") links[Math.min(at + 1, links.length - 1)]?.focus();
    else if (event.key === "ArrowUp") (at <= 0 ? this.field : links[at - 1]).focus();
    else if (event.key === "Enter" && at < 0 && links[0]) location.hash = links[0].getAttribute("href");
    else if (event.key === "Escape" && this.field.value) this.clear();
    else return;
    event.preventDefault();
  }
}

function mark(link, isChosen) {
  if (isChosen) link.setAttribute("aria-current", "page");
  else link.removeAttribute("aria-current");
}

// While searching the best come first, whatever their group.
function groupsOf(commands, isSearching) {
  if (isSearching) return [["", commands]];
  const groups = new Map();
  for (const command of commands) {
    const title = groupOf(command);
    groups.set(title, [...groups.get(title) ?? [], command]);
  }
  return [...groups].sort(([a], [b]) => a.localeCompare(b));
}
