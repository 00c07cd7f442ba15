/** What only one engine has: Firefox's own Global Privacy Control, and pages that Chromium really prerenders. */

import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CHROMIUM_OPTIONS, chromiumPath } from './chromium.js';
import { ENGINES, launch } from './engines.js';
import { startServer } from './server.js';
import { PAGES, startSite, startVisit } from './snippet_pages.js';

const GPC = { 'privacy.globalprivacycontrol.enabled': true, 'privacy.globalprivacycontrol.functionality.enabled': true };

let styk;
before(async () => (styk = await startSite()));
after(async () => assert.deepEqual(await styk.stop(), { code: 0, signal: null }));

test('Firefox’s Global Privacy Control makes a granted visitor cookieless, down to the store', { skip: !ENGINES.includes('firefox') }, async () => {
  const engine = await launch('firefox', GPC);
  const visit = await startVisit(engine, styk.origin);
  await visit.open('/granted');
  await visit.sendAll();
  const [{ headers }] = visit.server.requests;
  const [{ visitor, consent }] = visit.server.batches();
  assert.deepEqual([headers['sec-gpc'], visitor, consent], ['1', undefined, 'granted']);
  await styk.waitLoaded(2);
  const rows = (await styk.stored()).map((row) => [row.consent, JSON.parse(row.properties)]);
  assert.deepEqual(rows, Array(rows.length).fill(['cookieless', { gpc: true }]));
  await visit.close();
  await engine.close();
});

/** Chromium without a debugger, which would switch prerendering off. */
async function browse(url) {
  const profile = await mkdtemp(join(tmpdir(), 'styk-chromium-'));
  const child = spawn(chromiumPath(), [...CHROMIUM_OPTIONS, '--headless', `--user-data-dir=${profile}`, url], {
    stdio: 'ignore',
    detached: true,
  });
  return async () => {
    const ended = new Promise((resolve) => child.on('exit', resolve));
    process.kill(-child.pid, 'SIGKILL');
    await ended;
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  };
}

for (const [address, views] of [
  ['/speculating', ['/speculating']],
  ['/speculating?go', ['/speculating', '/seen-later']],
]) {
  const what = views.length > 1 ? 'is counted once it is seen' : 'that nobody sees is not counted';
  test(`a page that Chromium prerenders and ${what}`, { skip: !ENGINES.includes('chromium') }, async () => {
    const server = await startServer({ pages: PAGES, upstream: styk.origin });
    const stop = await browse(server.shop + address);
    try {
      await server.waitFor(() => server.events('waited').length === 1 && views.length <= server.events('page_view').length);
      const paths = server.events('page_view').map(({ url }) => new URL(url).pathname);
      assert.deepEqual([server.prerendered, paths], [['/seen-later'], views]);
    } finally {
      await stop();
      await server.close();
    }
  });
}
