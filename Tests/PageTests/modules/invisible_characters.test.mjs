import assert from "node:assert/strict";
import { test } from "node:test";
import {
  hasInvisibleCharacters, invisibleCharactersIn, invisibleLength, visibleText,
} from "../../../Sources/Page/assets/shared/invisible_characters.js";

test("characters that hide text or change its direction are named", () => {
  assert.equal(visibleText("invoice \u202egpj.exe"), "invoice [U+202E]gpj.exe");
  assert.deepEqual(invisibleCharactersIn("a\u200bb\u{e0041}"), [
    { start: 1, end: 2, name: "U+200B" }, { start: 3, end: 5, name: "U+E0041" },
  ]);
  assert.deepEqual(["U+200B", "U+E0041"].map(invisibleLength), [1, 2]);
});

test("joiners of emoji and scripts stay", () => {
  for (const text of ["plain", "👩‍💻", "می‌خواهم", "漢字"]) {
    assert.equal(hasInvisibleCharacters(text), false, text);
    assert.equal(visibleText(text), text);
  }
});
