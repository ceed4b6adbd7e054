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

/// A feed, and what it asks the server for. `answers` are what the server answers with, one after the other.
function feedWith(answers) {
  const asked = [];
  api.log = async (_, offset, __, waiting) => {
    asked.push({ offset, ...waiting });
    const facts = { encoding: "utf-8", isEnded: false, retry_after_ms: 4000, state: "1" };
    return { ...facts, ...(await answers.shift()) };
  };
  const feed = new LogFeed("uuid", { onChange() {}, onAnswer() {}, onError: assert.fail });
  return { feed, asked };
}

test("a feed at the end of a log lets the server wait, and asks again soon after news", async () => {
  const { feed, asked } = feedWith([
    { text: "one\n", offset: 0, next_offset: 4, size: 4 },
    { text: "two\n", offset: 4, next_offset: 8, size: 8 },
    { text: "", offset: 8, next_offset: 8, size: 8, state: "1.kill" },
  ]);
  const delays = [await feed.poll(), await feed.poll(), await feed.poll()];
  assert.deepEqual(asked.map(({ wait_ms, state }) => [wait_ms, state]), [
    [0, undefined], [10_000, "1"], [10_000, "1"],
  ]);
  assert.deepEqual(delays, [250, 250, 250]);
});

test("a feed keeps the interval of a server that does not wait", async () => {
  const silent = { text: "", offset: 4, next_offset: 4, size: 4 };
  const { feed } = feedWith([{ text: "one\n", offset: 0, next_offset: 4, size: 4 }, silent, silent]);
  await feed.poll();
  assert.deepEqual([await feed.poll(), await feed.poll()], [4000, 4000]);
});

test("a feed that waits can be interrupted", async () => {
  const { feed, asked } = feedWith([{ text: "one\n", offset: 0, next_offset: 4, size: 4 }]);
  await feed.poll();
  const { log } = api;
  api.log = (uuid, offset, withTimes, waiting) => new Promise((_, reject) => {
    log(uuid, offset, withTimes, waiting);
    waiting.signal.addEventListener("abort", () => reject(new Error("aborted")));
  });
  const waiting = feed.poll();
  feed.poller.interrupt();
  assert.equal(await waiting, 0);
  assert.equal(asked.length, 2);
});

for (const isAsked of [false, true]) {
  test(`a reader who scrolls up is not taken to the end if the feed ${isAsked ? "has asked" : "is about to ask"} for it`, async () => {
    const { feed, asked } = feedWith([
      { text: "one\n", offset: 0, next_offset: 4, size: 4 },
      { text: "two\n", offset: 4, next_offset: 8, size: 5_000_000 },
      ...(isAsked ? [{ text: "end\n", offset: 4_999_996, next_offset: 5_000_000, size: 5_000_000 }] : []),
      { text: "three\n", offset: 8, next_offset: 14, size: 5_000_000 },
    ]);
    await feed.poll();
    await feed.poll();
    const asking = isAsked ? feed.poll() : null;
    feed.setFollowing(false);
    await asking;
    await feed.poll();
    assert.deepEqual(asked.map(({ offset }) => offset), [-sliceBytes, 4, ...(isAsked ? [-sliceBytes] : []), 8]);
    assert.deepEqual(linesOf(feed), ["one", "two", "three"]);
  });
}
