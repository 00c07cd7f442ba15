import { test } from 'node:test';
import assert from 'node:assert/strict';
import { plain, text } from '../src/text.js';
import { uuid } from '../src/uuid.js';

test('text is cut and cleaned of what the server refuses', () => {
  assert.equal(text('  a\u0000b\nc '), 'a b c');
  assert.equal(text('x\ud800y'), 'x y');
  assert.equal(text('ab😀', 3), 'ab');
  assert.equal(text('ab😀', 4), 'ab😀');
  assert.equal(text(12), '12');
});

test('only plain values are text', () => {
  for (const value of [undefined, null, {}, [], () => 1, '', '  ']) assert.equal(text(value), undefined);
});

test('properties keep their kind', () => {
  assert.deepEqual([plain(1.5), plain(0), plain(false), plain('a'), plain(NaN)], [1.5, 0, false, 'a', undefined]);
});

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

test('ids are random uuids, also on pages without TLS', (t) => {
  assert.match(uuid(), UUID);
  Object.defineProperty(crypto, 'randomUUID', { value: undefined, configurable: true });
  t.after(() => delete crypto.randomUUID);
  const ids = new Set(Array.from({ length: 200 }, uuid));
  assert.equal(ids.size, 200);
  for (const id of ids) assert.match(id, UUID);
});
