/** The pages on which the snippet is tried, and one visitor on them. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { SNIPPET, startServer } from './server.js';
import { startStyk } from './styk.js';

const TAG = '<script async src="{{HOST}}/s.js" data-styk-site="{{SITE}}"></script>';
const STUB = '<script>window.styk=window.styk||function(){(styk.q=styk.q||[]).push(arguments)}</script>';
const blank = (head, body = '') => `<!doctype html><meta charset="utf-8"><title>Blank</title>${head}${body}`;
const tagWith = (attributes) => TAG.replace('></script>', ` ${attributes}></script>`);
const script = (code) => `<script>${code}</script>`;

const CHECKOUT = `
  <form id="form" action="{{SELF}}/other" onsubmit="return window.pay || false">
    <fieldset data-styk-stage="contact"><input id="name" name="full_name" required></fieldset>
    <input id="postcode" name="postcode" required pattern="\\d+"><input id="card" name="cardnumber" autocomplete="cc-number">
    <input id="pass" type="password" name="pass"><button id="send">Pay</button>
  </form><a id="away" href="/other">Away</a><button id="jump" onclick="location.assign('{{SELF}}/other')">Jump</button>`;

const MARKED = `
  <main data-styk-view="view_item" data-styk-item="SKU1" data-styk-name="Cap" data-styk-price="19,90 €" data-styk-currency="EUR"
    data-styk-quantity="2" data-styk-category="Hats">
    <button id="add" data-styk-event="add_to_cart" data-styk-colour="navy"><b>Add</b></button>
    <button id="share" data-styk-event="share">Share</button>
    <p data-styk-ignore><button id="quiet" data-styk-event="never">Quiet</button></p>
  </main>
  <a id="pdf" href="/guide.pdf" onclick="event.preventDefault()">Guide</a>
  <a id="out" href="https://elsewhere.example/a?token=s3cret" onclick="event.preventDefault()">Out</a><button id="dead">Dead</button>`;

/** Notes what of the browser is touched, and whether by the script's own task or by a later one. */
function watchTouches() {
  window.watched = { by: 'script', touched: [] };
  const touch = (name) => watched.touched.push(`${name} by ${watched.by}`);
  for (const [holder, name] of [
    [window, 'localStorage'],
    [window, 'sessionStorage'],
    [window, 'scrollY'],
    [window, 'innerHeight'],
    [Document.prototype, 'cookie'],
    [Document.prototype, 'referrer'],
  ]) {
    const { get } = Object.getOwnPropertyDescriptor(holder, name);
    const watch = function () {
      touch(name);
      return get.call(this);
    };
    Object.defineProperty(holder, name, { get: watch, configurable: true });
  }
  for (const [holder, name] of [
    [window, 'fetch'],
    [window, 'Blob'],
    [JSON, 'stringify'],
    [Crypto.prototype, 'getRandomValues'],
    [Document.prototype, 'hasFocus'],
    [Document.prototype, 'querySelectorAll'],
  ]) {
    const call = (target, self, args) => (touch(name), Reflect.apply(target, self, args));
    const construct = (target, args) => (touch(name), Reflect.construct(target, args));
    holder[name] = new Proxy(holder[name], { apply: call, construct });
  }
  // Where the engine knows of such things; an observer is no event of the page's.
  window.shifts = 0;
  if (PerformanceObserver.supportedEntryTypes.includes('layout-shift')) {
    new PerformanceObserver((list) => (shifts += list.getEntries().length)).observe({ type: 'layout-shift', buffered: true });
  }
}

const CSP = "default-src 'none'; script-src 'unsafe-inline' {{HOST}}; connect-src 'none'";

export const PAGES = {
  '/plain': blank(TAG),
  '/other': blank(''),
  '/tall': blank(TAG, '<div style="height:4000px">Tall</div>'),
  '/twice': blank(TAG + TAG),
  '/two-sites': blank(TAG + tagWith('data-styk-name="other"').replace('{{SITE}}', '{{SITE}}-2')),
  '/stub': blank(
    STUB + script('styk("nonsense", 1); styk(); styk("track"); styk("track", "early", { note: "kept" })') + TAG,
  ),
  '/module': blank('<script type="module" src="{{HOST}}/s.3fa9b1c2.js?site={{SITE}}"></script>'),
  '/bundled':
    '<!doctype html><html data-styk-site="{{SITE}}" data-styk-to="{{HOST}}/s"><meta charset="utf-8"><title>Blank</title>' +
    script(readFileSync(SNIPPET, 'utf8')),
  '/no-site': blank('<script async src="{{HOST}}/s.js"></script>' + STUB),
  '/named': blank(tagWith('data-styk-name="shopstats"')),
  '/watched': blank(script(`(${watchTouches})()`) + TAG.replace('></script>', ` onload="watched.by = 'later'"></script>`)),
  '/eager': blank(
    script('dataLayer = [{ event: "view_item" }]') + TAG.replace('></script>', ` onload="watched.click()"></script>`),
    '<button id="watched" data-styk-event="early">Early</button>',
  ),
  '/instant': blank(TAG.replace('></script>', ` onload="location.assign('/other')"></script>`)),
  '/granted': blank(tagWith('data-styk-consent="granted"')),
  '/pending': blank(tagWith('data-styk-consent="pending"')),
  '/leaving': blank(TAG, '<a id="go" href="/other" onclick="styk(\'track\', \'left\')">Leave</a>'),
  '/filtered': blank(STUB + script('styk("filter", (event) => event.name !== "secret" && event)') + TAG),
  '/checkout-form': blank(TAG + script('dataLayer = [{ event: "begin_checkout" }]'), CHECKOUT),
  '/marked': blank(tagWith('data-styk-outbound="1" data-styk-download="1"'), MARKED),
  '/gpc': blank(
    script('Object.defineProperty(navigator, "globalPrivacyControl", { get: () => true })') +
      tagWith('data-styk-consent="granted"'),
  ),
  '/dnt': blank(
    script('Object.defineProperty(navigator, "doNotTrack", { get: () => "1" })') + tagWith('data-styk-dnt="1"'),
  ),
  '/prerendered': blank(
    script('Object.defineProperty(document, "prerendering", { get: () => !window.seen })') + TAG,
  ),
  '/speculating': blank(
    TAG +
      '<script type="speculationrules">{"prerender":[{"source":"list","urls":["/seen-later"],"eagerness":"immediate"}]}</script>' +
      script('setTimeout(() => styk("track", "waited"), 3000); if (location.search) setTimeout(() => (location.href = "/seen-later"), 4000)'),
  ),
  '/seen-later': blank(TAG),
  '/blocked': { html: blank(TAG), headers: { 'Content-Security-Policy': CSP } },
  '/users/ann@example.org/orders': blank(TAG, '<form><input id="card"></form>'),
};

/** Starts a Styk that knows the sites `demo` and `demo-2`; with `stored()`, every row of the first. */
export async function startSite() {
  let readKey;
  const styk = await startStyk(async ({ command, addKey }) => {
    for (const site of ['demo', 'demo-2']) {
      await command(['site', 'add', site, '--domain', '127.0.0.1', '--currency', 'EUR']);
    }
    readKey = await addKey('demo', 'read');
  });
  return { ...styk, stored: () => styk.exported('demo', readKey) };
}

/**
 * How many tabs a test closes in the moment of their last event. Each of them tells; that one did would say little of
 * Firefox, which stops the script of one in ten while it sends (README of the snippet).
 */
export const CLOSINGS = 12;

/**
 * A visitor that nobody knows, in front of a shop of its own.
 *
 * @param {import('./engines.js').Engine} engine
 * @param {string} upstream a running Styk's origin
 * @param {typeof PAGES} [pages] of the shop
 */
export async function startVisit(engine, upstream, pages = PAGES) {
  const server = await startServer({ pages, upstream });
  const profile = await engine.newProfile();
  const page = await profile.newPage();
  const open = (path, where = page) => where.goto(server.shop + path);
  /** Counting starts a breath after the script came, or at the first call, also at one that means nothing. */
  const ready = (where = page) => where.until(() => window.styk?.started && (styk('start'), true));
  const count = (name) => server.events(name).length;

  /** Events in the order in which one page made them; parallel requests may overtake each other. */
  const inOrder = () => server.events().sort((one, other) => one.sequence - other.sequence);

  /** The names of what happened, in order, without what the tests themselves sent and what tells of time. */
  const names = () =>
    inOrder()
      .map(({ name }) => name)
      .filter((name) => !/^marker|^engagement$/.test(name));

  /**
   * Sends all there is, and waits until everything came: what this page numbered before the marker, and
   * `earlier` events of pages that went without waiting. What is counted twice has come by then as well.
   */
  async function sendAll(earlier = 0, where = page) {
    await ready(where);
    const marker = `marker_${server.requests.length}`;
    await where.evaluate((name) => {
      styk('track', name);
      styk('flush');
    }, marker);
    // How often earlier pages told of time is their visitor's pace.
    const counted = () => server.events().filter(({ name }) => !earlier || name !== 'engagement').length;
    await server.waitFor(() => {
      const [last] = server.events(marker);
      return last && counted() >= earlier + last.sequence;
    });
  }

  /** No preflight, credential or cookie on any request; nothing was refused, nothing said aloud. */
  function assertQuiet() {
    for (const { method, path, headers, answer, status } of server.requests) {
      assert.equal(method, 'POST');
      assert.equal(path, '/s');
      assert.match(headers['content-type'], /^text\/plain/);
      assert.equal(headers.cookie, undefined);
      if (status === 202) assert.deepEqual(JSON.parse(answer).refused, []);
    }
    assert.deepEqual(page.spoken(), []);
  }

  /** Quiet, and each id once. */
  function assertClean() {
    const ids = server.events().map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length);
    assertQuiet();
  }

  /** The events of a name, each once, however often it was sent. */
  const told = (name) => [...new Map(server.events(name).map((event) => [event.id, event])).values()];

  const close = async () => {
    await profile.close();
    await server.close();
  };
  return { server, profile, page, open, ready, count, inOrder, names, told, sendAll, assertQuiet, assertClean, close };
}
