/** Chromium as the tests need it. */

import puppeteer from 'puppeteer-core';

/**
 * Starts the machine's Chromium (or the one `CHROMIUM` names) with an empty profile.
 *
 * @returns {Promise<import('puppeteer-core').Browser>}
 */
export function launchChromium() {
  return puppeteer.launch({
    executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
