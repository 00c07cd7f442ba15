/** What the shop set on the script tag. */

// Tag managers insert scripts in ways that leave `currentScript` null, and strip `data-…`. In a bundle `currentScript` is
// the bundle's; there, any element may carry the options.
const TAG = '[data-styk-site],[src*="?site="]';

let tag;

/**
 * An option, or null. They stand on the snippet's tag as `data-styk-…`, or in the query string of its address under the
 * same names, `site` first.
 *
 * @param {string} name
 * @returns {string | null}
 */
export const option = (name) => tag.getAttribute('data-styk-' + name) ?? new URLSearchParams(tag.src?.split('?')[1]).get(name);

/** Where batches go: the script's own address without its ending, unless the shop says otherwise. */
export const endpoint = () => option('to') || tag.src?.replace(/(\.\w+)?\.js(\?.*)?$/, '');

/** Finds the tag, which only the script's own task can do everywhere: its own, so that two tags have each its options. */
export function findTag() {
  tag = document.currentScript;
  if (!tag || !option('site')) tag = document.querySelector(TAG);
}
