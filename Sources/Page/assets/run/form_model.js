import { t } from "../shared/text.js";
import { quoteShellWord, splitShellWords } from "./shell_words.js";

/// The fields of a command's definition, in order.
///
/// Each is `{ kind, name, description, isRequired, isArray, defaultValue, choices, choiceLabels, isPending, type,
/// inputType, inputMode, isMultiline, min, max, maxLength, isSecret, isFile, maxBytes, suffix }`.
/// `kind` is "argument", "option" (takes a value) or "flag". PHP writes an empty object as `[]`, which means no fields.
export function fieldsOf(command) {
  const definition = command.definition ?? {};
  const fields = [];
  for (const [name, entry] of Object.entries(definition.args ?? {})) fields.push(createField("argument", name, entry));
  for (const [name, entry] of Object.entries(definition.ops ?? {})) {
    fields.push(createField(entry.accept_Value ? "option" : "flag", name, entry));
  }
  return fields;
}

function createField(kind, name, entry) {
  return {
    kind,
    name,
    description: entry.description ?? "",
    isRequired: Boolean(entry.is_required),
    isArray: Boolean(entry.is_array),
    defaultValue: entry.default ?? null,
    choices: entry.choices ?? null,
    choiceLabels: entry.choice_labels ?? entry.choices ?? null,
    isPending: Boolean(entry.choices_pending),
    type: entry.type ?? null,
    inputType: entry.input ?? "text",
    inputMode: entry.input_mode ?? "text",
    isMultiline: Boolean(entry.multiline),
    min: entry.min ?? null,
    max: entry.max ?? null,
    maxLength: entry.max_length ?? null,
    isSecret: entry.type === "secret",
    isFile: entry.type === "file",
    maxBytes: entry.max_bytes ?? null,
    suffix: entry.suffix ?? "",
  };
}

/// Whether the command takes any words, because no parameters are declared for its program. Then the line is the form.
export function takesAnyWords(fields) {
  return fields.length === 1 && fields[0].kind === "argument" && fields[0].name === "params" && fields[0].isArray;
}

/// Whether the line cannot hold the value of a field: for a secret it has only the option's name, for a file its name.
export function isOutsideLine(field) {
  return field.isSecret || field.isFile;
}

/// The values of an empty form: a Map from field to boolean, text, file as `{ name, base64 }`, or a list of these.
export function emptyValues(fields) {
  return new Map(fields.map((field) => [field, emptyValue(field)]));
}

function emptyValue(field) {
  if (field.kind === "flag") return false;
  return field.isArray ? [] : "";
}

/// Writes values as one line. Options come first, and `--` protects arguments that begin with a dash. For a secret the
/// line has only the option's name, because lines are stored.
export function formatLine(fields, values) {
  const options = [];
  const words = [];
  const isEmpty = (field) => values.get(field).length === 0;
  const lastGiven = fields.findLast((field) => field.kind === "argument" && !isEmpty(field));
  let isBeforeLast = lastGiven !== undefined;
  for (const field of fields) {
    const value = values.get(field);
    if (field === lastGiven) isBeforeLast = false;
    if (field.kind === "argument" && isBeforeLast && isEmpty(field)) {
      // Arguments are told apart by position, so an empty one needs a word before the later ones.
      words.push(String(field.defaultValue ?? ""));
      continue;
    }
    if (field.kind === "flag") {
      if (value) options.push(`--${field.name}`);
      continue;
    }
    for (const item of field.isArray ? value : [value]) {
      const text = field.isFile ? item.name : item;
      if (text === "" || text === null || text === undefined) continue;
      if (field.isSecret) options.push(`--${field.name}`);
      else if (field.kind === "option") options.push(`--${field.name}=${quoteShellWord(text)}`);
      else words.push(text);
    }
  }
  const separator = words.some((word) => word.startsWith("-")) ? ["--"] : [];
  return [...options, ...separator, ...words.map(quoteShellWord)].join(" ");
}

/// Writes values as one line, without secrets and files.
export function formatPlainLine(fields, values) {
  const plain = new Map(values);
  const empty = emptyValues(fields);
  for (const field of fields) if (isOutsideLine(field)) plain.set(field, empty.get(field));
  return formatLine(fields, plain);
}

/// The values by name, as `{ arguments, options }`. Null if the line says everything.
///
/// The line is an input field, so it cannot hold line breaks, secrets or files.
export function valuesToSend(fields, values) {
  const needsNames = fields.some((field) => isOutsideLine(field) ? values.get(field).length !== 0
    : [values.get(field)].flat().some((text) => typeof text === "string" && text.includes("\n")));
  if (!needsNames) return null;
  const given = fields.filter((field) => values.get(field) !== false && values.get(field).length !== 0);
  // A field may have any name. An assignment to `__proto__` would be lost; fromEntries keeps it.
  const named = (kept) => Object.fromEntries(kept.map((field) => [field.name, values.get(field)]));
  return {
    arguments: named(given.filter((field) => field.kind === "argument")),
    options: named(given.filter((field) => field.kind !== "argument")),
  };
}

/// Reads a line into values: `{ values, mismatch }`.
///
/// `mismatch` is a sentence if the form cannot show the line; then `values` is null. Such a line can still be run,
/// because only the server and the command decide which parameters are valid.
export function parseLine(fields, line) {
  const { words, error } = splitShellWords(line);
  if (error) return { values: null, mismatch: error };
  const values = emptyValues(fields);
  const argumentWords = [];
  for (let i = 0; i < words.length; i += 1) {
    const word = words[i];
    if (word === "--") {
      argumentWords.push(...words.slice(i + 1));
      break;
    }
    if (!word.startsWith("-") || word === "-") {
      argumentWords.push(word);
      continue;
    }
    const [, name, attached] = /^--([^=]+)(?:=([\s\S]*))?$/.exec(word) ?? [];
    const field = fields.find((candidate) => candidate.kind !== "argument" && candidate.name === name);
    if (!field) return { values: null, mismatch: t("line.unknownOption", { option: word.replace(/=.*/s, "") }) };
    if (field.isSecret) {
      // The name alone means that the secret was given earlier. Its value was not stored.
      if (attached !== undefined) {
        return { values: null, mismatch: t("line.secret", { name }) };
      }
      continue;
    }
    if (field.isFile) continue;
    if (field.kind === "flag") {
      if (attached !== undefined) return { values: null, mismatch: t("line.takesNoValue", { name }) };
      values.set(field, true);
      continue;
    }
    const next = words[i + 1];
    const isNextValue = attached === undefined && next !== undefined && !next.startsWith("-");
    if (attached === undefined && !isNextValue) return { values: null, mismatch: t("line.needsValue", { name }) };
    setOption(values, field, isNextValue ? next : attached);
    if (isNextValue) i += 1;
  }
  return assignArguments(fields, values, argumentWords);
}

function assignArguments(fields, values, words) {
  const rest = [...words];
  for (const field of fields.filter((candidate) => candidate.kind === "argument")) {
    const taken = rest.splice(0, field.isArray ? rest.length : 1);
    // The line has only the name of a file, so the user must choose the file again.
    if (taken.length && !field.isFile) values.set(field, field.isArray ? taken : taken[0]);
  }
  if (rest.length) return { values: null, mismatch: t("line.noArgument", { value: rest[0] }) };
  return { values, mismatch: null };
}

function setOption(values, field, text) {
  if (field.isArray) values.get(field).push(text);
  else values.set(field, text);
}

/// The names of the required fields that are still empty.
export function missingFields(fields, values) {
  return fields
    .filter((field) => field.isRequired && field.kind !== "flag" && values.get(field).length === 0)
    .filter(({ defaultValue }) => defaultValue === null || (Array.isArray(defaultValue) && defaultValue.length === 0))
    .map((field) => field.name);
}
