import assert from "node:assert/strict";
import { test } from "node:test";
import { adjustClock, serverNow } from "../../../Sources/Page/assets/shared/server_clock.js";
import { clockOf, setTimeZone, startOfDay, timeZoneName } from "../../../Sources/Page/assets/shared/time_zone.js";

test("a day begins in the chosen zone, and other texts are no days", () => {
  setTimeZone("utc");
  assert.equal(startOfDay("2026-01-01"), 1_767_225_600);
  assert.equal(startOfDay("2026-01-01", 1), 1_767_312_000);
  assert.equal(startOfDay("2026-12-31", 1), Date.UTC(2027, 0, 1) / 1000);
  assert.equal(timeZoneName(), "UTC");
  assert.deepEqual(clockOf(1_767_225_661_042), [0, 1, 1, 42]);
  for (const text of ["yesterday", "2026-1-1", "2026-02-30", "", undefined]) assert.equal(startOfDay(text), null);
  setTimeZone("local");
  assert.equal(startOfDay("2026-03-08"), new Date(2026, 2, 8).getTime() / 1000);
});

test("the server's clock is learnt from the Date field of answers", () => {
  const offset = () => serverNow() - Date.now() / 1000;
  assert.ok(Math.abs(offset()) < 0.1);
  const hourLater = (milliseconds) => new Date(milliseconds + 3_600_000).toUTCString();
  const now = Date.now();
  for (let i = 0; i < 20; i += 1) adjustClock(hourLater(now + i * 137), now + i * 137, now + i * 137 + 5);
  assert.ok(Math.abs(offset() - 3600) < 1, `${offset()}`);
  adjustClock(new Date(now).toUTCString(), now, now + 5);
  assert.ok(Math.abs(offset()) < 1.1, "A clock that was corrected is learnt anew.");
  adjustClock(null, now, now);
  adjustClock("no date", now, now);
  assert.ok(Math.abs(offset()) < 1.1);
});
