import { afterEach, test } from 'node:test';
import assert from 'node:assert/strict';
import { endpoint, findTag, option } from '../src/options.js';

afterEach(() => delete globalThis.document);

/** A page whose tag is `src` with some attributes, found by `currentScript` or by looking for it. */
function openPage(src, attributes = {}, found = 'currentScript') {
  const tag = { src, getAttribute: (name) => attributes[name] ?? null };
  const other = { src: 'https://shop.example/bundle.js', getAttribute: () => null };
  globalThis.document =
    found === 'currentScript' ? { currentScript: tag, querySelector: () => null } : { currentScript: other, querySelector: () => tag };
  findTag();
}

const asked = () => ['site', 'datalayer', 'consent', 'query'].map(option);

test('options stand on the tag or in the address', () => {
  const attributes = {
    'data-styk-site': 'demo',
    'data-styk-datalayer': 'layer',
    'data-styk-consent': 'pending',
    'data-styk-query': 'sku, ref',
  };
  openPage('https://host/s.js', attributes);
  assert.deepEqual(asked(), ['demo', 'layer', 'pending', 'sku, ref']);
  openPage('https://host/s.js?site=demo&datalayer=layer&consent=pending&query=sku,+ref');
  assert.deepEqual(asked(), ['demo', 'layer', 'pending', 'sku, ref']);
});

test('the endpoint follows the file, whatever its place and hash', () => {
  const endpointOf = (src) => (openPage(src, { 'data-styk-site': 'demo' }), endpoint());
  assert.equal(endpointOf('https://shop.example/shopping/s.js?v=2'), 'https://shop.example/shopping/s');
  assert.equal(endpointOf('https://host/s.3fa9b1c2.js'), 'https://host/s');
  assert.equal(endpointOf('https://cdn.js.example/x/s.js?site=a.js'), 'https://cdn.js.example/x/s');
  assert.equal(endpointOf('http://127.0.0.1:8417/s.js'), 'http://127.0.0.1:8417/s');
});

test('the tag is found without currentScript, and a bundler’s element may be any', () => {
  openPage('https://host/s.js?site=demo', {}, 'querySelector');
  assert.deepEqual([option('site'), endpoint()], ['demo', 'https://host/s']);
  openPage(undefined, { 'data-styk-site': 'demo', 'data-styk-to': 'https://host/s' }, 'querySelector');
  assert.deepEqual([option('site'), endpoint()], ['demo', 'https://host/s']);
});

test('each of two tags has its own options', () => {
  openPage('https://host/s.js', { 'data-styk-site': 'first' });
  const first = document.currentScript;
  openPage('https://host/s.js', { 'data-styk-site': 'second' });
  document.querySelector = () => first;
  findTag();
  assert.equal(option('site'), 'second');
});

test('what the shop does not say is nothing', () => {
  openPage('https://host/s.js?site=demo');
  assert.deepEqual(asked(), ['demo', null, null, null]);
});
