/** What must hold of every screen of the dashboard, and what its pages must never say. */

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

export const NARROW = { width: 390, height: 844 };
export const WIDE = { width: 1280, height: 900 };
const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/**
 * Collects all that goes wrong aloud on a page: errors, messages, and what its policies forbid.
 *
 * @param {import('puppeteer-core').Page} page
 * @param {(message: import('puppeteer-core').ConsoleMessage) => boolean} [isForeseen]
 * @returns {Promise<string[]>} grows
 */
export async function listenForTrouble(page, isForeseen = () => false) {
  const trouble = [];
  page.on('pageerror', (error) => trouble.push(String(error)));
  page.on('console', (message) => {
    if (!isForeseen(message)) trouble.push(`${message.type()}: ${message.text()}`);
  });
  await page.exposeFunction('tellViolation', (violation) => trouble.push(violation));
  await page.evaluateOnNewDocument(() => {
    const tell = ({ violatedDirective, sample }) => window.tellViolation(`${violatedDirective}: ${sample}`);
    document.addEventListener('securitypolicyviolation', tell);
  });
  return trouble;
}

/** No sideways overflow, and nothing that axe finds. */
export async function assertSound(page, where) {
  const { scrollWidth, clientWidth } = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return { scrollWidth, clientWidth };
  });
  assert.ok(scrollWidth <= clientWidth, `${where}: ${scrollWidth} px in ${clientWidth}`);
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
  const found = violations.map(({ id, nodes }) => `${where}: ${id} at ${nodes.map(({ html }) => html).join(' | ')}`);
  assert.deepEqual(found, []);
}

/** The same in both themes, on a phone and on a desk; `arrive` opens the screen anew. */
export async function assertSoundEverywhere(page, where, arrive) {
  for (const scheme of ['light', 'dark']) {
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
    for (const viewport of [NARROW, WIDE]) {
      await page.setViewport(viewport);
      await arrive();
      await assertSound(page, `${where}, ${scheme}, ${viewport.width} px`);
    }
  }
}
