import assert from "node:assert/strict";
import { test } from "node:test";
import { groupByCategory } from "../../../Sources/Page/assets/commands/command_groups.js";
import { searchCommands } from "../../../Sources/Page/assets/commands/command_search.js";

const names = [
  "cache:clear", "cache:forget", "config:cache", "migrate", "migrate:status", "queue:restart", "disk-usage",
];
const commands = names.map((name) => ({ name, description: name === "disk-usage" ? "Free space in the cache" : "" }));

for (const [text, found] of [
  ["mig", ["migrate", "migrate:status"]],
  ["cache", ["cache:clear", "cache:forget", "config:cache", "disk-usage"]],
  ["cacl", ["cache:clear"]],
  ["stat mig", ["migrate:status"]],
  ["nothing", []],
  ["usage", ["disk-usage"]],
  ["free", ["disk-usage"]],
]) {
  test(`a search for “${text}” finds ${found.join(", ") || "nothing"}`, () => {
    assert.deepEqual(searchCommands(commands, text).map((command) => command.name), found);
  });
}

test("a title is found, too", () => {
  const titled = [...commands, { name: "x:y", title: "Deploy the shop", description: "" }];
  assert.deepEqual(searchCommands(titled, "shop").map((command) => command.name), ["x:y"]);
});

test("commands are grouped by category, else by the part of their name before the colon", () => {
  const category = (name, order) => ({ name, order, icon: null, colour: null });
  const grouped = groupByCategory([
    { name: "cache:clear" }, { name: "migrate" }, { name: "a:b", category: category("Zoo", 1) },
    { name: "c:d", category: category("Yard", 0) }, { name: "e", category: category("Zoo", 1) },
    { name: "f", category: category("Free", null) },
  ]);
  assert.deepEqual(grouped.map(({ title, members }) => [title, ...members.map(({ name }) => name)]),
    [["Yard", "c:d"], ["Zoo", "a:b", "e"], ["cache", "cache:clear"], ["Free", "f"], ["", "migrate"]]);
});
