/** The real server, run as its users run it: in a data directory of its own, on a port that is free. */

import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const BINARY = process.env.STYK_BINARY || fileURLToPath(new URL('../../target/release/styk', import.meta.url));
const WAIT_MS = 30_000;
const POLL_MS = 20;
const run = promisify(execFile);

/** Calls `look` until it returns something true; `describe` says what there was when time ran out. */
export async function poll(look, describe) {
  const end = Date.now() + WAIT_MS;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (end < Date.now()) throw new Error(`waited in vain: ${describe()}`);
    await pause(POLL_MS);
  }
}

function commandsIn(data) {
  const command = async (words) => (await run(BINARY, [...words, '--data', data])).stdout;
  const addKey = async (site, scope) => {
    const printed = await command(['key', 'add', '--site', site, '--scope', scope]);
    return printed.trimEnd().split('\n').at(-1);
  };
  return { command, addKey };
}

/** The server's process, once it says where it listens; `said()` is what it wrote so far. */
async function serve(data) {
  const child = spawn(BINARY, ['serve', '--data', data, '--listen', '127.0.0.1:0']);
  let words = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk) => (words += chunk));
  }
  const said = () => words;
  const ended = new Promise((resolve) => child.on('close', (code, signal) => resolve({ code, signal })));
  const over = () => child.exitCode !== null || child.signalCode !== null;
  try {
    const listening = () => over() || /listens on (http:\S+)\n/.exec(words);
    const [, origin] = await poll(listening, () => `no address: ${words}`);
    if (!origin) throw new Error(`the server ended: ${words}`);
    const alive = () => fetch(origin + '/livez').then(({ ok }) => ok);
    await poll(alive, () => `it does not live: ${words}`);
    return { child, origin, said, ended };
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
}

/**
 * Starts `styk serve` in a data directory of its own.
 *
 * @param {(commands: {
 *   command: (words: string[]) => Promise<string>,
 *   addKey: (site: string, scope: 'collect' | 'read') => Promise<string>
 * }) => Promise<void>} prepare fills the directory before the server starts; `command` runs `styk …` there and gives
 *   its stdout
 * @returns {Promise<{
 *   origin: string,
 *   said: () => string,
 *   accept: (site: string, key: string, events: object[]) => Promise<void>,
 *   metrics: () => Promise<Record<string, number>>,
 *   waitLoaded: (events: number) => Promise<void>,
 *   ask: (site: string, key: string, report: string, question: object) => Promise<any>,
 *   exported: (site: string, key: string) => Promise<any[]>,
 *   stop: () => Promise<{code: number | null, signal: string | null}>
 * }>} `said` is what the server wrote so far; `accept` sends as the shop's server,
 *   and all must be taken; `waitLoaded` resolves when so many different events are in the store, and
 *   all of the journal is; `stop` ends the server and removes its data
 */
export async function startStyk(prepare) {
  const data = await mkdtemp(join(tmpdir(), 'styk-browser-'));
  const remove = () => rm(data, { recursive: true, force: true });
  const start = async () => {
    await prepare(commandsIn(data));
    return serve(data);
  };
  const { child, origin, said, ended } = await start().catch(async (error) => {
    await remove();
    throw error;
  });

  async function accept(site, key, events) {
    const headers = { Authorization: `Bearer ${key}` };
    const answer = await fetch(origin + '/v1/events', { method: 'POST', headers, body: JSON.stringify({ site, events }) });
    assert.deepEqual(await answer.json(), { accepted: events.length, refused: [] });
  }

  async function metrics() {
    const page = await (await fetch(origin + '/metrics')).text();
    const sums = {};
    for (const [, name, value] of page.matchAll(/^(\w+)(?:\{.*\})? (-?[\d.]+)$/gm)) sums[name] = (sums[name] ?? 0) + +value;
    return sums;
  }

  async function waitLoaded(events) {
    let now;
    const loaded = async () => {
      now = await metrics();
      const { styk_load_loaded_total: stored, styk_load_next_sequence: next } = now;
      return events <= stored && next === now.styk_journal_next_sequence;
    };
    await poll(loaded, () => `${events} events in the store, of ${JSON.stringify(now)}`);
  }

  async function ask(site, key, report, question) {
    const response = await fetch(`${origin}/v1/sites/${site}/reports/${report}`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
      body: JSON.stringify(question),
    });
    const answer = await response.json();
    if (response.status !== 200) throw new Error(`${response.status} ${JSON.stringify(answer)}`);
    return answer;
  }

  /** Every stored row of a site, as the analyst's export has it. */
  async function exported(site, key) {
    const answer = await fetch(`${origin}/v1/sites/${site}/export/events?format=jsonl`, {
      headers: { Authorization: `Bearer ${key}` },
    });
    if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
    return (await answer.text()).split('\n').filter(Boolean).map((line) => JSON.parse(line));
  }

  async function stop() {
    child.kill('SIGTERM');
    const how = await ended;
    await remove();
    return how;
  }

  return { origin, said, accept, metrics, waitLoaded, ask, exported, stop };
}
