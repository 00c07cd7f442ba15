/** `npm run check`: `dist/s.js` is what the source gives, and small enough. */

import { BUNDLE, bundle } from './bundle.js';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { tmpdir } from 'node:os';

const GZIP_BYTES_MAX = 4096;

const source = new URL('src/', import.meta.url);
const raw = readdirSync(source).reduce((sum, name) => sum + readFileSync(new URL(name, source)).length, 0);
const committed = readFileSync(BUNDLE);
const gzip = gzipSync(committed, { level: 9 }).length;
console.log(
  `s.js: source ${raw} B, minified ${committed.length} B, gzip ${gzip} B (at most ${GZIP_BYTES_MAX}), brotli ${brotliCompressSync(committed).length} B`,
);

const place = mkdtempSync(join(tmpdir(), 'styk-snippet-'));
try {
  const rebuilt = join(place, 's.js');
  await bundle(rebuilt);
  if (!readFileSync(rebuilt).equals(committed)) {
    console.error(
      'dist/s.js is not what js-snippet/src gives: run `npm run build` in js-snippet and commit the result',
    );
    process.exitCode = 1;
  }
} finally {
  rmSync(place, { recursive: true });
}
if (gzip > GZIP_BYTES_MAX) {
  console.error(`dist/s.js has ${gzip - GZIP_BYTES_MAX} bytes too many after gzip`);
  process.exitCode = 1;
}
