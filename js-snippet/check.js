/** `npm run check`: each file of `dist` is what its source gives, and small enough. */

import { BUNDLES, bundle } from './bundle.js';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';

function fail(message) {
  console.error(message);
  process.exitCode = 1;
}

for (const { entry, file, gzipBytesMax } of BUNDLES) {
  const name = basename(file);
  const committed = readFileSync(file);
  const gzip = gzipSync(committed, { level: 9 }).length;
  const brotli = brotliCompressSync(committed).length;
  console.log(`${name}: minified ${committed.length} B, gzip ${gzip} B (at most ${gzipBytesMax}), brotli ${brotli} B`);
  if (committed.toString() !== (await bundle(entry))) {
    fail(`dist: ${name} is not what its source gives: run \`npm run build\` in js-snippet and commit the result`);
  }
  if (gzip > gzipBytesMax) fail(`dist: ${name} has ${gzip - gzipBytesMax} bytes too many after gzip`);
}
