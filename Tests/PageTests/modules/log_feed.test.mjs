import assert from "node:assert/strict";
import { test } from "node:test";
import { LogFeed } from "../../../Sources/Page/assets/log/log_feed.js";
import { api } from "../../../Sources/Page/assets/shared/api.js";

const sliceBytes = 262144;

/// Answers like the server, for a log in an encoding. `hole` is a range of bytes that were left out.
function serve(bytes, encoding, hole = [Infinity, Infinity]) {
  const decoder = new TextDecoder(encoding);
  api.log = async (_, wanted) => {
    const asked = wanted < 0 ? Math.max(0, bytes.length + wanted) : wanted;
    const isInHole = asked >= hole[0] && asked < hole[1];
    const offset = isInHole ? hole[0] : asked;
    const end = isInHole ? hole[1]
      : Math.min(bytes.length, offset + sliceBytes, offset < hole[0] ? hole[0] : Infinity);
    const text = isInHole ? `\n[${end - offset} bytes left out here]\n` : decoder.decode(bytes.subarray(offset, end));
    return { text, offset, next_offset: end, size: bytes.length, encoding, isEnded: true, retry_after_ms: 0 };
  };
}

async function openFeed() {
  const feed = new LogFeed("uuid", {
    onChange() {}, onAnswer() {},
    onError(error) {
      throw error;
    },
  });
  while (await feed.poll() === 0);
  return feed;
}

const linesOf = ({ document }) =>
  Array.from({ length: document.count }, (_, i) => document.line(document.firstLine + i).text);

for (const encoding of ["iso-8859-1", "windows-1252"]) {
  test(`a log in ${encoding} is loaded backwards without a gap`, async () => {
    const expected = Array.from({ length: 40_000 }, (_, i) => `é ${i} ${"ü".repeat(i % 30)}`);
    const bytes = Uint8Array.from(`${expected.join("\n")}\n`, (character) => character.charCodeAt(0));
    serve(bytes, encoding);
    const feed = await openFeed();
    assert.ok(feed.document.start > 0);
    while (feed.document.start > 0) assert.ok(await feed.loadEarlier() > 0);
    assert.deepEqual(linesOf(feed), expected);
  });
}

for (const holeEnd of [1_500_000, 1_900_000]) {
  test(`text before a gap that ends at ${holeEnd} is loaded`, async () => {
    const expected = Array.from({ length: 20_000 }, (_, i) => String(i).padStart(99, "."));
    const bytes = new TextEncoder().encode(`${expected.join("\n")}\n`);
    serve(bytes, "utf-8", [600_000, holeEnd]);
    const feed = await openFeed();
    while (feed.document.start > 0) await feed.loadEarlier();
    const lines = linesOf(feed);
    const gap = `[${holeEnd - 600_000} bytes left out here]`;
    assert.deepEqual(lines.filter((line) => line), [...expected.slice(0, 6000), gap, ...expected.slice(holeEnd / 100)]);
  });
}
