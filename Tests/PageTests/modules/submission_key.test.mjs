import assert from "node:assert/strict";
import { webcrypto } from "node:crypto";
import { test } from "node:test";
import { createKey, SubmissionKey } from "../../../Sources/Page/assets/run/submission_key.js";

// Debian's node 18 has this global of browsers only as a module.
globalThis.crypto ??= webcrypto;

test("the same values keep their key until the server has answered", () => {
  const submission = new SubmissionKey();
  const first = submission.keyFor({ params: "a" });
  assert.equal(submission.keyFor({ params: "a" }), first);
  submission.settle();
  assert.notEqual(submission.keyFor({ params: "a" }), first);
});

test("other values have another key", () => {
  const submission = new SubmissionKey();
  const first = submission.keyFor({ params: "a" });
  const second = submission.keyFor({ params: "b" });
  assert.notEqual(second, first);
  assert.notEqual(submission.keyFor({ params: "a" }), first);
});

test("keys are random and printable, also without TLS", () => {
  const keys = new Set(Array.from({ length: 100 }, createKey));
  assert.equal(keys.size, 100);
  const { crypto } = globalThis;
  Object.defineProperty(globalThis, "crypto", {
    configurable: true, value: { getRandomValues: (bytes) => crypto.getRandomValues(bytes) },
  });
  try {
    assert.match(createKey(), /^[0-9a-f]{32}$/);
  } finally {
    Object.defineProperty(globalThis, "crypto", { configurable: true, value: crypto });
  }
});
