import { afterEach, beforeEach, test } from 'node:test';
import assert from 'node:assert/strict';
import { createIdentity } from '../src/identity.js';

let jar;
let written;

beforeEach(() => {
  jar = new Map();
  written = [];
  globalThis.location = { protocol: 'https:' };
  globalThis.document = {
    get cookie() {
      return [...jar].map((pair) => pair.join('=')).join('; ');
    },
    set cookie(line) {
      written.push(line);
      const [, name, value, seconds] = line.match(/^(\w+)=([^;]*);.*Max-Age=(\d+)/);
      if (seconds === '0') jar.delete(name);
      else jar.set(name, value);
    },
  };
});

afterEach(() => {
  delete globalThis.document;
  delete globalThis.location;
});

test('by default nothing is written, and the customer may be named', () => {
  const identity = createIdentity();
  identity.identify('C-1');
  assert.deepEqual(identity.fields(), {
    visitor: undefined,
    session: undefined,
    customer: 'C-1',
    consent: 'cookieless',
  });
  assert.deepEqual(written, []);
});

test('consent gives a lasting visitor and a session', () => {
  const identity = createIdentity();
  identity.consent('granted');
  const { visitor, session, consent } = identity.fields();
  assert.equal(consent, 'granted');
  assert.notEqual(visitor, session);
  assert.match(written[0], /^_styk=[\w-]{36}; Path=\/; Max-Age=34128000; SameSite=Lax; Secure$/);
  assert.match(written[1], /^_styk_session=[\w-]{36}; Path=\/; Max-Age=1800; SameSite=Lax; Secure$/);
  const next = createIdentity().fields();
  assert.deepEqual([next.visitor, next.session, next.consent], [visitor, session, 'granted']);
});

test('thirteen months are never prolonged, the session is', () => {
  createIdentity('granted').fields();
  written = [];
  createIdentity().fields();
  assert.deepEqual(
    written.map((line) => line.split('=')[0]),
    ['_styk_session'],
  );
  jar.delete('_styk_session');
  assert.equal(typeof createIdentity().fields().session, 'string');
});

for (const state of ['denied', 'cookieless', 'pending']) {
  test(`going from granted to ${state} removes everything`, () => {
    const identity = createIdentity('granted');
    identity.fields();
    identity.consent(state);
    assert.equal(jar.size, 0);
    const { visitor, session, consent } = identity.fields();
    assert.deepEqual([visitor, session, consent, jar.size], [undefined, undefined, state, 0]);
  });
}

test('denied sends no customer, and clears what an earlier visit left', () => {
  createIdentity('granted').fields();
  const identity = createIdentity('denied');
  identity.identify('C-1');
  assert.equal(identity.fields().customer, undefined);
  assert.equal(jar.size, 0);
});

test('an option that awaits a decision neither uses nor removes an old cookie', () => {
  jar.set('_styk', 'old-visitor');
  const identity = createIdentity('pending');
  assert.equal(identity.fields().visitor, undefined);
  identity.consent('granted');
  assert.equal(identity.fields().visitor, 'old-visitor');
});

test('unknown states change nothing, and null ends the customer', () => {
  const identity = createIdentity();
  identity.identify('C-1');
  identity.consent('yes');
  assert.equal(identity.fields().consent, 'cookieless');
  identity.identify(null);
  assert.equal(identity.fields().customer, undefined);
});
