/** `node cost.js`: what the snippet costs a page on a slow telephone (Chromium, CPU six times slower). */

import { launchChromium } from './chromium.js';
import { startServer } from './server.js';
import { PAGES } from './snippet_pages.js';

const ROUNDS = 15;
const THROTTLE = 6;

const server = await startServer({ pages: PAGES });
const browser = await launchChromium();
const starts = [];
const troubles = { longTasks: 0, layoutShifts: 0, said: 0 };
for (let round = 0; round < ROUNDS; round++) {
  const page = await browser.newPage();
  page.on('console', () => troubles.said++);
  await page.emulateCPUThrottling(THROTTLE);
  await page.evaluateOnNewDocument(() => {
    window.seen = { longtask: 0, 'layout-shift': 0 };
    for (const type of Object.keys(window.seen)) {
      new PerformanceObserver((list) => (window.seen[type] += list.getEntries().length)).observe({ type, buffered: true });
    }
  });
  await page.tracing.start({ categories: ['devtools.timeline'] });
  await page.goto(server.shop + '/tall');
  await page.waitForFunction(() => window.styk?.started);
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 2000)));
  const { traceEvents } = JSON.parse(Buffer.from(await page.tracing.stop()).toString());
  const ours = traceEvents.filter(({ name, args }) => name === 'EvaluateScript' && /\/s\.js/.test(args?.data?.url));
  starts.push(ours.reduce((sum, { tdur, dur }) => sum + (tdur ?? dur) / 1000, 0));
  const { longtask, 'layout-shift': shifts } = await page.evaluate(() => window.seen);
  troubles.longTasks += longtask;
  troubles.layoutShifts += shifts;
  await page.close();
}
await browser.close();
await server.close();
starts.sort((one, other) => one - other);
const of = (share) => starts[Math.floor((starts.length - 1) * share)].toFixed(1);
console.log(`start at ${THROTTLE}x: median ${of(0.5)} ms, longest ${of(1)} ms, of ${ROUNDS} loads`);
console.log(`long tasks ${troubles.longTasks}, layout shifts ${troubles.layoutShifts}, lines on the console ${troubles.said}`);
