/** The demo, run as its readers run it: `styk demo`, filled, with the address and the password that it prints. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { BINARY } from './styk.js';

/**
 * Starts `styk demo` and waits until the shop's past is in.
 *
 * @returns {Promise<{ origin: string, email: string, password: string, stop: () => Promise<void> }>}
 */
export async function startDemo() {
  const child = spawn(BINARY, ['demo', '--listen', '127.0.0.1:0']);
  const ended = new Promise((resolve) => child.on('close', (code, signal) => resolve({ code, signal })));
  let words = '';
  child.stderr.setEncoding('utf8').on('data', (chunk) => (words += chunk));
  const printed = new Promise((resolve) => {
    child.stdout.setEncoding('utf8').on('data', (chunk) => {
      words += chunk;
      if (words.includes('Ctrl-C')) resolve();
    });
  });
  await Promise.race([printed, ended]);
  const [, origin] = /dashboard\s+(http:\/\/[^/]+)/.exec(words) ?? assert.fail(`no address: ${words}`);
  const [, email, password] = /sign in\s+(\S+)\s+password\s+(\S+)/.exec(words);
  async function stop() {
    child.kill('SIGTERM');
    assert.deepEqual(await ended, { code: 0, signal: null });
  }
  return { origin, email, password, stop };
}
