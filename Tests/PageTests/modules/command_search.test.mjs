import assert from "node:assert/strict";
import { test } from "node:test";
import { groupOf, searchCommands } from "../../../Sources/Page/assets/commands/command_search.js";

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

test("the group of a command is the part of its name before the colon", () => {
  assert.equal(groupOf({ name: "cache:clear" }), "cache");
  assert.equal(groupOf({ name: "migrate" }), "");
});
