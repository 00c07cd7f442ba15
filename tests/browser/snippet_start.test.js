/** How the snippet starts, in every engine: what it leaves for later, and that nothing is lost by waiting. */

import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { ENGINES, launch } from './engines.js';
import { startSite, startVisit } from './snippet_pages.js';

let styk;
before(async () => (styk = await startSite()));
after(async () => assert.deepEqual(await styk.stop(), { code: 0, signal: null }));

for (const name of ENGINES) describe(name, () => inEngine(name));

function inEngine(name) {
  let engine;
  let visit;
  let page;
  let server;

  before(async () => (engine = await launch(name)));
  after(() => engine?.close());
  beforeEach(async () => {
    visit = await startVisit(engine, styk.origin);
    ({ page, server } = visit);
  });
  afterEach(() => visit.close());

  /** What was touched so far, each once, in the order of the first times. */
  const touched = async () => [...new Set(await page.evaluate(() => watched.touched))];

  test('the script’s own task touches nothing but its tag; counting and storage are another’s', async () => {
    await visit.open('/watched');
    await server.waitFor(() => visit.count('page_view') === 1);
    const names = await touched();
    assert.deepEqual(names.filter((touch) => touch.endsWith('by script')), []);
    for (const part of ['referrer', 'getRandomValues', 'hasFocus', 'querySelectorAll', 'fetch']) {
      assert.ok(names.includes(`${part} by later`), `${part} in ${names}`);
    }
    const first = (part) => names.indexOf(`${part} by later`);
    assert.ok(first('getRandomValues') < first('localStorage'), `the view is counted before storage is waited for: ${names}`);
    for (const part of ['cookie', 'sessionStorage']) assert.equal(first(part), -1);
    assert.equal(await page.evaluate(() => shifts), 0);
    visit.assertClean();
  });

  test('a call at once makes it count at once, with the answer that the call has', async () => {
    await visit.open('/watched');
    await page.until(() => window.styk?.started);
    const touchedByCall = await page.evaluate(() => {
      watched.by = 'call';
      styk('track', 'first');
      history.pushState({}, '', '/next');
      const url = styk('linker', 'https://other.example/pay');
      styk('track', 'second');
      styk('flush');
      watched.by = 'later';
      return url;
    });
    assert.equal(touchedByCall, 'https://other.example/pay');
    await server.waitFor(() => visit.count('second') === 1);
    assert.deepEqual(visit.names(), ['page_view', 'first', 'page_view', 'second']);
    const { events } = server.batches()[0];
    const ages = events.map(({ age_ms: age }) => age);
    assert.deepEqual(ages, [...ages].sort((one, other) => other - one), 'the older first');
    assert.deepEqual(events.map(({ sequence }) => sequence), [1, 2, 3, 4]);
    visit.assertClean();
  });

  test('a click before counting began is heard, after what the page had said', async () => {
    await visit.open('/eager');
    await server.waitFor(() => visit.count('early') === 1);
    assert.deepEqual(visit.names(), ['page_view', 'view_item', 'early']);
    visit.assertClean();
  });

  test('a second tag with a name of its own counts for its own site', async () => {
    await visit.open('/two-sites');
    await page.until(() => window.styk?.started && window.other?.started);
    await page.evaluate(() => {
      styk('track', 'one');
      other('track', 'two');
    });
    await server.waitFor(() => visit.count('one') === 1 && visit.count('two') === 1);
    const told = server.batches().map(({ site, events }) => [site, ...events.map(({ name: happened }) => happened)]);
    assert.deepEqual(told.sort(), [['demo', 'page_view', 'one'], ['demo-2', 'page_view', 'two']]);
    visit.assertClean();
  });

  test('who is gone before counting began has been there all the same', async () => {
    await visit.open('/instant');
    await page.until(() => location.pathname === '/other');
    await server.waitFor(() => visit.count('page_view') === 1);
    assert.deepEqual(server.events('page_view').map(({ url, sequence }) => [url.replace(server.shop, ''), sequence]), [['/instant', 1]]);
    visit.assertClean();
  });
}
