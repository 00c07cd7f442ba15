/** The tag of a page that there is not. */

import { findTag } from '../src/options.js';

/** @param {Record<string, string>} [options] that the shop set, besides the site */
export function setOptions(options = {}) {
  const attributes = { site: 'demo', ...options };
  const getAttribute = (name) => attributes[name.replace('data-styk-', '')] ?? null;
  globalThis.document = { currentScript: { src: 'https://host/s.js', getAttribute } };
  findTag();
}
