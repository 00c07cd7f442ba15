/** The dataLayer that shops already fill for Google's tags. */

import { setConsent } from './identity.js';
import { readMessage, twinKey } from './message.js';

const TWIN_MS = 500;

/**
 * Reports each e-commerce signal of a dataLayer, those pushed before included, once: plugins push one action twice, in
 * two vocabularies. The shop's own push always runs first, and nothing that goes wrong here reaches it.
 *
 * @param {string} name of the global array; created where it is missing, as Google's own code does
 * @param {(name: string, params: object) => void} onSignal
 */
export function watchDataLayer(name, onSignal) {
  // Grows no more than the layer itself, which keeps every message.
  const seen = {};
  const layer = (window[name] ||= []);
  const { push } = layer;

  function read(message) {
    try {
      if (message[0] === 'consent') setConsent(message[2].analytics_storage, message[1]);
      for (const signal of readMessage(message)) {
        const now = Date.now();
        const key = twinKey(...signal);
        if (now <= seen[key] + TWIN_MS) continue;
        seen[key] = now;
        onSignal(...signal);
      }
    } catch {
      // A message that cannot be read is the shop's, and no reason to disturb it.
    }
  }

  layer.push = (...messages) => {
    const result = push.apply(layer, messages);
    messages.forEach(read);
    return result;
  };
  layer.forEach(read);
}
