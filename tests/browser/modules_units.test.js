/** Nothing builds the dashboard, so nothing but this says that a name is imported which its module does not export. */

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../src/report/dashboard/', import.meta.url));
const STATIC = /^import \{([^}]*)\} from "(\.[^"]+)";/gm;
const LATER = /import\("(\.[^"]+)"\), "(\w+)"/g;
const EXPORT = /^export (?:default )?(?:async )?(?:const|let|class|function\*?) (\w+)/gm;
const COMMENT = /^ *(\/\/|\/?\*).*$/gm;
const EXPORT_LIST = /export ?\{([^}]*)\}/g;

/** The names on one side of `a as b, c`. */
const names = (list, side) => list.split(',').map((part) => part.trim().split(/ as /).at(side)).filter(Boolean);

function exportsOf(file) {
  const code = readFileSync(file, 'utf8');
  const single = [...code.matchAll(EXPORT)].map(([, name]) => name);
  return [...single, ...[...code.matchAll(EXPORT_LIST)].flatMap(([, list]) => names(list, -1))];
}

test('every name that a module imports is exported where it is imported from', () => {
  const files = readdirSync(ROOT, { recursive: true }).filter((file) => file.endsWith('.js') && !file.startsWith('vendor'));
  const wrong = [];
  let imported = 0;
  for (const file of files) {
    const path = join(ROOT, file);
    const code = readFileSync(path, 'utf8').replace(COMMENT, '');
    const wanted = [
      ...[...code.matchAll(STATIC)].flatMap(([, list, from]) => names(list, 0).map((name) => [from, name])),
      ...[...code.matchAll(LATER)].map(([, from, name]) => [from, name]),
    ];
    imported += wanted.length;
    const missing = wanted.filter(([from, name]) => !exportsOf(join(dirname(path), from)).includes(name));
    wrong.push(...missing.map(([from, name]) => `${file}: \`${name}\` of ${from}`));
  }
  assert.ok(imported > 200, `${imported} imports were found`);
  assert.deepEqual(wrong, []);
});
