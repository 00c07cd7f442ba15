/** Styk's snippet: finds its tag, watches the page, answers `styk(command, …)`. */

import { watchDataLayer } from './datalayer.js';
import { flush, keepUnsent, resume } from './delivery.js';
import { startEngagement } from './engagement.js';
import { countPage, endView, setFilter, settle, startViews } from './events.js';
import { readPage, startGestures } from './gestures.js';
import { forget, identify, linker, mayStore, setConsent, startIdentity } from './identity.js';
import { on } from './listen.js';
import { findTag, option } from './options.js';
import { leaveCheckout, setStage, startTracking, track } from './track.js';
import { allow } from './url.js';

// At least one frame: the page may draw what it has before counting starts.
const BREATH_MS = 20;

let early;
let begun;

const COMMANDS = {
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

/** What the shop calls. Any call makes counting start, and comes after all that happened before. */
function styk(command, ...args) {
  try {
    begin();
    return begun ? COMMANDS[command](...args) : early.push([command, ...args]);
  } catch {
    // No call into the snippet may ever break the shop's own code.
  }
}

/** Starts counting, with the calls that were made before, once somebody sees the page. */
function begin() {
  if (begun || document.prerendering) return;
  begun = true;
  startIdentity();
  setConsent(option('consent'));
  startEngagement();
  allow(option('query'));
  startViews();
  startTracking();
  startGestures();
  early.forEach((call) => styk(...call));
  on('online', resume);
  // After the shop's own calls: a purchase found here leaves at once, and should know consent and customer.
  const layer = option('datalayer') || 'dataLayer';
  if (layer !== '0') watchDataLayer(layer, track);
  if (document.readyState === 'loading') on('DOMContentLoaded', readPage);
  else readPage();
  // Asked soon, so that storage is open when the page goes: a tab that is being closed gets none in Firefox any more.
  setTimeout(mayStore);
}

/** The visitor comes, or goes: then everything leaves, also of a page that had no time to start. */
function hear({ type }) {
  begin();
  if (!begun || (type !== 'pagehide' && !document.hidden)) return;
  settle();
  endView();
  leaveCheckout();
  flush();
  keepUnsent();
}

try {
  findTag();
  const name = option('name') || 'styk';
  const earlier = window[name];
  if (option('site') && !earlier?.started && !(option('dnt') && navigator.doNotTrack > 0)) {
    early = earlier?.q || [];
    (window[name] = styk).started = true;
    on('pagehide visibilitychange prerenderingchange', hear);
    // The page has better things to do now; counting starts in a task of its own.
    setTimeout(styk, BREATH_MS);
  }
} catch {
  // A page in which the snippet cannot run is a page like any other.
}
