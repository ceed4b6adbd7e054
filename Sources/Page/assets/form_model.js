import { splitWords, quoteWord } from "./words.js";

/// The fields of a command's definition, in order.
///
/// Each is `{ kind, name, description, isRequired, isArray, fallback, choices, choiceLabels, isPending, type,
/// isMultiline, min, max, maxLength, isSecret, isFile, maxBytes, suffix }`.
/// `kind` is "argument", "option" (takes a value) or "flag". PHP writes an empty object as `[]`; that is no fields.
export function fieldsOf(command) {
  const definition = command.definition ?? {};
  const fields = [];
  for (const [name, entry] of Object.entries(definition.args ?? {})) fields.push(fieldOf("argument", name, entry));
  for (const [name, entry] of Object.entries(definition.ops ?? {})) {
    fields.push(fieldOf(entry.accept_Value ? "option" : "flag", name, entry));
  }
  return fields;
}

function fieldOf(kind, name, entry) {
  return {
    kind,
    name,
    description: entry.description ?? "",
    isRequired: Boolean(entry.is_required),
    isArray: Boolean(entry.is_array),
    fallback: entry.default ?? null,
    choices: entry.choices ?? null,
    choiceLabels: entry.choice_labels ?? entry.choices ?? null,
    isPending: Boolean(entry.choices_pending),
    type: entry.type ?? null,
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

/// Whether the line alone is the form: a declared program that takes any words.
export function takesAnyWords(fields) {
  return fields.length === 1 && fields[0].kind === "argument" && fields[0].name === "params" && fields[0].isArray;
}

/// Whether the line cannot hold what the field holds: of a secret it has the name, of a file the file's name.
export function isBesideLine(field) {
  return field.isSecret || field.isFile;
}

/// The values of an untouched form: a Map from field to boolean, text, file as `{ name, base64 }`, or a list of these.
export function emptyValues(fields) {
  return new Map(fields.map((field) => [field, emptyValue(field)]));
}

function emptyValue(field) {
  if (field.kind === "flag") return false;
  return field.isArray ? [] : "";
}

/// The line that these values make. Options come first; `--` protects arguments that look like one. Of a secret it has
/// the name alone: lines are kept.
export function lineFrom(fields, values) {
  const options = [];
  const words = [];
  const isEmpty = (field) => values.get(field).length === 0;
  const lastGiven = fields.findLast((field) => field.kind === "argument" && !isEmpty(field));
  let isBeforeLast = lastGiven !== undefined;
  for (const field of fields) {
    const value = values.get(field);
    if (field === lastGiven) isBeforeLast = false;
    if (field.kind === "argument" && isBeforeLast && isEmpty(field)) {
      // By their place alone those behind it would move up.
      words.push(String(field.fallback ?? ""));
      continue;
    }
    if (field.kind === "flag") {
      if (value) options.push(`--${field.name}`);
      continue;
    }
    for (const given of field.isArray ? value : [value]) {
      const text = field.isFile ? given.name : given;
      if (text === "" || text === null || text === undefined) continue;
      if (field.isSecret) options.push(`--${field.name}`);
      else if (field.kind === "option") options.push(`--${field.name}=${quoteWord(text)}`);
      else words.push(text);
    }
  }
  const guard = words.some((word) => word.startsWith("-")) ? ["--"] : [];
  return [...options, ...guard, ...words.map(quoteWord)].join(" ");
}

/// The same by name, as the server takes it too; null where the line says all of it. A line of an input field holds no
/// line breaks, no secrets and no files.
export function namedFrom(fields, values) {
  const needsNames = fields.some((field) => isBesideLine(field) ? values.get(field).length !== 0
    : [values.get(field)].flat().some((text) => typeof text === "string" && text.includes("\n")));
  if (!needsNames) return null;
  const named = { arguments: {}, options: {} };
  for (const field of fields) {
    const value = values.get(field);
    if (value === false || value.length === 0) continue;
    (field.kind === "argument" ? named.arguments : named.options)[field.name] = value;
  }
  return named;
}

/// Reads a line back into values.
///
/// Returns `{ values, unfit }`: `unfit` is a sentence where the form cannot show this line; it may run all the same,
/// because the console is the judge of its own arguments.
export function valuesFrom(fields, line) {
  const { words, error } = splitWords(line);
  if (error) return { values: null, unfit: error };
  const values = emptyValues(fields);
  const rest = [];
  for (let i = 0; i < words.length; i += 1) {
    const word = words[i];
    if (word === "--") {
      rest.push(...words.slice(i + 1));
      break;
    }
    if (!word.startsWith("-") || word === "-") {
      rest.push(word);
      continue;
    }
    const [, name, given] = /^--([^=]+)(?:=([\s\S]*))?$/.exec(word) ?? [];
    const field = fields.find((candidate) => candidate.kind !== "argument" && candidate.name === name);
    if (!field) return { values: null, unfit: `The form has no field for ${word}.` };
    if (field.isSecret) {
      // The name says that one was given; what it was nobody has kept.
      if (given !== undefined) return { values: null, unfit: `A secret does not belong into the line: --${name}.` };
      continue;
    }
    if (field.isFile) continue;
    if (field.kind === "flag") {
      if (given !== undefined) return { values: null, unfit: `--${name} takes no value.` };
      values.set(field, true);
      continue;
    }
    const next = words[i + 1];
    const follows = given === undefined && next !== undefined && !next.startsWith("-");
    if (given === undefined && !follows) return { values: null, unfit: `--${name} stands without a value.` };
    putText(values, field, follows ? next : given);
    if (follows) i += 1;
  }
  return placeArguments(fields, values, rest);
}

function placeArguments(fields, values, given) {
  const left = [...given];
  for (const field of fields.filter((candidate) => candidate.kind === "argument")) {
    const words = left.splice(0, field.isArray ? left.length : 1);
    // The name of a file is not the file: it is to be chosen again.
    if (words.length && !field.isFile) values.set(field, field.isArray ? words : words[0]);
  }
  if (left.length) return { values: null, unfit: `There is no argument for “${left[0]}”.` };
  return { values, unfit: null };
}

function putText(values, field, text) {
  if (field.isArray) values.get(field).push(text);
  else values.set(field, text);
}

/// The names of required fields that are still empty.
export function missingFrom(fields, values) {
  return fields
    .filter((field) => field.isRequired && field.kind !== "flag" && values.get(field).length === 0)
    .filter((field) => field.fallback === null || (Array.isArray(field.fallback) && field.fallback.length === 0))
    .map((field) => field.name);
}
