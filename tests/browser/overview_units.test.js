/** What the overview makes of addresses and answers, without a browser. */

import { test } from 'node:test';
import assert from 'node:assert/strict';

import { sparkPoints } from '../../src/report/dashboard/charts/sparkline.js';
import {
  amountOf,
  averageOf,
  biggestLeak,
  currenciesOf,
  fewestOrders,
  leakRequest,
  overviewRequest,
  stepsRequest,
} from '../../src/report/dashboard/overview-question.js';

const SCOPE = { from: '2026-11-01', to: '2026-11-08', compare: true, where: [{ field: 'device', op: 'eq', values: ['mobile'] }], segment: [] };
const WHERE = [{ field: 'device', op: 'eq', value: 'mobile' }];

test('every question of the screen obeys the days and the filters', () => {
  const days = { from: '2026-11-01', to: '2026-11-08', where: WHERE };
  assert.deepEqual(overviewRequest(SCOPE), { ...days, compare: 'previous', limit: 8 });
  assert.deepEqual(overviewRequest({ ...SCOPE, compare: false, where: [] }), { from: days.from, to: days.to, limit: 8 });
  assert.deepEqual(leakRequest(SCOPE, 'EUR'), { ...days, currency: 'EUR', limit: 1 });
  assert.deepEqual(stepsRequest(SCOPE).where, WHERE);
  assert.equal(stepsRequest(SCOPE).steps.length, 4);
});

test('the site’s own currency comes first, and alone where there is no money at all', () => {
  const figures = (gross_minor, value_left_minor = {}) => ({ gross_minor, value_left_minor, value_recovered_minor: {} });
  assert.deepEqual(currenciesOf({ total: figures({}) }, 'EUR'), ['EUR']);
  assert.deepEqual(currenciesOf({ total: figures({ PLN: 1, EUR: 2 }, { CZK: 3 }) }, 'EUR'), ['EUR', 'CZK', 'PLN']);
  assert.deepEqual(currenciesOf({ total: figures({ PLN: 1 }) }, 'EUR'), ['PLN'], 'what nobody paid in is no choice');
  assert.deepEqual(currenciesOf({ total: figures({}), compare: { total: figures({ PLN: 1 }) } }, 'EUR'), ['PLN']);
});

test('a sum of nothing is 0, an average of nothing is none', () => {
  assert.deepEqual([amountOf({ EUR: 5 }, 'EUR'), amountOf({}, 'EUR'), averageOf({}, 'EUR')], [5, 0, null]);
});

test('the biggest leak is a place, and only where money was left', () => {
  const touchpoint = (name, minor) => ({ touchpoint: name, value_at_exit_minor: minor ? { EUR: minor } : {} });
  const leak = (touchpoints) => biggestLeak({ touchpoints }, 'EUR')?.touchpoint ?? null;
  assert.equal(leak([touchpoint('payment', 900), touchpoint('cart', 100)]), 'payment');
  assert.equal(leak([touchpoint('payment', 0)]), null);
  assert.equal(leak([]), null);
});

test('a small line stands on zero, and leaves out what there is not', () => {
  const points = sparkPoints([0, 5, null, 10]);
  assert.deepEqual(points.map(({ x }) => Math.round(x)), [0, 53, 160]);
  assert.deepEqual(points.map(({ y }) => y), [34, 18, 2]);
  assert.deepEqual(sparkPoints([]), []);
  assert.ok(sparkPoints([0, 0]).every(({ y }) => y === 34), 'nothing is no mountain');
  const below = sparkPoints([-10, 10]);
  assert.deepEqual(below.map(({ y }) => y), [34, 2], 'more given back than earned');
});

test('the row whose visitors order least is told, among those of which a rate says something', () => {
  const row = (value, visitors, order_rate) => ({ value, visitors, order_rate });
  const rows = [row('Email', 400, 0.002), row('Direct', 900, 0.03), row('Display', 12, 0), row('(other)', 800, 0), row('(none)', 90, 0)];
  assert.equal(fewestOrders(rows).value, 'Email');
  assert.equal(fewestOrders(rows.slice(1)), null, 'one alone is not compared');
  assert.equal(fewestOrders([]), null);
});
