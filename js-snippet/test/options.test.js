import { afterEach, test } from 'node:test';
import assert from 'node:assert/strict';
import { readOptions } from '../src/options.js';

afterEach(() => delete globalThis.document);

/** The options of a page whose tag is `src` with some attributes, found by `currentScript` or by looking for it. */
function options(src, attributes = {}, found = 'currentScript') {
  const tag = { src, getAttribute: (name) => attributes[name] ?? null };
  const other = { src: 'https://shop.example/bundle.js', getAttribute: () => null };
  globalThis.document =
    found === 'currentScript' ? { currentScript: tag, querySelector: () => null } : { currentScript: other, querySelector: () => tag };
  return readOptions();
}

const asked = (option) => ['site', 'datalayer', 'consent', 'query'].map(option);

test('options stand on the tag or in the address', () => {
  const attributes = {
    'data-styk-site': 'demo',
    'data-styk-datalayer': 'layer',
    'data-styk-consent': 'pending',
    'data-styk-query': 'sku, ref',
  };
  assert.deepEqual(asked(options('https://host/s.js', attributes)), ['demo', 'layer', 'pending', 'sku, ref']);
  const address = 'https://host/s.js?site=demo&datalayer=layer&consent=pending&query=sku,+ref';
  assert.deepEqual(asked(options(address)), ['demo', 'layer', 'pending', 'sku, ref']);
});

test('the endpoint follows the file, whatever its place and hash', () => {
  const endpoint = (src) => options(src)('to');
  assert.equal(endpoint('https://shop.example/shopping/s.js?v=2'), 'https://shop.example/shopping/s');
  assert.equal(endpoint('https://host/s.3fa9b1c2.js'), 'https://host/s');
  assert.equal(endpoint('https://cdn.js.example/x/s.js?site=a.js'), 'https://cdn.js.example/x/s');
  assert.equal(endpoint('http://127.0.0.1:8417/s.js'), 'http://127.0.0.1:8417/s');
});

test('the tag is found without currentScript, and a bundler’s element may be any', () => {
  assert.equal(options('https://host/s.js?site=demo', {}, 'querySelector')('site'), 'demo');
  const element = options(undefined, { 'data-styk-site': 'demo', 'data-styk-to': 'https://host/s' }, 'querySelector');
  assert.deepEqual([element('site'), element('to')], ['demo', 'https://host/s']);
});

test('what the shop does not say is nothing', () => {
  assert.deepEqual(asked(options('https://host/s.js')), [null, null, null, null]);
});
