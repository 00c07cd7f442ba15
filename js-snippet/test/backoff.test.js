import { test } from 'node:test';
import assert from 'node:assert/strict';
import { retryDelay } from '../src/backoff.js';

test('waits double from two seconds to five minutes', () => {
  const waits = [1, 2, 3, 7, 20, 2000].map((failures) => retryDelay(failures, null, 0));
  assert.deepEqual(waits, [2000, 4000, 8000, 128_000, 300_000, 300_000]);
});

test('up to half of the wait is added at random', () => {
  assert.equal(retryDelay(1, null, 1), 3000);
  assert.equal(retryDelay(1, '60', 1), 90_000);
});

test('the server may ask for more, and is believed for an hour', () => {
  assert.equal(retryDelay(1, '30', 0), 30_000);
  assert.equal(retryDelay(1, '999999999', 0), 3_600_000);
  for (const nonsense of ['0', '-5', 'soon', '']) assert.equal(retryDelay(1, nonsense, 0), 2000);
});
