/** A shop and, on another origin, a recorder in Styk's place: it serves the snippet and keeps every request. */

import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';

const SHOP = new URL('shop/', import.meta.url);
const SNIPPET = new URL('../../js-snippet/dist/s.js', import.meta.url);
const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8' };
const CORS = { 'Access-Control-Allow-Origin': '*', 'Access-Control-Expose-Headers': 'Retry-After' };
const WAIT_MS = 20_000;

async function listen(respond) {
  const server = createServer((request, response) => {
    respond(request, response).catch((error) => response.destroy(error));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () => new Promise((resolve) => server.close(resolve) && server.closeAllConnections());
  return { origin: `http://127.0.0.1:${server.address().port}`, close };
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
 * @param {Record<string, string>} [pages] further pages, by path; `{{HOST}}` and `{{SITE}}` are filled in
 * @returns {Promise<{origin: string, close: () => Promise<void>}>}
 */
export function startShop(host, site, pages = {}) {
  const fill = (content) => content.replaceAll('{{HOST}}', host).replaceAll('{{SITE}}', site);
  return listen(async (request, response) => {
    const { pathname } = new URL(request.url, 'http://shop');
    const own = pages[pathname] && { type: TYPES['.html'], content: fill(pages[pathname]) };
    const page = own || (await readPage(pathname, fill));
    if (page) response.writeHead(200, { 'Content-Type': page.type }).end(page.content);
    else response.writeHead(pathname === '/favicon.ico' ? 204 : 404).end();
  });
}

/**
 * Starts the shop and the recorder.
 *
 * @param {Record<string, string>} [pages] further pages of the shop
 * @returns {Promise<{
 *   shop: string, host: string, site: string,
 *   requests: {method: string, path: string, headers: object, body: string}[],
 *   answers: {status: number, headers?: object}[],
 *   batches: () => any[], events: (name?: string) => any[],
 *   waitFor: (met: () => boolean) => Promise<void>, close: () => Promise<void>
 * }>} `requests` are those at the collect address, `answers` what the next of them get before 202 is the rule again;
 *   `waitFor` resolves as soon as requests have come in that meet a condition
 */
export async function startServer(pages = {}) {
  const site = 'demo';
  const requests = [];
  const answers = [];
  const watchers = new Set();

  const host = await listen(async (request, response) => {
    const { pathname } = new URL(request.url, 'http://host');
    if (/^\/s(\.\w+)?\.js$/.test(pathname)) {
      response.writeHead(200, { ...CORS, 'Content-Type': TYPES['.js'] }).end(await readFile(SNIPPET));
      return;
    }
    const body = await readBody(request);
    const answer = answers.shift() ?? { status: 202 };
    requests.push({ method: request.method, path: request.url, headers: request.headers, status: answer.status, body });
    response.writeHead(answer.status, { ...CORS, ...answer.headers, 'Content-Type': 'application/json' });
    response.end('{"accepted":1,"refused":[]}');
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

  const close = () => Promise.all([host.close(), shop.close()]);
  return { shop: shop.origin, host: host.origin, site, requests, answers, batches, events, waitFor, close };
}
