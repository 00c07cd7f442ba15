/** Who the sender is, as far as the visitor agreed to being known. */

import { openStorage, store, takeKept } from './kept.js';
import { randomId } from './id.js';

const KEPT_MS = 34_128_000_000; // 13 months; never prolonged
const LINK_MS = 120_000;
const CUSTOMER_MAX = 200;
const TOKEN_MAX = 60;
const STATES = /^(granted|denied|pending|cookieless)$/;

let state;
let said;
let customer;
let visitor;

/** The visitor of a token, `<id>.<ms since 1970>`; none if it is older than allowed, or of a time to come. */
function readToken(token, msMax) {
  const [id, at] = token?.slice(0, TOKEN_MAX).split('.') || [];
  return Date.now() >= at && Date.now() - at < msMax && id;
}

/** Removes all that is stored. */
export function forget() {
  visitor = undefined;
  delete openStorage()._styk;
  takeKept();
}

/** Without a state from the shop, what an earlier grant left speaks for itself; else `cookieless`. */
const readState = () => (state ||= readToken(openStorage()._styk, KEPT_MS) ? 'granted' : 'cookieless');

/** Whether anything may be stored: Global Privacy Control limits every yes to this page. */
export const mayStore = () => !navigator.globalPrivacyControl && readState() === 'granted';

/** Knows who came by a link of another of the shop's domains. */
export function startIdentity() {
  visitor = readToken(new URL(location).searchParams.get('_styk'), LINK_MS);
}

/**
 * Changes what the visitor agreed to. Google's consent mode is followed until the shop says something itself; its
 * default, before the visitor decided, is no withdrawal of an earlier yes.
 *
 * @param {unknown} next unknown states are ignored
 * @param {string} [google] `default` or `update`, when Google's consent mode says it
 */
export function setConsent(next, google) {
  if (!STATES.test(next) || (google && said)) return;
  said = !google;
  state = next;
  if (google !== 'default') {
    if (next !== 'granted') forget();
  } else if (next === 'denied') {
    state = 'pending';
  }
}

/** @param {unknown} key the shop's own key for a customer it knows; `null` on log-out */
export function identify(key) {
  customer = /^[sn]/.test(typeof key) ? String(key).slice(0, CUSTOMER_MAX) : undefined;
}

function readVisitor() {
  const known = readToken(openStorage()._styk, KEPT_MS);
  visitor ||= known || randomId();
  if (visitor !== known) store('_styk', visitor + '.' + Date.now());
  return visitor;
}

/** The fields of a batch that is sent now. */
export const identityFields = () => ({
  consent: readState(),
  customer: state === 'denied' ? undefined : customer,
  visitor: mayStore() ? readVisitor() : undefined,
});

/**
 * An address of another of the shop's domains, by which its snippet knows the visitor again for two minutes.
 *
 * @param {string} url
 * @returns {string} with consent only; else unchanged
 */
export function linker(url) {
  if (!mayStore()) return url;
  const target = new URL(url, location);
  target.searchParams.set('_styk', readVisitor() + '.' + Date.now());
  return target.href;
}
