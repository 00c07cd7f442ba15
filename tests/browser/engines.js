/** The three engines, driven the same way. What one of them cannot be asked for is not asked of any. */

import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import puppeteer from 'puppeteer-core';
import { chromiumPath, launchChromium } from './chromium.js';
import { freePort } from './server.js';

const WEBKIT_DRIVER = '/usr/bin/WebKitWebDriver';
const FIREFOX = process.env.FIREFOX || '/usr/bin/firefox-esr';
const LOOK_MS = 30;
const WAIT_MS = 20_000;
// A page that goes away under a question never answers it.
const ANSWER_MS = 15_000;
const DRIVER_MS = 120_000;
const GOING_MS = 500;

const isThere = (path) => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/**
 * @typedef {object} Page
 * @property {(url: string) => Promise<void>} goto
 * @property {(fn: Function, ...args: any[]) => Promise<any>} evaluate arguments and answer are JSON
 * @property {(selector: string) => Promise<void>} click
 * @property {(selector: string, text: string) => Promise<void>} type
 * @property {() => Promise<void>} back
 * @property {() => Promise<void>} reload
 * @property {() => Promise<void>} close closes the tab as a visitor does
 * @property {(fn: Function, ...args: any[]) => Promise<void>} until resolves when `fn` answers something true
 * @property {() => string[]} spoken what went wrong aloud in the page, where the engine tells
 *
 * @typedef {object} Profile a browser nobody used before
 * @property {() => Promise<Page>} newPage
 * @property {() => Promise<void>} close
 *
 * @typedef {object} Engine
 * @property {string} name
 * @property {() => Promise<Profile>} newProfile
 * @property {() => Promise<void>} close
 */

/** The engines that this machine has; `ENGINES` (names with commas) may leave some out. */
export const ENGINES = ['chromium', 'firefox', 'webkit'].filter((name) => {
  const path = { chromium: chromiumPath(), firefox: FIREFOX, webkit: WEBKIT_DRIVER }[name];
  const wanted = !process.env.ENGINES || process.env.ENGINES.split(',').includes(name);
  if (wanted && !isThere(path)) console.log(`# ${name} is not here (${path}): its checks are left out`);
  return wanted && isThere(path);
});

/**
 * Starts an engine.
 *
 * @param {string} name one of `ENGINES`
 * @param {Record<string, any>} [preferences] of Firefox
 * @returns {Promise<Engine>}
 */
export async function launch(name, preferences = {}) {
  if (name === 'webkit') return launchWebKit();
  const browser = await launchBrowser(name, preferences);
  return {
    name,
    close: () => browser.close(),
    async newProfile() {
      const context = await browser.createBrowserContext();
      return { newPage: async () => puppeteerPage(await context.newPage()), close: () => context.close() };
    },
  };
}

/**
 * The same as puppeteer has it; WebKit it does not drive.
 *
 * @param {'chromium' | 'firefox'} name
 * @param {Record<string, any>} [preferences] of Firefox
 * @returns {Promise<import('puppeteer-core').Browser>}
 */
export const launchBrowser = (name, preferences = {}) => (name === 'chromium' ? launchChromium() : launchFirefox(preferences));

const launchFirefox = (preferences) =>
  puppeteer.launch({
    browser: 'firefox',
    executablePath: FIREFOX,
    headless: true,
    extraPrefsFirefox: { 'dom.disable_open_during_load': false, 'dom.serviceWorkers.enabled': false, ...preferences },
  });

async function until(look) {
  const end = Date.now() + WAIT_MS;
  for (;;) {
    // A page that is going away answers nothing.
    if (await look().catch(() => false)) return;
    if (end < Date.now()) throw new Error('waited in vain for the page');
    await pause(LOOK_MS);
  }
}

function puppeteerPage(page) {
  const spoken = [];
  page.on('console', (message) => spoken.push(message.text()));
  page.on('pageerror', (error) => spoken.push(String(error)));
  const evaluate = (fn, ...args) => page.evaluate(fn, ...args);
  return {
    goto: async (url) => void (await page.goto(url)),
    evaluate,
    click: (selector) => page.click(selector),
    type: (selector, text) => page.type(selector, text),
    // Asked for by the driver, a page that Firefox has kept never answers.
    back: () => evaluate(() => void setTimeout(() => history.back())),
    reload: async () => void (await page.reload()),
    close: () => page.close({ runBeforeUnload: true }),
    until: (fn, ...args) => until(() => evaluate(fn, ...args)),
    spoken: () => spoken,
  };
}

/** WebKit by its WebDriver; each profile is a browser of its own, in a screen of its own. */
async function launchWebKit() {
  const screen = 90 + (process.pid % 100);
  const display = `:${screen}`;
  const frame = spawn('Xvfb', [display, '-screen', '0', '1280x900x24', '-nolisten', 'tcp'], { stdio: 'ignore' });
  const port = await freePort();
  const env = { ...process.env, DISPLAY: display, WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1', GDK_BACKEND: 'x11' };
  const driver = spawn(WEBKIT_DRIVER, [`--port=${port}`, '--host=127.0.0.1'], { env, stdio: 'ignore' });
  const ask = async (method, path, body) => {
    const signal = AbortSignal.timeout(/\/execute\//.test(path) ? ANSWER_MS : DRIVER_MS);
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, { method, body: body && JSON.stringify(body), signal });
    const { value } = await answer.json();
    if (!answer.ok) throw new Error(`${path}: ${value?.error}: ${value?.message}`);
    return value;
  };
  await until(() => ask('GET', '/status'));
  return {
    name: 'webkit',
    async close() {
      driver.kill();
      frame.kill();
    },
    async newProfile() {
      const { sessionId } = await ask('POST', '/session', { capabilities: { alwaysMatch: {} } });
      const session = `/session/${sessionId}`;
      const closed = new Set();
      let first = true;
      return {
        async newPage() {
          const handle = first
            ? await ask('GET', `${session}/window`)
            : (await ask('POST', `${session}/window/new`, { type: 'tab' })).handle;
          first = false;
          return webkitPage(ask, session, handle, closed);
        },
        close: () => ask('DELETE', session).catch(() => {}),
      };
    },
  };
}

const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf';

function webkitPage(ask, session, handle) {
  const here = () => ask('POST', `${session}/window`, { handle });
  const tell = async (method, path, body) => {
    await here();
    return ask(method, session + path, body);
  };
  const find = async (selector) =>
    (await tell('POST', '/element', { using: 'css selector', value: selector }))[ELEMENT];
  const evaluate = (fn, ...args) => tell('POST', '/execute/sync', { script: `return (${fn})(...arguments)`, args });
  return {
    goto: (url) => tell('POST', '/url', { url }),
    evaluate,
    click: async (selector) => tell('POST', `/element/${await find(selector)}/click`, {}),
    type: async (selector, text) => tell('POST', `/element/${await find(selector)}/value`, { text }),
    async back() {
      await evaluate(() => void setTimeout(() => history.back()));
      await pause(GOING_MS);
    },
    reload: () => tell('POST', '/refresh', {}),
    async close() {
      // The last window of a session takes the session with it; and where nobody is, none can be opened.
      await here();
      const other = await ask('POST', `${session}/window/new`, { type: 'tab' });
      await tell('DELETE', '/window');
      await ask('POST', `${session}/window`, { handle: other.handle });
    },
    until: (fn, ...args) => until(() => evaluate(fn, ...args)),
    spoken: () => [],
  };
}
