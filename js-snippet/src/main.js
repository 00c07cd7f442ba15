/** Styk's snippet: finds its tag, watches the page, answers `styk(command, …)`. */

import { watchDataLayer } from './datalayer.js';
import { flush, keepUnsent, resume, startDelivery } from './delivery.js';
import { startEngagement } from './engagement.js';
import { add, countPage, endView, setFilter, settle, startViews } from './events.js';
import { readPage, startGestures } from './gestures.js';
import { forget, identify, identityFields, linker, setConsent, startIdentity } from './identity.js';
import { on } from './listen.js';
import { readOptions } from './options.js';
import { leaveCheckout, setStage, startTracking, track } from './track.js';
import { allow } from './url.js';
import { encodeBatch } from './wire.js';

let option;
let styk;

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

function run([command, ...args]) {
  try {
    return COMMANDS[command](...args);
  } catch {
    // No call into the snippet may ever break the shop's own code.
  }
}

function leave({ type }) {
  if (type !== 'pagehide' && !document.hidden) return;
  settle();
  endView();
  leaveCheckout();
  flush();
  keepUnsent();
}

/** Starts counting, with the calls that were made before. */
function start() {
  startDelivery(option('to'), (events) =>
    encodeBatch({ site: option('site'), language: navigator.language, ...identityFields() }, events),
  );
  startIdentity();
  setConsent(option('consent'));
  startEngagement();
  allow(option('query'));
  startViews();
  startTracking();
  const calls = styk.q;
  styk.q = { push: run };
  calls.forEach(run);
  on('pagehide visibilitychange', leave);
  on('online', resume);
  // After the shop's own calls: a purchase found here leaves at once, and should know consent and customer.
  const layer = option('datalayer') || 'dataLayer';
  if (layer !== '0') watchDataLayer(layer, track);
  startGestures(option);
  if (document.readyState === 'loading') on('DOMContentLoaded', readPage);
  else readPage();
}

try {
  option = readOptions();
  const name = option('name') || 'styk';
  const earlier = window[name];
  if (option('site') && !earlier?.started && !(option('dnt') && navigator.doNotTrack > 0)) {
    styk = (...call) => styk.q.push(call);
    styk.q = earlier?.q || [];
    styk.started = true;
    window[name] = styk;
    if (document.prerendering) on('prerenderingchange', start);
    else start();
  }
} catch {
  // A page in which the snippet cannot run is a page like any other.
}
