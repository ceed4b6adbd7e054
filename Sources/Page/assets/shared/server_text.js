import { sentences } from "../sentences/sentences.en.js";

/// The sentence with a code in the language of the page. Without one, the English sentence that the server wrote.
function sentenceFor({ code, values = {} }, english) {
  if (!code || !Object.hasOwn(sentences, code)) return english;
  return sentences[code].replace(/\{(\w+)\}/g, (found, name) => values[name] ?? found);
}

/// An answer with its sentences in the language of the page.
export function translateAnswer(body) {
  if (body === null || typeof body !== "object") return body;
  const translated = { ...body };
  for (const key of ["message", "error_message"]) if (body[key]) translated[key] = sentenceFor(body, body[key]);
  if (body.errors) {
    translated.errors = Object.fromEntries(Object.entries(body.errors).map(([field, texts]) =>
      [field, texts.map((text, index) => sentenceFor(body.details?.[field]?.[index] ?? {}, text))]));
  }
  return translated;
}
