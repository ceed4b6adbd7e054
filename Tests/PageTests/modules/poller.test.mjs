import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { connection } from "../../../Sources/Page/assets/shared/connection.js";
import { Poller, untilLogin } from "../../../Sources/Page/assets/shared/poller.js";

globalThis.document ??= {};
Object.assign(document, { hidden: false, addEventListener() {}, removeEventListener() {} });

// Taken before timers are mocked: node 20 then mocks setImmediate too.
const { setImmediate } = globalThis;
const pendingPromises = () => new Promise((resolve) => setImmediate(resolve));

test("a poller without a valid login waits for one, and then polls at once", async () => {
  // Node 18 takes this list. Node 20 ignores it and mocks all timers. `{ apis: ["setTimeout"] }` fails in node 18.
  mock.timers.enable(["setTimeout"]);
  let polls = 0;
  const poller = new Poller(async () => (++polls === 1 ? untilLogin : 1000));
  connection.markExpired();
  poller.start();
  await pendingPromises();
  mock.timers.tick(3_600_000);
  assert.equal(polls, 1);
  connection.markOnline();
  assert.equal(polls, 2);
  poller.stop();
  mock.timers.reset();
});

test("a stopped poller does not poll when the connection is restored", async () => {
  let polls = 0;
  const poller = new Poller(async () => (++polls, untilLogin));
  connection.markExpired();
  poller.start();
  await pendingPromises();
  poller.stop();
  connection.markOnline();
  assert.equal(polls, 1);
});

test("a request for a poll during a poll leads to one more poll, not to two at the same time", async () => {
  let polls = 0;
  let concurrent = 0;
  const poller = new Poller(async () => {
    polls += 1;
    assert.equal(++concurrent, 1);
    await pendingPromises();
    concurrent -= 1;
    return null;
  });
  poller.start();
  poller.pollNow();
  poller.pollNow();
  for (let turn = 0; turn < 10; turn += 1) await pendingPromises();
  assert.equal(polls, 2);
  poller.stop();
});
