/** What the shop set on the script tag. */

const FILE_ENDING = /(\.[\w-]+)?\.js$/;
const SNIPPET_FILE = /\/s(\.[\w-]+)?\.js(\?|$)/;

/**
 * @typedef {object} Options
 * @property {string} [site] the site's key
 * @property {string} endpoint where batches go: the script's own address without its ending
 * @property {string} [dataLayer] name of the dataLayer to read; "0" reads none
 * @property {string} [consent] state of consent before the shop calls `consent`
 * @property {string[]} query query keys the shop allows besides the built-in ones
 */

/**
 * The snippet's own tag. Tag managers insert scripts in ways that leave `currentScript` null.
 *
 * @param {Document} document
 * @returns {HTMLScriptElement | undefined}
 */
export function findScript(document) {
  return (
    document.currentScript ||
    document.querySelector('script[data-styk-site]') ||
    [...document.scripts].find(({ src }) => SNIPPET_FILE.test(src))
  );
}

/**
 * Options stand on the tag as `data-styk-…`, or, where a tag manager strips those, in the query
 * string of its address under the same names.
 *
 * @param {{src: string, getAttribute: (name: string) => string | null}} script
 * @returns {Options}
 */
export function readOptions(script) {
  const { origin, pathname, searchParams } = new URL(script.src);
  const option = (name) => script.getAttribute('data-styk-' + name) ?? searchParams.get(name) ?? undefined;
  return {
    site: option('site'),
    endpoint: origin + pathname.replace(FILE_ENDING, ''),
    dataLayer: option('datalayer') || 'dataLayer',
    consent: option('consent'),
    query: option('query')?.match(/[^\s,]+/g) || [],
  };
}
