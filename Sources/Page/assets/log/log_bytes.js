// Bytes of a log's text. The server sends text and counts bytes, so the page has to count bytes, too. A character has
// one to four bytes in UTF-8, and one byte in every other encoding.

/// The number of bytes of a text.
export function byteLength(text, encoding = "utf-8") {
  if (encoding !== "utf-8") return text.length;
  let length = 0;
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    length += bytesOf(unit);
    if (unit >= 0xd800 && unit < 0xdc00) i += 1;
  }
  return length;
}

/// The index in the text at which a byte begins; the length of the text if it has fewer bytes.
export function indexOfByte(text, byte, encoding = "utf-8") {
  if (encoding !== "utf-8") return Math.max(0, Math.min(text.length, byte));
  let index = 0;
  for (let left = byte; left > 0 && index < text.length;) {
    const unit = text.charCodeAt(index);
    left -= bytesOf(unit);
    index += unit >= 0xd800 && unit < 0xdc00 ? 2 : 1;
  }
  return index;
}

/// The text without its last `count` bytes.
export function withoutLastBytes(text, count, encoding = "utf-8") {
  if (encoding !== "utf-8") return text.slice(0, Math.max(0, text.length - count));
  let end = text.length;
  for (let left = count; left > 0 && end > 0;) {
    const unit = text.charCodeAt(end - 1);
    left -= bytesOf(unit);
    end -= unit >= 0xdc00 && unit < 0xe000 ? 2 : 1;
  }
  return text.slice(0, end);
}

/// Whether an answer only mentions its bytes, because they were left out. Then its text cannot tell byte offsets.
export function isGap({ text, offset, next_offset: end, encoding }) {
  return !text.includes("\ufffd") && byteLength(text, encoding) !== end - offset;
}

// The bytes in UTF-8 of a character with this unit of UTF-16. Both halves of a pair stand for the whole character.
function bytesOf(unit) {
  if (unit < 0x80) return 1;
  if (unit < 0x800) return 2;
  return unit >= 0xd800 && unit < 0xe000 ? 4 : 3;
}
