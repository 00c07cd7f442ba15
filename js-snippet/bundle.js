/** How the files of `dist` are made and packed; `build.js` writes them, `check.js` compares them. */

import { build } from 'esbuild';
import { minify } from 'terser';
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, brotliDecompressSync, constants, gunzipSync, gzipSync } from 'node:zlib';

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));

/** The committed bundles: where each begins, where it is written, and how many bytes it may have after gzip. */
export const BUNDLES = [
  { entry: path('src/main.js'), file: path('dist/s.js'), gzipBytesMax: 4096 },
  ...readdirSync(path('adapters')).map((name) => ({
    entry: path('adapters/' + name),
    file: path('dist/adapters/' + name),
    gzipBytesMax: 1024,
  })),
];

const BROTLI = {
  [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
  [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
};

/** The ways in which the server serves a file besides as it is. */
export const PACKINGS = [
  { name: 'gzip', ending: '.gz', pack: (code) => gzipSync(code, { level: 9 }), unpack: gunzipSync },
  { name: 'brotli', ending: '.br', pack: (code) => brotliCompressSync(code, { params: BROTLI }), unpack: brotliDecompressSync },
];

// What these choices save was measured after gzip: functions in one row, few inlined ones and one kind of quotes compress
// best.
const SHORTEST = {
  module: true,
  ecma: 2020,
  compress: { passes: 5, unsafe: true, unsafe_arrows: true, pure_getters: true, keep_fargs: false, inline: 1, hoist_funs: true },
  format: { quote_style: 2 },
};

const OPTIONS = {
  write: false,
  bundle: true,
  format: 'esm',
  target: 'es2021',
  charset: 'utf8',
  legalComments: 'none',
  logLevel: 'warning',
};

const modules = async (options) => (await build({ ...OPTIONS, ...options })).outputFiles[0].text;

// What the script's own task and later ones have in common.
const SHARED = {
  name: 'shared',
  setup: ({ onResolve }) => onResolve({ filter: /\/(listen|options)\.js$/ }, ({ path }) => ({ path, external: true })),
};

/**
 * Imports as `later:…` a function that evaluates the module, and all that it imports, and gives its default export. So the
 * script's own task makes one function; all others, their patterns and tables are made when they are needed.
 */
const LATER = {
  name: 'later',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^later:/ }, ({ path, resolveDir }) => ({ path: join(resolveDir, path.slice(6)), namespace: 'later' }));
    onLoad({ filter: /./, namespace: 'later' }, async ({ path }) => {
      const text = await modules({ entryPoints: [path], plugins: [SHARED] });
      const imports = text.match(/^import .*$/gm).join('\n');
      const body = text.replace(/^import .*$/gm, '').replace(/export \{\s*(\w+) as default\s*\};/, 'return $1;');
      return { contents: `${imports}\nexport default function () {${body}}`, resolveDir: dirname(path) };
    });
  },
};

/**
 * Bundles and minifies.
 *
 * @param {string} entry
 * @returns {Promise<string>}
 */
export async function bundle(entry) {
  const text = await modules({ entryPoints: [entry], plugins: [LATER] });
  // Chromium compiles all of a script that begins like this while it comes in, beside the page, and not on the first
  // call of each function, when the page stands still for it.
  const hint = '//# allFunctionsCalledOnLoad\n';
  // One word for all declarations compresses better than two; esbuild has checked that no constant is assigned.
  const { code } = await minify(text.replace(/\bconst\b/g, 'let'), SHORTEST);
  return `${hint}(()=>{${code.replace(/;$/, '')}})();\n`;
}
