/** Chromium as the tests need it. */

import puppeteer from 'puppeteer-core';

/** The machine's Chromium, or the one `CHROMIUM` names. */
export const chromiumPath = () => process.env.CHROMIUM || '/usr/bin/chromium';

/** What keeps it quiet, and lets root start it. */
export const CHROMIUM_OPTIONS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * Starts it with an empty profile.
 *
 * @returns {Promise<import('puppeteer-core').Browser>}
 */
export function launchChromium() {
  return puppeteer.launch({ executablePath: chromiumPath(), headless: true, args: CHROMIUM_OPTIONS });
}
