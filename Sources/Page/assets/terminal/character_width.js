// The characters that are two cells wide: East Asian Width W and F, and emoji presentation, from the Unicode tables.
// Ranges are joined across unassigned code points.
const wideRanges = (
  "1100-115f 231a-231b 2329-232a 23e9-23ec 23f0 23f3 25fd-25fe 2614-2615 2630-2637 2648-2653 267f 268a-268f 2693 " +
  "26a1 26aa-26ab 26bd-26be 26c4-26c5 26ce 26d4 26ea 26f2-26f3 26f5 26fa 26fd 2705 270a-270b 2728 274c 274e " +
  "2753-2755 2757 2795-2797 27b0 27bf 2b1b-2b1c 2b50 2b55 2e80-3029 3030-303e 3041-3096 309b-3163 3165-3247 " +
  "3250-a4c6 a960-a97c ac00-d7a3 f900-faff fe10-fe19 fe30-fe6b ff01-ff60 ffe0-ffe6 16fe0-16fe3 16ff2-1b2fb " +
  "1d300-1d376 1f004 1f0cf 1f18e 1f191-1f19a 1f1ae-1f320 1f32d-1f335 1f337-1f37c 1f37e-1f393 1f3a0-1f3ca " +
  "1f3cf-1f3d3 1f3e0-1f3f0 1f3f4 1f3f8-1f43e 1f440 1f442-1f4fc 1f4ff-1f53d 1f54b-1f54e 1f550-1f567 1f57a " +
  "1f595-1f596 1f5a4 1f5fb-1f64f 1f680-1f6c5 1f6cc 1f6d0-1f6d2 1f6d5-1f6df 1f6eb-1f6ec 1f6f4-1f6fc 1f7da-1f7f0 " +
  "1f90c-1f93a 1f93c-1f945 1f947-1f9ff 1fa70-1fafa 20000-3fffd"
).split(" ").map((range) => {
  const [first, last] = range.split("-").map((digits) => parseInt(digits, 16));
  return [first, last ?? first];
});

// Characters without a cell: marks, format characters, and the medial vowels and final consonants of Hangul (Jamo).
const zeroWidth = /^(?:\p{Mn}|\p{Me}|\p{Cf}|[\u1160-\u11ff\u2028\u2029])$/u;
const visibleFormat = /^[\u00ad\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2]$/;

/// Matches text in which every UTF-16 unit is one cell. Nearly all output matches.
export const singleCellText =
  /^[\x20-\x7e\xa1-\xac\xae-\u02ff\u0370-\u0482\u048a-\u0590\u2010-\u2027\u2190-\u2319\u2500-\u25fc]*$/;

/// The width of a character in cells: 0, 1 or 2.
export function characterWidth(char) {
  const code = char.codePointAt(0);
  if (code < 0x300) return 1;
  if (zeroWidth.test(char)) return visibleFormat.test(char) ? 1 : 0;
  if (code < 0x1100) return 1;
  let low = 0;
  let high = wideRanges.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    if (code < wideRanges[middle][0]) high = middle - 1;
    else if (code > wideRanges[middle][1]) low = middle + 1;
    else return 2;
  }
  return 1;
}

/// The width of a text in cells.
export function textWidth(text) {
  if (singleCellText.test(text)) return text.length;
  let width = 0;
  for (const char of text) width += characterWidth(char);
  return width;
}

/// The characters of a text with their widths.
export function* charactersWithWidth(text) {
  for (const char of text) yield [char, characterWidth(char)];
}
