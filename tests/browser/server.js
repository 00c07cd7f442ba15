/**
 * A shop and, on another origin, the door of a real Styk: it serves the snippet, keeps every request, passes it on, and
 * can be told to fail.
 */

import { createServer, request as connect } from 'node:http';
import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const SHOP = new URL('shop/', import.meta.url);
/** The file that is served as the snippet. */
export const SNIPPET = new URL('../../js-snippet/dist/s.js', import.meta.url);
const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8' };
const CORS = { 'Access-Control-Allow-Origin': '*', 'Access-Control-Expose-Headers': 'Retry-After' };
const WAIT_MS = 20_000;

async function listen(respond) {
  const busy = new Set();
  const server = createServer((request, response) => {
    const work = respond(request, response).catch((error) => response.destroy(error));
    busy.add(work);
    work.finally(() => busy.delete(work));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  /** What has come in is dealt with first, also when nobody waits for its answer any more. */
  async function close() {
    await Promise.all(busy);
    await new Promise((resolve) => server.close(resolve) && server.closeAllConnections());
  }
  return { origin: `http://127.0.0.1:${server.address().port}`, close };
}

/** A port that nobody listens on. */
export async function freePort() {
  const { origin, close } = await listen(async () => {});
  await close();
  return +new URL(origin).port;
}

async function readBody(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

/** The shop's file for a path; `/hats/…` are views of the single-page `hats.html`. */
async function readPage(pathname, fill) {
  const file = pathname === '/' ? 'index.html' : pathname.replace(/^\/hats\/.*/, '/hats.html').slice(1);
  if (!/^\w+\.(html|js)$/.test(file)) return undefined;
  const content = await readFile(new URL(file, SHOP), 'utf8').catch(() => undefined);
  return content && { type: TYPES[extname(file)], content: fill(content) };
}

/**
 * Starts the shop alone, its pages carrying the script tag of any Styk server.
 *
 * @param {string} host origin that serves `/s.js`
 * @param {string} site the site's key there
 * @param {Record<string, string | {html: string, headers: object}>} [pages] further pages, by path; `{{HOST}}`,
 *   `{{SITE}}` and `{{SELF}}` (the shop's own origin by another name) are filled in
 * @returns {Promise<{origin: string, prerendered: string[], close: () => Promise<void>}>} `prerendered` are the paths that
 *   were asked for before anybody saw them
 */
export async function startShop(host, site, pages = {}) {
  let other;
  const prerendered = [];
  const fill = (content) =>
    content.replaceAll('{{HOST}}', host).replaceAll('{{SITE}}', site).replaceAll('{{SELF}}', other);
  const shop = await listen(async (request, response) => {
    const { pathname } = new URL(request.url, 'http://shop');
    if (/prerender/.test(request.headers['sec-purpose'])) prerendered.push(pathname);
    const own = pages[pathname];
    const page = own ? { type: TYPES['.html'], content: fill(own.html ?? own) } : await readPage(pathname, fill);
    const headers = Object.entries(own?.headers ?? {}).map(([name, value]) => [name, fill(value)]);
    if (page) response.writeHead(200, { 'Content-Type': page.type, ...Object.fromEntries(headers) }).end(page.content);
    else response.writeHead(pathname === '/favicon.ico' ? 204 : 404).end();
  });
  other = shop.origin.replace('127.0.0.1', 'localhost');
  return { ...shop, prerendered };
}

/** Passes one request on, and gives what is answered. */
function passOn(upstream, { method, url, headers }, body) {
  return new Promise((resolve, reject) => {
    const onward = connect(upstream + url, { method, headers: { ...headers, host: new URL(upstream).host } }, async (answer) => {
      resolve({ status: answer.statusCode, headers: answer.headers, body: await readBody(answer) });
    });
    onward.on('error', reject);
    onward.end(body);
  });
}

/**
 * Starts the shop and the door.
 *
 * @param {{
 *   pages?: Record<string, string | {html: string, headers: object}>, upstream?: string, site?: string,
 * }} [options] `upstream` is a running Styk's origin; without one all is answered with 202
 * @returns {Promise<{
 *   shop: string, host: string, site: string, prerendered: string[],
 *   requests: {method: string, path: string, headers: object, status: number, body: string}[],
 *   answers: {status?: number, headers?: object, drop?: boolean, late?: number}[],
 *   refuse: (judge?: () => object | undefined) => void,
 *   batches: () => any[], events: (name?: string) => any[],
 *   waitFor: (met: () => boolean) => Promise<void>, close: () => Promise<void>
 * }>} `requests` are those at the collect address; `answers` what the next of them get (`drop` cuts the connection,
 *   `late` passes it on and loses the answer) before they are passed on again; `refuse` decides for every request;
 *   `waitFor` resolves as soon as requests have come in that meet a condition
 */
export async function startServer({ pages = {}, upstream, site = 'demo' } = {}) {
  const requests = [];
  const answers = [];
  const watchers = new Set();
  let judge;

  const host = await listen(async (request, response) => {
    const { pathname } = new URL(request.url, 'http://host');
    if (/^\/s(\.\w+)?\.js$/.test(pathname)) {
      response.writeHead(200, { ...CORS, 'Content-Type': TYPES['.js'] }).end(await readFile(SNIPPET));
      return;
    }
    const body = await readBody(request);
    const told = judge?.() ?? answers.shift();
    if (told?.wait) await pause(told.wait);
    const real = upstream && (!told || told.late) && (await passOn(upstream, request, body));
    const answer = told?.status || told?.drop ? told : real || { status: 202, body: '{"accepted":1,"refused":[]}' };
    const { method, url: path, headers } = request;
    requests.push({ method, path, headers, status: told?.drop ? 0 : answer.status, body, answer: answer.body });
    if (told?.drop) response.destroy();
    else response.writeHead(answer.status, { ...(real ? {} : CORS), ...answer.headers }).end(answer.body ?? '{}');
    for (const watcher of watchers) watcher();
  });

  const shop = await startShop(host.origin, site, pages);

  const batches = () =>
    requests.filter(({ method, status }) => method === 'POST' && status === 202).map(({ body }) => JSON.parse(body));
  const events = (name) =>
    batches()
      .flatMap((batch) => batch.events)
      .filter((event) => !name || event.name === name);

  function waitFor(met) {
    return new Promise((resolve, reject) => {
      const end = (settle) => {
        clearTimeout(timer);
        watchers.delete(look);
        settle();
      };
      const look = () => met() && end(resolve);
      const timer = setTimeout(
        () => end(() => reject(new Error(`waited in vain; events so far: ${events().map(({ name }) => name)}`))),
        WAIT_MS,
      );
      watchers.add(look);
      look();
    });
  }

  const refuse = (next) => (judge = next);
  const close = () => Promise.all([host.close(), shop.close()]);
  const { prerendered } = shop;
  return { prerendered, shop: shop.origin, host: host.origin, site, requests, answers, refuse, batches, events, waitFor, close };
}
