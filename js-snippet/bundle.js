/** How `dist/s.js` is made; `build.js` writes it, `check.js` compares it. */

import { build } from 'esbuild';
import { fileURLToPath } from 'node:url';

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));

/** The committed bundle. */
export const BUNDLE = path('dist/s.js');

/**
 * Bundles and minifies the snippet.
 *
 * @param {string} outfile
 */
export async function bundle(outfile) {
  await build({
    entryPoints: [path('src/main.js')],
    outfile,
    bundle: true,
    minify: true,
    format: 'iife',
    target: 'es2020',
    charset: 'utf8',
    legalComments: 'none',
    logLevel: 'warning',
  });
}
