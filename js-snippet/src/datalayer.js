/** The dataLayer that shops already fill for Google's tags. */

import { readMessage } from './message.js';

const TWIN_MS = 500;

/**
 * Reports each e-commerce signal of a dataLayer, those pushed before included, once: plugins push one action twice.
 * The shop's own push always runs first, and nothing that goes wrong here reaches it.
 *
 * @param {string} name of the global array; created where it is missing, as Google's own code does
 * @param {(name: string, params: object) => void} onSignal
 */
export function watchDataLayer(name, onSignal) {
  const seen = new Map();
  const layer = (window[name] ||= []);
  const { push } = layer;

  function read(message) {
    try {
      const signal = readMessage(message);
      if (!signal) return;
      const now = performance.now();
      seen.forEach((at, key) => now - at > TWIN_MS && seen.delete(key));
      const key = JSON.stringify(signal);
      if (seen.has(key)) return;
      seen.set(key, now);
      onSignal(signal.name, signal.params);
    } catch {
      // A message that cannot be read is the shop's, and no reason to disturb it.
    }
  }

  layer.push = function (...messages) {
    const result = push.apply(this, messages);
    messages.forEach(read);
    return result;
  };
  [...layer].forEach(read);
}
