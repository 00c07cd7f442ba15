import { test } from 'node:test';
import assert from 'node:assert/strict';
import { findScript, readOptions } from '../src/options.js';

const script = (src, attributes = {}) => ({ src, getAttribute: (name) => attributes[name] ?? null });

test('options stand on the tag or in the address', () => {
  const expected = {
    site: 'demo',
    dataLayer: 'layer',
    consent: 'pending',
    query: ['sku', 'ref'],
    endpoint: 'https://host/s',
  };
  const attributes = {
    'data-styk-site': 'demo',
    'data-styk-datalayer': 'layer',
    'data-styk-consent': 'pending',
    'data-styk-query': 'sku, ref',
  };
  assert.deepEqual(readOptions(script('https://host/s.js', attributes)), expected);
  assert.deepEqual(
    readOptions(script('https://host/s.js?site=demo&datalayer=layer&consent=pending&query=sku,ref')),
    expected,
  );
});

test('the endpoint follows the file, whatever its place and hash', () => {
  const endpoint = (src) => readOptions(script(src)).endpoint;
  assert.equal(endpoint('https://shop.example/shopping/s.js?v=2'), 'https://shop.example/shopping/s');
  assert.equal(endpoint('https://host/s.3fa9b1c2.js'), 'https://host/s');
  assert.equal(endpoint('http://127.0.0.1:8417/s.js'), 'http://127.0.0.1:8417/s');
});

test('without a site there is none, and the dataLayer has its usual name', () => {
  assert.deepEqual(readOptions(script('https://host/s.js')), {
    site: undefined,
    dataLayer: 'dataLayer',
    consent: undefined,
    query: [],
    endpoint: 'https://host/s',
  });
});

test('the tag is found without currentScript', () => {
  const tagged = script('https://host/other.js');
  const named = script('https://host/s.3fa9b1c2.js?site=demo');
  const scripts = [script('https://host/apps.js'), script('https://host/jquery.js?x=/s'), named];
  const page = { currentScript: null, querySelector: () => null, scripts };
  assert.equal(findScript(page), named);
  assert.equal(findScript({ ...page, querySelector: () => tagged }), tagged);
  assert.equal(findScript({ ...page, currentScript: scripts[0] }), scripts[0]);
});
