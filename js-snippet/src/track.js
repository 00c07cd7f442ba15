/** Everything that is counted by its name passes here, and moves the visitor through the checkout. */

import { stageAfter } from './checkout.js';
import { add, settle } from './events.js';
import { fieldName } from './fields.js';
import { on } from './listen.js';

let stage = '';
let since;
let field;
let invalid;
let left;
let erring;

function enter(next) {
  if (next === stage) return;
  stage = next;
  since = Date.now();
  invalid = left = 0;
}

/** Tells once, until the visitor is back, that the checkout may have been left for good. */
export function leaveCheckout() {
  if (!stage || left) return;
  add('checkout_leave', { stage, field, invalid_fields: invalid, stage_ms: Date.now() - since });
  // Not before: what stops the listener of a closing tab must not stop the next one's.
  left = 1;
}

/**
 * Counts an event.
 *
 * @param {string} name what is no text counts nothing
 * @param {Record<string, any>} [params]
 */
export function track(name, params) {
  // The page this happened on may not have settled yet; its view comes first.
  settle();
  const next = stageAfter(stage, name);
  if (!next && name !== 'purchase') leaveCheckout();
  enter(next);
  add(name, params);
}

/**
 * Moves to a stage, for shops that tell no events.
 *
 * @param {unknown} next '' leaves the checkout
 */
export function setStage(next) {
  if (next === stage) return;
  if (!next) leaveCheckout();
  enter(next);
  if (next) add('checkout_stage', { stage });
}

/** The page goes elsewhere: out of a checkout and to another host, that is a payment provider's. */
function goTo(address) {
  const { host } = new URL(address);
  if (!stage || !host || host === location.host) return;
  add('payment_redirect', { stage, host });
  enter('');
}

/** Watches forms and ways out. */
export function startTracking() {
  on('focusin', ({ target }) => {
    field = fieldName(target) || field;
    left = 0;
  });
  on('invalid', ({ target }) => {
    invalid++;
    // One try to send a form finds all its errors in a row; the first stands for them.
    erring ||= setTimeout(() => {
      erring = 0;
      add('form_error', { stage, field: fieldName(target) });
    });
  });
  on('submit', ({ target }) => goTo(target.action));
  window.navigation?.addEventListener('navigate', ({ destination }) => goTo(destination.url));
}
