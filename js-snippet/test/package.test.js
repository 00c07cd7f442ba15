/** The package for bundlers: what `npm pack` puts into it, taken up by a bundler as a shop's would. */

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';

const HERE = fileURLToPath(new URL('..', import.meta.url));
const run = promisify(execFile);

test('a bundle that imports the package for its effect has the snippet in it, whole, and its types are found', async (t) => {
  const shop = await mkdtemp(join(tmpdir(), 'styk-package-'));
  t.after(() => rm(shop, { recursive: true, force: true }));
  const { stdout } = await run('npm', ['pack', HERE, '--json', '--pack-destination', shop]);
  const [{ filename, files }] = JSON.parse(stdout);
  const names = files.map(({ path }) => path);
  for (const name of ['dist/s.js', 'dist/adapters/woocommerce.js', 'styk.d.ts', 'README.md']) assert.ok(names.includes(name), name);
  assert.deepEqual(names.filter((name) => /^(src|test)\/|\.(gz|br)$/.test(name)), []);

  const place = join(shop, 'node_modules/styk-snippet');
  await mkdir(place, { recursive: true });
  await run('tar', ['-xzf', join(shop, filename), '-C', place, '--strip-components=1']);
  await writeFile(join(shop, 'shop.js'), "import 'styk-snippet';\nwindow.styk('track', 'bundled');\n");
  const { outputFiles } = await build({ entryPoints: [join(shop, 'shop.js')], bundle: true, write: false });
  const [{ text }] = outputFiles;
  const snippet = await readFile(join(HERE, 'dist/s.js'), 'utf8');
  assert.ok(snippet.length < text.length, `${text.length} bytes`);
  assert.match(text, /data-styk-/);

  const { main, types } = JSON.parse(await readFile(join(place, 'package.json'), 'utf8'));
  assert.equal(await readFile(join(place, main), 'utf8'), snippet);
  assert.match(await readFile(join(place, types), 'utf8'), /export interface Styk/);
});
