/**
 * Counting itself. Evaluating this module, which is not done in the script's own task, counts the view; `start` does
 * the rest.
 */

import { watchDataLayer } from './datalayer.js';
import { flush, flushAll, keepUnsent, resume } from './delivery.js';
import { startEngagement } from './engagement.js';
import { countPage, endView, setFilter, settle, startViews } from './events.js';
import { readPage, startGestures } from './gestures.js';
import { forget, identify, linker, mayStore, setConsent, startIdentity } from './identity.js';
import { on } from './listen.js';
import { option } from './options.js';
import { leaveCheckout, setStage, startTracking, track } from './track.js';

let started;

const COMMANDS = {
  start,
  track,
  page: countPage,
  stage: setStage,
  identify,
  consent: setConsent,
  survey: (kind, score, params) => track('survey_answered', { ...params, kind, score }),
  filter: setFilter,
  reset() {
    forget();
    identify();
  },
  flush,
  linker,
};

/** The visitor goes, or looks elsewhere: everything leaves. */
function leave({ type }) {
  if (type !== 'pagehide' && !document.hidden) return;
  settle();
  endView();
  leaveCheckout();
  flushAll();
  keepUnsent();
}

/**
 * Starts all other counting, once.
 *
 * @param {() => void} replay makes the calls that the shop made before
 */
function start(replay) {
  if (started) return;
  started = true;
  replay();
  on('online', resume);
  // After the shop's own calls: a purchase found here leaves at once, and should know consent and customer.
  const layer = option('datalayer') || 'dataLayer';
  if (layer !== '0') watchDataLayer(layer, track);
  if (document.readyState === 'loading') on('DOMContentLoaded', readPage);
  else readPage();
  // After all that the page had said by then: a click, or the end of the page, may be what made counting start.
  startTracking();
  startGestures();
  on('pagehide visibilitychange', leave);
  // Asked soon, so that storage is open when the page goes: a tab that is being closed gets none in Firefox any more.
  setTimeout(mayStore);
}

try {
  startIdentity();
  setConsent(option('consent'));
  startEngagement();
  startViews();
} catch {
  // A view that cannot be counted is no reason to count nothing.
}

export default COMMANDS;
