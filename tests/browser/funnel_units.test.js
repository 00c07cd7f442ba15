// The funnel's question: steps of every kind, their conditions, and the rules, through the address, to the server, and
// back from what was saved.

import assert from "node:assert/strict";
import { test } from "node:test";

import { funnelAddress, funnelRequest, keptQuestion, pairAddress, parseFunnelQuestion, questionFrom, stepAlone } from "../../src/report/dashboard/funnel-question.js";
import { stepOf } from "../../src/report/dashboard/funnel-steps.js";

const TODAY = "2026-11-22";
const questionOf = (address) => parseFunnelQuestion(new URL(address, "http://styk.test").search, TODAY);

const WHOLE = {
  from: "2026-11-01",
  to: "2026-11-08",
  compare: true,
  where: [{ field: "device", op: "eq", values: ["mobile"] }],
  segment: [{ verb: "cart", ever: false, fate: "abandoned" }],
  steps: [
    stepOf("view_item"),
    { ...stepOf("/caps/*:?,", "page"), optional: true, label: "Caps, all" },
    { ...stepOf("cart", "touchpoint"), where: [{ field: "value", op: "gte", values: ["10.00"] }, { field: "channel", op: "in", values: ["Email", "a,b"] }] },
    stepOf("purchase", "stage"),
  ],
  windowSeconds: 3600,
  unit: "customer",
  order: "strict",
  exclude: [
    { kind: "event", name: "remove_from_cart", after: 2, before: 4 },
    { kind: "page", name: "/help@2-3", after: null, before: null },
  ],
  hold: ["cart_id", "item_id"],
  breakdown: "campaign",
  trend: "week",
  labels: "share",
  sort: "-entered",
};

test("a funnel with everything survives its way through the address", () => {
  assert.deepEqual(questionOf(funnelAddress("shop", WHOLE)), WHOLE);
});

test("a step is asked alone: from the step before it that nobody may skip, by device and day", () => {
  const alone = stepAlone(WHOLE, 2);
  assert.deepEqual(alone.steps, [WHOLE.steps[0], WHOLE.steps[2]]);
  assert.deepEqual(stepAlone(WHOLE, 1).steps[1], { ...WHOLE.steps[1], optional: false });
  assert.deepEqual([alone.breakdown, alone.trend, alone.exclude], ["device", "day", []]);
  assert.deepEqual([alone.where, alone.segment, alone.from, alone.windowSeconds], [WHOLE.where, WHOLE.segment, WHOLE.from, WHOLE.windowSeconds]);
});

test("another screen leads to two steps in its own days and conditions", () => {
  const { from, to, compare, where, segment } = WHOLE;
  const pair = questionOf(pairAddress("shop", { from, to, compare, where, segment }, [stepOf("cart", "touchpoint"), stepOf("purchase")], "channel"));
  assert.deepEqual(pair.steps, [stepOf("cart", "touchpoint"), stepOf("purchase")]);
  assert.deepEqual([pair.breakdown, pair.trend, pair.from, pair.to, pair.where, pair.segment], ["channel", "day", from, to, where, segment]);
});

test("the server is asked all of it, and the saved question is the same again", () => {
  const asked = funnelRequest(WHOLE);
  assert.deepEqual(asked.steps, [
    { event: "view_item" },
    { page: "/caps/*:?,", optional: true, label: "Caps, all" },
    { touchpoint: "cart", where: [{ field: "value", op: "gte", value: "10.00" }, { field: "channel", op: "in", value: ["Email", "a,b"] }] },
    { stage: "purchase" },
  ]);
  assert.deepEqual(asked.exclude, [{ event: "remove_from_cart", after_step: 2, before_step: 4 }, { page: "/help@2-3" }]);
  const { order, hold, trend, compare, unit } = asked;
  assert.deepEqual([order, hold, trend, compare, unit], ["strict", ["cart_id", "item_id"], "week", "previous", "customer"]);
  assert.deepEqual(questionFrom(keptQuestion(WHOLE, TODAY), TODAY), WHOLE);
});

test("a saved funnel that moves with the calendar is about today's days", () => {
  const kept = keptQuestion({ ...WHOLE, from: "2026-11-16", to: "2026-11-23" }, TODAY);
  assert.equal(kept.last_days, 7);
  const later = questionFrom(kept, "2026-12-01");
  assert.deepEqual([later.from, later.to], ["2026-11-25", "2026-12-02"]);
});

test("what the screen cannot show of a saved funnel is not shown in part", () => {
  const kept = keptQuestion(WHOLE, TODAY);
  for (const beyond of [{ breakdown: { field: "term" } }, { trend: "hour" }, { from: "2026-11-01T10:00:00Z" }, { compare: { from: "2026-10-01", to: "2026-10-08" } }]) {
    assert.equal(questionFrom({ ...kept, ...beyond }, TODAY), null, JSON.stringify(beyond));
  }
});

test("steps, exclusions and ranges that cannot be are left out of what is asked", () => {
  const asked = questionOf("/?steps=a?,b?,c?&exclude=x@3-2&exclude=y@1-9&exclude=&order=evil&trend=hour&hold=a,b,c,d&where2=device&where2=device:eq:m");
  assert.deepEqual(asked.steps.map(({ optional }) => optional), [false, true, false]);
  assert.deepEqual(asked.exclude, [{ kind: "event", name: "x", after: null, before: null }, { kind: "event", name: "y", after: null, before: null }]);
  assert.deepEqual([asked.order, asked.trend, asked.hold], ["sequential", "none", ["a", "b", "c"]]);
  assert.deepEqual(asked.steps[1].where, [{ field: "device", op: "eq", values: ["m"] }]);
});
