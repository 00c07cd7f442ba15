/** Styk's snippet: finds its tag, watches the page, answers `styk(command, …)`. */

import { watchDataLayer } from './datalayer.js';
import { createDelivery } from './delivery.js';
import { createIdentity } from './identity.js';
import { findScript, readOptions } from './options.js';
import { text } from './text.js';
import { uuid } from './uuid.js';
import { createViews } from './views.js';
import { buildBatch, buildEvent } from './wire.js';

/** Starts counting. Not before somebody sees the page. */
function start({ site, endpoint, dataLayer, consent, query }) {
  const identity = createIdentity(consent);
  const views = createViews(query, (params) => add('page_view', params));
  let sequence = 0;

  const delivery = createDelivery(endpoint, (entries) => {
    views.current();
    const sender = {
      site,
      sent_at: new Date().toISOString(),
      ...identity.fields(),
      language: navigator.language,
      screen: [screen.width, screen.height],
    };
    return JSON.stringify(buildBatch(sender, entries, performance.now()));
  });

  function add(name, params) {
    const view = views.current();
    delivery.add(buildEvent({ id: uuid(), name, sequence: ++sequence }, view, params), view);
  }

  function track(name, params) {
    // The page this happened on may not have settled yet; its view comes first.
    views.settle();
    if (text(name)) add(text(name), params);
  }

  function leave() {
    views.settle();
    delivery.flush();
  }

  const commands = {
    __proto__: null,
    track,
    page: (params) => views.open(views.current().url, params),
    identify: identity.identify,
    consent: identity.consent,
    flush: delivery.flush,
  };

  function run([command, ...args]) {
    try {
      commands[command]?.(...args);
    } catch {
      // No call into the snippet may ever break the shop's own code.
    }
  }

  views.open(views.current().referrer);
  views.watch();
  const { q: calls = [] } = window.styk;
  window.styk.q = { push: run };
  calls.forEach(run);
  addEventListener('pagehide', leave);
  document.addEventListener('visibilitychange', () => document.visibilityState === 'hidden' && leave());
  addEventListener('online', delivery.resume);
  // After the shop's own calls: a purchase found here leaves at once, and should know consent and customer.
  if (dataLayer !== '0') watchDataLayer(dataLayer, track);
}

try {
  if (typeof window.styk !== 'function') {
    window.styk = function () {
      (window.styk.q ||= []).push(arguments);
    };
  }
  const options = readOptions(findScript(document));
  if (options.site && !window.styk.started) {
    window.styk.started = true;
    const begin = () => start(options);
    if (document.prerendering) document.addEventListener('prerenderingchange', begin, { once: true });
    else begin();
  }
} catch {
  // A page in which the snippet cannot run is a page like any other.
}
