// The pure parts of the screen of carts: what an address asks, and how days become bars.

import assert from "node:assert/strict";
import { test } from "node:test";

import { abandonmentRequest, cartsRequest, parseCartsView } from "../../src/report/dashboard/carts-question.js";
import { amountOf, axisEnd, barsOf, namedBars } from "../../src/report/dashboard/charts/day-bars.js";

const SCOPE = { from: "2026-11-01", to: "2026-11-08", compare: true, where: [{ field: "device", op: "eq", values: ["mobile"] }], segment: [] };
const viewOf = (search) => parseCartsView(new URLSearchParams(search));

/** Figures of a day on which so many carts were bought, recovered, abandoned, expired, each worth a euro. */
function dayOf(from, [purchased, recovered, abandoned, expired], complete = true) {
  const euros = (carts) => (carts === 0 ? {} : { EUR: carts * 100 });
  const money = { value_purchased_minor: euros(purchased), value_recovered_minor: euros(recovered), value_lost_minor: euros(abandoned + expired) };
  return { from: `${from}T00:00:00+01:00`, complete, purchased, recovered, abandoned, expired, ...money };
}

test("an address without a view means the most valuable carts that can be won back", () => {
  const view = viewOf("");
  assert.deepEqual(view, { currency: null, measure: "value", state: "abandoned", sort: "value", row: null, offset: 0, cart: null });
  const where = [{ field: "device", op: "eq", value: "mobile" }];
  assert.deepEqual(abandonmentRequest(SCOPE, view), { from: "2026-11-01", to: "2026-11-08", where, limit: 6, compare: "previous" });
  assert.deepEqual(cartsRequest(SCOPE, view), { from: "2026-11-01", to: "2026-11-08", where, states: ["abandoned"], sort: "value", limit: 20, offset: 0 });
});

test("a row's value may hold what an address is made of, and what cannot be read is left out", () => {
  const view = viewOf(new URLSearchParams({ row: "product:a:b&c=d", state: "all", sort: "opened_at", offset: "40", currency: "PLN", cart: "42" }).toString());
  assert.deepEqual(view.row, { by: "product", value: "a:b&c=d" });
  assert.deepEqual(cartsRequest({ ...SCOPE, where: [] }, view), {
    from: "2026-11-01", to: "2026-11-08", currency: "PLN", row: { by: "product", value: "a:b&c=d" }, sort: "opened_at", limit: 20, offset: 40,
  });
  assert.deepEqual(viewOf("row=colour:red&state=gone&sort=evil&offset=-1&currency=euro&cart=x&show=all"), viewOf(""));
  assert.equal(viewOf("offset=999999").offset, 100_000);
});

test("a day's bar holds money of one currency, or carts", () => {
  const day = dayOf("2026-11-01", [4, 1, 2, 3]);
  assert.deepEqual(barsOf([day], "value", "EUR")[0].amounts, [400, 100, 500]);
  assert.deepEqual(barsOf([day], "value", "PLN")[0].amounts, [0, 0, 0]);
  assert.deepEqual(barsOf([day], "carts", "EUR")[0].amounts, [4, 1, 5]);
  assert.equal(amountOf(day, "lost", "carts", "EUR"), 5);
});

test("days too many to tell apart become weeks, which add up and are over with their last day", () => {
  const days = Array.from({ length: 66 }, (_, index) => dayOf(`day-${String(index).padStart(6, "0")}`, [1, 0, 1, 0], index < 65));
  const bars = barsOf(days, "carts", "EUR");
  assert.deepEqual(bars.map((bar) => bar.amounts[0]), [...Array(9).fill(7), 3]);
  assert.deepEqual(bars.map((bar) => bar.complete), [...Array(9).fill(true), false]);
  assert.equal(barsOf(days.slice(0, 62), "carts", "EUR").length, 62);
});

test("an axis ends with a round number, and not every bar is named", () => {
  assert.deepEqual([0, 1, 3, 7, 99, 100, 101, 40_000].map(axisEnd), [1, 1, 5, 10, 100, 100, 200, 50_000]);
  assert.deepEqual(namedBars(30, 6), [0, 5, 10, 15, 20, 25]);
  assert.deepEqual(namedBars(3, 6), [0, 1, 2]);
});
