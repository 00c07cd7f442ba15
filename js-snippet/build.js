/** `npm run build`: makes `dist`. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { BUNDLES, bundle } from './bundle.js';

for (const { entry, file } of BUNDLES) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, await bundle(entry));
}
