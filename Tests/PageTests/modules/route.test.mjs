import assert from "node:assert/strict";
import { test } from "node:test";
import { parseRoute, routeTo } from "../../../Sources/Page/assets/shared/route.js";

const uuid = "57daa7fd-5712-474f-a529-0ad0539423a4";

test("parsing an address and writing it again gives the same address", () => {
  for (const hash of [
    "#/run/cache:clear", `#/job/${uuid}`, "#/history?status=3&page=2", "#/", "#/run/a%20b%2Fc?params=--x+%27y%27",
  ]) {
    const { view, name, query } = parseRoute(hash);
    assert.equal(routeTo(view, name, query), hash);
  }
  assert.deepEqual(parseRoute(""), { view: "home", name: null, query: {} });
});

test("the original's address with the bare UUID opens the job", () => {
  assert.deepEqual(parseRoute(`#${uuid.toUpperCase()}`), { view: "job", name: uuid, query: {} });
});

test("an unknown or malformed address leads to the not-found view", () => {
  for (const hash of ["#/job/../../etc", "#/%%%", "#x", "#/run", "#/job/"]) {
    assert.equal(parseRoute(hash).view, "not-found");
  }
});

test("a name with invalid percent encoding is taken as it is", () => {
  assert.equal(parseRoute("#/run/%E0%A4%A").name, "%E0%A4%A");
});

test("empty query values are left out of the address", () => {
  const query = { status: "", user: null, page: undefined, command: "a b" };
  assert.equal(routeTo("history", null, query), "#/history?command=a+b");
});
