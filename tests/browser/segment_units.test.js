// Segments and people, as addresses write them and as the server is asked. No page needed.

import assert from "node:assert/strict";
import { test } from "node:test";

import { bySession, parseWhom, personAddress, personRequest } from "../../src/report/dashboard/person-question.js";
import { isGiven, parseRetentionView, retentionRequest, shadeOf, sizesOf } from "../../src/report/dashboard/retention-question.js";
import { parseScope, scopeRequest, scopeText } from "../../src/report/dashboard/scope.js";
import { conditionFrom, conditionRequest, conditionText, parseCondition } from "../../src/report/dashboard/segment.js";

const TODAY = "2026-11-22";
const EMAIL = { field: "channel", op: "eq", values: ["Email"] };

/** A condition, as an address writes it, and as the server is asked. */
const CONDITIONS = [
  [{ verb: "did", ever: false, kind: "event", name: "purchase", where: [] }, "did;event:purchase", { did: { event: "purchase" } }],
  [{ verb: "did", ever: false, kind: "event", name: "", where: [EMAIL] }, "did;channel:eq:Email", { did: { where: [{ field: "channel", op: "eq", value: "Email" }] } }],
  [
    { verb: "did_not", ever: true, kind: "page", name: "/a;b:c,*", where: [{ field: "device", op: "in", values: ["mobile", "a;b"] }] },
    "did_not;ever;page:%2Fa%3Bb%3Ac%2C*;device:in:mobile,a%3Bb",
    { did_not: { page: "/a;b:c,*", where: [{ field: "device", op: "in", value: ["mobile", "a;b"] }] }, within: "ever" },
  ],
  [{ verb: "cart", ever: false, fate: "ever_abandoned" }, "cart;ever_abandoned", { cart: "ever_abandoned" }],
  [{ verb: "no_cart", ever: true, fate: "purchased" }, "no_cart;ever;purchased", { no_cart: "purchased", within: "ever" }],
];

test("a condition on a visitor survives its way through the address and through what is saved", () => {
  for (const [condition, text, request] of CONDITIONS) {
    assert.equal(conditionText(condition), text);
    assert.deepEqual(parseCondition(text), condition);
    assert.deepEqual(conditionRequest(condition), request);
    assert.deepEqual(conditionFrom(request), condition);
  }
});

test("what is no condition on a visitor is left out", () => {
  for (const text of ["", "did", "did;", "did;ever", "will;event:purchase", "cart", "cart;sold", "cart;open;open", "did;event:", "did;event:a;device:is:x", "did;event:%E0%A4%A", "constructor;event:a"]) {
    assert.equal(parseCondition(text), null, text);
  }
});

test("who is meant goes along in the scope, beside days and filters", () => {
  const scope = { from: "2026-11-01", to: "2026-11-08", compare: false, where: [EMAIL], segment: CONDITIONS.map(([condition]) => condition) };
  assert.deepEqual(parseScope(`?${scopeText(scope)}`, TODAY), scope);
  assert.deepEqual(scopeRequest(scope).segment, CONDITIONS.map(([, , request]) => request));
  assert.equal("segment" in scopeRequest({ ...scope, segment: [] }), false);
});

const view = (search) => parseRetentionView(new URLSearchParams(search));

test("retention is asked in the words of the contract, and what is none of them is the default", () => {
  const scope = { from: "2026-11-01", to: "2026-11-08", compare: true, where: [], segment: [] };
  assert.deepEqual(retentionRequest(scope, view("unit=customer&cohort=first_order&returning=order&by=month")), {
    from: "2026-11-01", to: "2026-11-08", unit: "customer", cohort: "first_order", returning: "order", by: "month",
  });
  assert.deepEqual(view("unit=people&by=year"), { unit: "visitor", cohort: "first_visit", returning: "visit", by: "week" });
});

test("shades are told against the highest share that is not given", () => {
  const cohorts = [
    { size: 10, returned: { count: 4 }, cells: [{ after: 0, rate: 1 }, { after: 1, rate: 0.4 }] },
    { size: 0, returned: { count: 0 }, cells: [{ after: 0, rate: null }] },
  ];
  assert.deepEqual(["visit", "order"].map((returning) => isGiven({ cohort: "first_visit", returning }, 0)), [true, false]);
  const shade = shadeOf({ cohorts }, view(""));
  assert.deepEqual([shade(0.4), shade(0), shade(null)], [0.5, 0, 0]);
  assert.ok(0 < shade(0.001) && shade(0.2) < shade(0.4));
  assert.deepEqual(sizesOf({ cohorts }), { size: 10, returned: 4 });
  assert.equal(shadeOf({ cohorts: cohorts.slice(1) }, view(""))(0), 0);
});

test("a person is asked for by the shop's id or ours, page by page", () => {
  const whom = (search) => parseWhom(new URLSearchParams(search));
  assert.deepEqual([whom("customer=C%2F1"), whom("visitor=17"), whom(""), whom(`visitor=${"1".repeat(201)}`)], [{ customer: "C/1" }, { visitor: "17" }, null, null]);
  assert.equal(personAddress("shop", { customer: "C/1&x", visitor: "17" }), "/sites/shop/visitors?customer=C%2F1%26x");
  assert.equal(personAddress("shop", { customer: null, visitor: "17" }), "/sites/shop/visitors?visitor=17");
  assert.deepEqual(personRequest({ visitor: "17" }, "5.6"), { visitor: "17", limit: 50, before: "5.6" });
});

test("a page of events is told session by session, in the order of the events", () => {
  const session = (visitor, number) => ({ visitor, session: number });
  const timeline = [session("1", 2), session("1", 2), session("2", 1), session("1", 1)];
  const groups = bySession({ timeline, sessions: [session("1", 1), session("2", 1), session("1", 2)] });
  assert.deepEqual(groups.map(({ session: { visitor, session: number }, events }) => [visitor, number, events.length]), [["1", 2, 2], ["2", 1, 1], ["1", 1, 1]]);
});
