/** `npm run check`: each file of `dist` is what its source gives, packed is what it is plain, and small enough. */

import { BUNDLES, PACKINGS, bundle } from './bundle.js';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';

const AGAIN = 'run `npm run build` in js-snippet and commit the result';

function fail(message) {
  console.error(message);
  process.exitCode = 1;
}

for (const { entry, file, gzipBytesMax } of BUNDLES) {
  const name = basename(file);
  const committed = readFileSync(file);
  const sizes = {};
  // What is measured is what is served. Packed again it may differ: every version of zlib packs in its own way.
  for (const { name: packing, ending, unpack } of PACKINGS) {
    const packed = readFileSync(file + ending);
    sizes[packing] = packed.length;
    if (!unpack(packed).equals(committed)) fail(`dist: ${name}${ending} holds something other than ${name}: ${AGAIN}`);
  }
  const { gzip, brotli } = sizes;
  console.log(`${name}: minified ${committed.length} B, gzip ${gzip} B (at most ${gzipBytesMax}), brotli ${brotli} B`);
  if (committed.toString() !== (await bundle(entry))) fail(`dist: ${name} is not what its source gives: ${AGAIN}`);
  if (gzip > gzipBytesMax) fail(`dist: ${name} has ${gzip - gzipBytesMax} bytes too many after gzip`);
}
