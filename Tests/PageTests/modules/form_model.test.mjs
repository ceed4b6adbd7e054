import assert from "node:assert/strict";
import { test } from "node:test";
import {
  fieldsOf, formatLine, missingFields, valuesToSend, parseLine, takesAnyWords,
} from "../../../Sources/Page/assets/run/form_model.js";

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

test("a line that is read and written again has the same values", () => {
  const fields = fieldsOf(invite);
  for (const line of [
    "", "a@b", "--silent a@b", "--days=3 'a b' x 'y z'", "--tag=1 --tag='2 3' a@b", "--silent -- -odd", "--days='' x",
  ]) {
    const { values, mismatch } = parseLine(fields, line);
    assert.equal(mismatch, null, line);
    assert.deepEqual(parseLine(fields, formatLine(fields, values)).values, values, line);
  }
});

test("an empty argument in the middle is written as its default, so that later arguments keep their positions", () => {
  const text = { description: "", default: null, is_required: false, is_array: false };
  const args = {
    dish: { ...text, is_required: true }, day: { ...text, default: "2026-12-31" }, wishes: { ...text, is_array: true },
  };
  const fields = fieldsOf({ definition: { args, ops: [] } });
  const line = (...values) => formatLine(fields, new Map(fields.map((field, index) => [field, values[index]])));
  assert.equal(line("stew", "", ["a b"]), "stew 2026-12-31 'a b'");
  assert.equal(line("", "2027-01-01", []), "'' 2027-01-01");
  assert.equal(line("stew", "", []), "stew");
});

test("a line that the form cannot show gives a sentence that says why", () => {
  const fields = fieldsOf(invite);
  for (const line of ["-v", "--unknown", "--silent=1", "--days", "'open"]) {
    assert.equal(parseLine(fields, line).values, null);
    assert.match(parseLine(fields, line).mismatch, /\.$|^Unknown option -/);
  }
  const withoutFields = fieldsOf({ definition: { args: [], ops: [] } });
  assert.match(parseLine(withoutFields, "x").mismatch, /no argument for “x”/);
});

test("the line has only the name of a secret, and its value is sent by name", () => {
  const password = {
    description: "", accept_Value: true, default: null, is_required: true, is_array: false, type: "secret",
  };
  const user = { description: "", default: null, is_required: false, is_array: false };
  const fields = fieldsOf({ definition: { args: { user }, ops: { password } } });
  const values = new Map([[fields[0], "ann"], [fields[1], "hunter2 x"]]);
  assert.equal(formatLine(fields, values), "--password ann");
  assert.deepEqual(valuesToSend(fields, values), { arguments: { user: "ann" }, options: { password: "hunter2 x" } });
  const again = parseLine(fields, "--password ann");
  assert.equal(again.mismatch, null);
  assert.deepEqual(missingFields(fields, again.values), ["password"]);
  assert.equal(valuesToSend(fields, again.values), null);
  assert.match(parseLine(fields, "--password=hunter2 ann").mismatch, /^Type the secret --password into its field/);
});

test("required fields that are empty are listed by name", () => {
  const fields = fieldsOf(invite);
  assert.deepEqual(missingFields(fields, parseLine(fields, "--silent").values), ["email"]);
  assert.deepEqual(missingFields(fields, parseLine(fields, "x").values), []);
});

test("a program without declared parameters takes any words", () => {
  const params = { description: "", default: [], is_required: false, is_array: true };
  assert.equal(takesAnyWords(fieldsOf({ definition: { args: { params }, ops: [] } })), true);
  assert.equal(takesAnyWords(fieldsOf(invite)), false);
  assert.equal(takesAnyWords(fieldsOf({ definition: { args: [], ops: [] } })), false);
});

test("fields may have the names of things that every object has", () => {
  const names = ["constructor", "toString", "__proto__", "hasOwnProperty"];
  const ops = JSON.parse(`{${names.map((name) => `"${name}":{"accept_Value":true,"multiline":true}`).join(",")}}`);
  const fields = fieldsOf({ definition: { args: {}, ops } });
  assert.deepEqual(fields.map((field) => field.name), names);
  const values = new Map(fields.map((field) => [field, "a\nb"]));
  const text = JSON.stringify(valuesToSend(fields, values));
  for (const name of names) assert.ok(text.includes(`"${name}":"a\\nb"`), text);
  const parsed = parseLine(fields, names.map((name) => `--${name}=x`).join(" "));
  assert.equal(parsed.mismatch, null);
  for (const field of fields) assert.equal(parsed.values.get(field), "x");
});
