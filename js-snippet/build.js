/** `npm run build`: makes `dist`, each file as it is and packed, the ways it is served. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { BUNDLES, PACKINGS, bundle } from './bundle.js';

for (const { entry, file } of BUNDLES) {
  mkdirSync(dirname(file), { recursive: true });
  const code = await bundle(entry);
  writeFileSync(file, code);
  for (const { ending, pack } of PACKINGS) writeFileSync(file + ending, pack(code));
}
