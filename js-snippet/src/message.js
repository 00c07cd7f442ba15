/** One message of a dataLayer. */

import { COMMERCE_NAME, COMMERCE_PARAMETERS } from './commerce.js';

/**
 * The e-commerce signal in one pushed message, read by itself: Google's merged model joins arrays
 * index by index, so that a one-item cart would keep the items of the list before it.
 *
 * @param {any} message an object `{event, ecommerce: {…}}`, or the `arguments` of a `gtag()` call
 * @returns {{name: string, params: Record<string, any>} | undefined}
 */
export function readMessage(message) {
  const called = message?.[0] === 'event';
  const name = called ? message[1] : message?.event;
  if (!COMMERCE_NAME.test(name)) return undefined;
  const given = called ? message[2] : { ...message, ...message.ecommerce };
  const params = {};
  for (const parameter of COMMERCE_PARAMETERS) params[parameter] = given?.[parameter];
  return { name, params };
}
