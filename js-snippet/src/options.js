/** What the shop set on the script tag. */

const FILE_ENDING = /(\.\w+)?\.js(\?.*)?$/;
// Tag managers insert scripts in ways that leave `currentScript` null, and strip `data-…`. In a bundle `currentScript` is
// the bundle's; there, any element may carry the options.
const TAG = '[data-styk-site],[src*=".js?site="]';

/**
 * Reads options. They stand on the snippet's tag as `data-styk-…`, or in the query string of its address under the
 * same names, `site` first.
 *
 * @returns {(name: string) => string | null} `to`, where batches go, is the script's own address without its ending
 *   unless the shop says otherwise
 */
export function readOptions() {
  const tag = document.querySelector(TAG) || document.currentScript;
  const { src = '' } = tag;
  const query = new URLSearchParams(src.split('?')[1]);
  query.append('to', src.replace(FILE_ENDING, ''));
  return (name) => tag.getAttribute('data-styk-' + name) ?? query.get(name);
}
