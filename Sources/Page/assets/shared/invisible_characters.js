// Bidi controls (UAX 9), zero width space and no-break space, line and paragraph separators, tags. The joiners ZWNJ
// and ZWJ are not among them, because emoji and several scripts need them.
const invisibleCharacter =
  /[\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/u;

/// Matches each character in a text that hides text or changes its direction.
export const invisibleCharacters = new RegExp(invisibleCharacter, "gu");

export function hasInvisibleCharacters(text) {
  return invisibleCharacter.test(text);
}

/// The invisible characters in a text, as `{ start, end, name }`. The name is such as "U+202E".
export function invisibleCharactersIn(text) {
  if (!hasInvisibleCharacters(text)) return [];
  return [...text.matchAll(invisibleCharacters)].map((match) => ({
    start: match.index, end: match.index + match[0].length, name: codeOf(match[0]),
  }));
}

/// A text for places that hold only text, such as titles: each invisible character becomes its code in brackets.
export function visibleText(text) {
  return hasInvisibleCharacters(text) ? text.replace(invisibleCharacters, (found) => `[${codeOf(found)}]`) : text;
}

/// The number of UTF-16 units of the character with a name.
export function invisibleLength(name) {
  return name.length > "U+FFFF".length ? 2 : 1;
}

function codeOf(character) {
  return `U+${character.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
}
