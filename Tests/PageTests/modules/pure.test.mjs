import assert from "node:assert/strict";
import { test } from "node:test";
import { ago, byteSize, counted, duration } from "../../../Sources/Page/assets/format.js";
import { fieldsOf, lineFrom, missingFrom, namedFrom, takesAnyWords, valuesFrom } from "../../../Sources/Page/assets/form_model.js";
import { parseRoute, routeTo } from "../../../Sources/Page/assets/route.js";
import { groupOf, rankedCommands } from "../../../Sources/Page/assets/search_rank.js";
import { exitOf, instanceOf, lineOf, ranFor, statusOf } from "../../../Sources/Page/assets/status.js";
import { quoteWord, splitWords } from "../../../Sources/Page/assets/words.js";

const uuid = "57daa7fd-5712-474f-a529-0ad0539423a4";

test("an address names a place, and a place has one address", () => {
  for (const hash of ["#/run/cache:clear", `#/job/${uuid}`, "#/history?status=3&page=2", "#/", "#/run/a%20b%2Fc?params=--x+%27y%27"]) {
    const { view, name, query } = parseRoute(hash);
    assert.equal(routeTo(view, name, query), hash);
  }
  assert.deepEqual(parseRoute(""), { view: "home", name: null, query: {} });
});

test("the original's bare UUID opens the job", () => {
  assert.deepEqual(parseRoute(`#${uuid.toUpperCase()}`), { view: "job", name: uuid, query: {} });
});

test("an address that leads nowhere says so, whatever is in it", () => {
  for (const hash of ["#/job/../../etc", "#/%%%", "#x", "#/run", "#/job/"]) assert.equal(parseRoute(hash).view, "nowhere");
  assert.equal(parseRoute("#/run/%E0%A4%A").name, "%E0%A4%A");
});

test("empty filters are left out of the address", () => {
  assert.equal(routeTo("history", null, { status: "", user: null, page: undefined, command: "a b" }), "#/history?command=a+b");
});

for (const [line, words] of [
  ["a b  c", ["a", "b", "c"]], ["", []], ["  ", []], ["'a b' \"c d\"", ["a b", "c d"]], ["a\\ b", ["a b"]], ["''", [""]],
  ["x'y'\"z\"", ["xyz"]], ["\"a\\\"b\\n\"", ["a\"b\\n"]], ["'$(x)' `y` $HOME *", ["$(x)", "`y`", "$HOME", "*"]], ["a\tb\nc", ["a", "b", "c"]],
  ["日本 '👍 x'", ["日本", "👍 x"]],
]) test(`splits ${JSON.stringify(line)} by POSIX quoting alone`, () => assert.deepEqual(splitWords(line), { words, error: null }));

for (const line of ["'a", "a \"b", "a\\"]) {
  test(`says what is open in ${line}`, () => assert.match(splitWords(line).error, /\.$/));
}

test("a quoted word comes back as it was", () => {
  for (const word of ["", "plain", "a b", "it's", "\"", "$(rm)", "a\\b", "ü", "\n", "-x", "*", "#", "~", "👍"]) {
    assert.deepEqual(splitWords(quoteWord(word)).words, [word]);
  }
});

const invite = {
  name: "user:invite",
  definition: {
    args: {
      email: { description: "", default: null, is_required: true, is_array: false },
      teams: { description: "", default: [], is_required: false, is_array: true },
    },
    ops: {
      silent: { description: "", accept_Value: false, default: false, is_required: false, is_array: false },
      days: { description: "", accept_Value: true, default: "7", is_required: false, is_array: false },
      tag: { description: "", accept_Value: true, default: [], is_required: false, is_array: true },
    },
  },
};

test("the form writes the line and reads it back", () => {
  const fields = fieldsOf(invite);
  for (const line of ["", "a@b", "--silent a@b", "--days=3 'a b' x 'y z'", "--tag=1 --tag='2 3' a@b", "--silent -- -odd", "--days='' x"]) {
    const { values, unfit } = valuesFrom(fields, line);
    assert.equal(unfit, null, line);
    assert.deepEqual(valuesFrom(fields, lineFrom(fields, values)).values, values, line);
  }
});

test("an argument left out in the middle keeps the others in their places", () => {
  const text = { description: "", default: null, is_required: false, is_array: false };
  const args = { dish: { ...text, is_required: true }, day: { ...text, default: "2026-12-31" }, wishes: { ...text, is_array: true } };
  const fields = fieldsOf({ definition: { args, ops: [] } });
  assert.equal(lineFrom(fields, new Map([[fields[0], "stew"], [fields[1], ""], [fields[2], ["a b"]]])), "stew 2026-12-31 'a b'");
  assert.equal(lineFrom(fields, new Map([[fields[0], ""], [fields[1], "2027-01-01"], [fields[2], []]])), "'' 2027-01-01");
  assert.equal(lineFrom(fields, new Map([[fields[0], "stew"], [fields[1], ""], [fields[2], []]])), "stew");
});

test("a line the form cannot show is left alone, with a reason", () => {
  const fields = fieldsOf(invite);
  for (const line of ["-v", "--unknown", "--silent=1", "--days", "'open"]) {
    assert.equal(valuesFrom(fields, line).values, null);
    assert.match(valuesFrom(fields, line).unfit, /\.$/);
  }
  assert.match(valuesFrom(fieldsOf({ definition: { args: [], ops: [] } }), "x").unfit, /no argument for “x”/);
});

test("a secret is its name in the line, and given by name", () => {
  const password = { description: "", accept_Value: true, default: null, is_required: true, is_array: false, type: "secret" };
  const user = { description: "", default: null, is_required: false, is_array: false };
  const fields = fieldsOf({ definition: { args: { user }, ops: { password } } });
  const values = new Map([[fields[0], "ann"], [fields[1], "hunter2 x"]]);
  assert.equal(lineFrom(fields, values), "--password ann");
  assert.deepEqual(namedFrom(fields, values), { arguments: { user: "ann" }, options: { password: "hunter2 x" } });
  const again = valuesFrom(fields, "--password ann");
  assert.equal(again.unfit, null);
  assert.deepEqual(missingFrom(fields, again.values), ["password"]);
  assert.equal(namedFrom(fields, again.values), null);
  assert.match(valuesFrom(fields, "--password=hunter2 ann").unfit, /^A secret does not belong into the line/);
});

test("what is required and empty is named", () => {
  const fields = fieldsOf(invite);
  assert.deepEqual(missingFrom(fields, valuesFrom(fields, "--silent").values), ["email"]);
  assert.deepEqual(missingFrom(fields, valuesFrom(fields, "x").values), []);
});

test("a declared program without parameters takes any words", () => {
  const params = { description: "", default: [], is_required: false, is_array: true };
  assert.equal(takesAnyWords(fieldsOf({ definition: { args: { params }, ops: [] } })), true);
  assert.equal(takesAnyWords(fieldsOf(invite)), false);
  assert.equal(takesAnyWords(fieldsOf({ definition: { args: [], ops: [] } })), false);
});

const names = ["cache:clear", "cache:forget", "config:cache", "migrate", "migrate:status", "queue:restart", "disk-usage"];
const commands = names.map((name) => ({ name, description: name === "disk-usage" ? "Free space in the cache" : "" }));
for (const [typed, found] of [
  ["mig", ["migrate", "migrate:status"]], ["cache", ["cache:clear", "cache:forget", "config:cache", "disk-usage"]], ["cacl", ["cache:clear"]],
  ["stat mig", ["migrate:status"]], ["nothing", []], ["usage", ["disk-usage"]], ["free", ["disk-usage"]],
]) {
  test(`typing “${typed}” finds ${found.join(", ") || "nothing"}`, () =>
    assert.deepEqual(rankedCommands(commands, typed).map((command) => command.name), found));
}

test("the group is the part before the colon", () => {
  assert.equal(groupOf({ name: "cache:clear" }), "cache");
  assert.equal(groupOf({ name: "migrate" }), "");
});

for (const [seconds, words] of [[0, "0 s"], [0.4, "0.4 s"], [12, "12 s"], [12.7, "12 s"], [60, "1 min"], [185, "3 min 5 s"], [7800, "2 h 10 min"], [273600, "3 d 4 h"], [null, ""], [-1, "0 s"]]) {
  test(`${seconds} seconds read “${words}”`, () => assert.equal(duration(seconds), words));
}
for (const [bytes, words] of [[0, "0 B"], [1023, "1023 B"], [1536, "1.5 KiB"], [300 * 1048576, "300 MiB"], [1073741824, "1.0 GiB"], [null, ""]]) {
  test(`${bytes} bytes read “${words}”`, () => assert.equal(byteSize(bytes), words));
}
for (const [before, words] of [[0, "just now"], [-3, "just now"], [30, "30 s ago"], [150, "2 min ago"], [7200, "2 h ago"], [200000, "2 d ago"]]) {
  test(`${before} seconds before reads “${words}”`, () => assert.equal(ago(1e9 - before, 1e9), words));
}
test("one line, two lines", () => assert.deepEqual([counted(1, "line"), counted(2, "line")], ["1 line", "2 lines"]));

for (const [row, word, exit] of [
  [{ process_status: 1 }, "Running", ""], [{ process_status: 1, intended_to_kill_by: "x" }, "Stopping", ""],
  [{ process_status: 2, exit_code: 0 }, "Completed", "exit 0"], [{ process_status: 3, exit_code: 3 }, "Failed", "exit 3"],
  [{ process_status: 3, exit_code: null, reason: "lost" }, "Lost", ""], [{ process_status: 4, signal: "KILL" }, "Killed", "signal KILL"],
  [{ process_status: 9 }, "Unknown", ""],
]) {
  test(`${JSON.stringify(row)} is ${word}`, () => assert.deepEqual([statusOf(row).word, exitOf(row)], [word, exit]));
}

test("a run takes until its end, a running one until now, and one that left no end no time", () => {
  assert.equal(ranFor({ process_status: 2, executed_at: 10, finished_at: 15 }, 99), 5);
  assert.equal(ranFor({ process_status: 1, executed_at: 10, finished_at: 0 }, 99), 89);
  assert.equal(ranFor({ process_status: 3, executed_at: 10, finished_at: null }, 99), 0);
  assert.equal(lineOf({ command: "a", parameters: "" }), "a");
});

test("where it runs is said only where there are several instances", () => {
  const row = { instance: "ops-2", instance_last_seen: 1000, instance_is_gone: false };
  assert.equal(instanceOf(row, 1300), "ops-2");
  assert.equal(instanceOf({ ...row, instance_is_gone: true }, 1300), "ops-2, gone, last seen 5 min ago");
  assert.equal(instanceOf({ instance: null }, 1300), "");
  assert.equal(instanceOf({}, 1300), "");
});

test("what was closed because its instance is gone is lost", () => {
  assert.equal(statusOf({ process_status: 3, reason: "lost: instance ops-2 is gone, closed by carol" }).word, "Lost");
});
