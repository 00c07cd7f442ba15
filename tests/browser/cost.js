/**
 * `node cost.js [ROUNDS]`: what the snippet costs a page on a telephone six times slower than this machine (Chromium).
 *
 * Chromium slows a thread down by letting it spin in a signal handler, for five times as long as passed on the clock
 * since the last signal. So neither the clock nor the thread's own CPU time is to be believed there on a machine that
 * does anything else: what others take of it counts six times. What is measured instead is the CPU time of the main
 * thread in our calls, as Chromium's trace has it, compilation included, at full speed; and six times that is told. In
 * the same rounds run a script without anything in it, which is the browser's own cost of any script, and one that does
 * no more than read its own tag, which any snippet has to do.
 */

import { launchChromium } from './chromium.js';
import { startServer } from './server.js';
import { PAGES } from './snippet_pages.js';

const ROUNDS = +process.argv[2] || 15;
const SLOWNESS = 6;
const GOAL_MS = 10;
// Until the first batch has left, and a little more.
const WATCHED_MS = 2500;

const script = (code) => ({ html: code, headers: { 'Content-Type': 'text/javascript' } });
const pageWith = (path) => `<!doctype html><title>Cost</title><script async src="${path}"></script><div style="height:4000px">Tall</div>`;

const KINDS = {
  nothing: { page: '/nothing', file: '/nothing.js' },
  'its own tag': { page: '/tag', file: '/tag.js' },
  snippet: { page: '/tall', file: '/s.js' },
};

const server = await startServer({
  pages: {
    ...PAGES,
    '/nothing': pageWith('/nothing.js'),
    '/nothing.js': script(''),
    '/tag': pageWith('/tag.js'),
    '/tag.js': script('document.currentScript.getAttribute("data-styk-site")'),
  },
});
const browser = await launchChromium();

/** Our calls in the order of a page's life, each with all that it calls. */
function callsOf(file, trace) {
  const ours = trace.filter(
    ({ name, ph, args }) => ph === 'X' && /^(EvaluateScript|FunctionCall)$/.test(name) && args.data?.url?.endsWith(file),
  );
  const around = (call) => (other) => other !== call && other.ts <= call.ts && call.ts + call.dur <= other.ts + other.dur;
  return ours.filter((call) => !ours.some(around(call))).sort((one, other) => one.ts - other.ts);
}

async function visit({ page: path, file }, slowness) {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  let said = 0;
  page.on('console', () => said++);
  if (slowness > 1) await page.emulateCPUThrottling(slowness);
  await page.evaluateOnNewDocument(() => {
    window.seen = { longtask: 0, 'layout-shift': 0 };
    for (const type of Object.keys(window.seen)) {
      new PerformanceObserver((list) => (window.seen[type] += list.getEntries().length)).observe({ type, buffered: true });
    }
  });
  await page.tracing.start({ categories: ['devtools.timeline', 'v8'] });
  await page.goto(server.shop + path);
  await page.evaluate((ms) => new Promise((resolve) => setTimeout(resolve, ms)), WATCHED_MS);
  const { traceEvents } = JSON.parse(Buffer.from(await page.tracing.stop()).toString());
  const { longtask, 'layout-shift': shifts } = await page.evaluate(() => window.seen);
  await context.close();
  const calls = callsOf(file, traceEvents);
  const ms = (some, clock) => some.reduce((sum, call) => sum + call[clock] / 1000, 0);
  return {
    start: ms(calls.slice(0, 1), 'tdur'),
    longest: Math.max(...calls.map(({ tdur }) => tdur / 1000)),
    all: ms(calls, 'tdur'),
    startByClock: ms(calls.slice(0, 1), 'dur'),
    troubles: [longtask, shifts, said],
  };
}

const visits = Object.keys(KINDS).flatMap((kind) => [1, SLOWNESS].map((slowness) => ({ kind, slowness, seen: [] })));
for (let round = 0; round < ROUNDS; round++) {
  for (const { kind, slowness, seen } of visits) seen.push(await visit(KINDS[kind], slowness));
}
await browser.close();
await server.close();

function shares(seen, field, times) {
  const sorted = seen.map((one) => one[field] * times).sort((one, other) => one - other);
  return [0.1, 0.5, 0.9].map((share) => sorted[Math.floor((sorted.length - 1) * share)].toFixed(1).padStart(6)).join('');
}

console.log(`${ROUNDS} loads of each; one in ten below, median, one in ten above, in ms`);
for (const { kind, slowness, seen } of visits.sort((one, other) => one.slowness - other.slowness)) {
  const troubles = seen.reduce((sums, { troubles }) => sums.map((sum, index) => sum + troubles[index]), [0, 0, 0]);
  if (slowness === 1) {
    console.log(`${kind}: CPU x${SLOWNESS}`);
    console.log(`  at start       ${shares(seen, 'start', SLOWNESS)}   (goal: ${GOAL_MS} more than nothing)`);
    console.log(`  longest call   ${shares(seen, 'longest', SLOWNESS)}   (a long task has 50)`);
    console.log(`  until it sent  ${shares(seen, 'all', SLOWNESS)}`);
  } else console.log(`${kind}, slowed down: at start by the clock ${shares(seen, 'startByClock', 1)}`);
  console.log(`  long tasks of the whole page ${troubles[0]}, layout shifts ${troubles[1]}, lines on the console ${troubles[2]}`);
}
