import { beforeEach, test } from 'node:test';
import assert from 'node:assert/strict';
import { keep, takeKept } from '../src/kept.js';
import { setOptions } from './tag.js';

const storage = (globalThis.localStorage = {});

beforeEach(() => {
  setOptions();
  Object.keys(storage).forEach((place) => delete storage[place]);
});

test('what pages kept is taken once, and nothing of others', async () => {
  storage.cart = '1';
  storage._styk = 'visitor.1';
  const other = await import('../src/kept.js?other');
  keep([{ id: 'a' }]);
  other.keep([{ id: 'b' }]);
  assert.deepEqual(takeKept().map(({ id }) => id).sort(), ['a', 'b']);
  assert.deepEqual(takeKept(), []);
  assert.deepEqual(Object.keys(storage), ['cart', '_styk']);
});

test('what has arrived is kept no longer', () => {
  keep([{ id: 'a' }]);
  keep([{ id: 'b' }]);
  assert.equal(Object.keys(storage).length, 1);
  keep([]);
  assert.deepEqual(Object.keys(storage), []);
});

test('of two sites that count one page, neither takes what is the other’s', () => {
  keep([{ id: 'a' }]);
  setOptions({ site: 'demo-2' });
  keep([{ id: 'b' }]);
  assert.deepEqual(takeKept(), [{ id: 'b' }]);
  setOptions();
  assert.deepEqual(takeKept(), [{ id: 'a' }]);
});
