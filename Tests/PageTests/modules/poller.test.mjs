import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { connection } from "../../../Sources/Page/assets/connection.js";
import { Poller, untilLetIn } from "../../../Sources/Page/assets/poller.js";

const realSetImmediate = setImmediate;

globalThis.document ??= {};
Object.assign(document, { hidden: false, addEventListener() {}, removeEventListener() {} });

test("who is kept out does not ask again before being let in, and then at once", async () => {
  // Node 18 takes a list of timers. Node 20 takes an object, ignores a list and replaces all timers.
  mock.timers.enable(["setTimeout"]);
  let turns = 0;
  const poller = new Poller(async () => (++turns === 1 ? untilLetIn : 1000));
  connection.expired();
  poller.start();
  await new Promise(realSetImmediate);
  mock.timers.tick(3_600_000);
  assert.equal(turns, 1);
  connection.back();
  assert.equal(turns, 2);
  poller.stop();
  mock.timers.reset();
});

test("a stopped one stays stopped when the connection is back", async () => {
  let turns = 0;
  const poller = new Poller(async () => (++turns, untilLetIn));
  connection.expired();
  poller.start();
  await new Promise(realSetImmediate);
  poller.stop();
  connection.back();
  assert.equal(turns, 1);
});
