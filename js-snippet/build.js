/** `npm run build`: makes `dist/s.js`. */

import { BUNDLE, bundle } from './bundle.js';

await bundle(BUNDLE);
