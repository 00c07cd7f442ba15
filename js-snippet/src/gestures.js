/** What visitors do with the mouse, and what the shop's `data-styk-…` attributes say it means. */

import { on } from './listen.js';
import { option } from './options.js';
import { scrubUrl } from './url.js';
import { setStage, track } from './track.js';

const DOWNLOAD = /\.(pdf|zip|docx?|xlsx?|csv)$/i;
const RAGE_CLICKS = 3;
const RAGE_MS = 500;

let clicks;
let clicked;
let until;

/** All that an element's attributes say. */
function readMarks(element) {
  const marks = [...element.attributes].map(({ name, value }) => [name.split('data-styk-')[1], value]);
  return Object.fromEntries(marks.filter(([mark]) => mark));
}

/** Counts what an element is marked with, and the product card around it. */
function trackMarked(element) {
  const { event, view, ...params } = readMarks(element);
  const product = element.closest('[data-styk-item]');
  if (product) {
    const { item: id, currency, ...fields } = readMarks(product);
    params.currency = currency;
    params.items = [{ id, ...fields }];
  }
  track(event || view, params);
}

function enterMarked(element) {
  if (element) setStage(element.getAttribute('data-styk-stage'));
}

/** Counts what a page says by itself, once it is there. */
export function readPage() {
  document.querySelectorAll('[data-styk-view]').forEach(trackMarked);
  enterMarked(document.querySelector('[data-styk-stage]'));
}

/** Starts watching clicks, and where the visitor goes in; the options `outbound` and `download` count links. */
export function startGestures() {
  on('click focusin', ({ target, type, timeStamp }) => {
    enterMarked(target.closest('[data-styk-stage]'));
    if (type !== 'click') return;
    const marked = target.closest('[data-styk-event]');
    if (marked) trackMarked(marked);
    clicks = target === clicked && timeStamp < until ? clicks + 1 : 1;
    clicked = target;
    until = timeStamp + RAGE_MS;
    if (clicks === RAGE_CLICKS) track('rage_click', { element: target.id || target.localName });
    const { host, pathname, href } = target.closest('a[href]');
    const kind = DOWNLOAD.test(pathname) ? 'download' : host !== location.host && 'outbound';
    if (option(kind)) track(kind, { link_url: scrubUrl(href) });
  });
}
