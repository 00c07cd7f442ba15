/** Who the sender is, as far as the visitor agreed to being known. */

import { text } from './text.js';
import { uuid } from './uuid.js';

const VISITOR_COOKIE = '_styk';
const SESSION_COOKIE = '_styk_session';
const VISITOR_SECONDS = 34_128_000; // 13 months; never prolonged
const SESSION_SECONDS = 1800;
const STATES = /^(granted|denied|pending|cookieless)$/;

function readCookie(name) {
  return document.cookie.match('(?:^|; )' + name + '=([\\w-]+)')?.[1];
}

function writeCookie(name, value, seconds) {
  const secure = location.protocol === 'https:' ? '; Secure' : '';
  document.cookie = `${name}=${value}; Path=/; Max-Age=${seconds}; SameSite=Lax${secure}`;
}

/**
 * Consent and the ids that hang on it. Only `granted` puts anything on the device; leaving `granted`,
 * and `denied` at any time, removes it.
 *
 * Without a state from the shop, a cookie left by an earlier grant speaks for itself; else `cookieless`.
 *
 * @param {string} [initial] the shop's option
 */
export function createIdentity(initial) {
  let customer;
  let visitor;
  let session;
  let consent = STATES.test(initial) ? initial : readCookie(VISITOR_COOKIE) ? 'granted' : 'cookieless';
  if (consent === 'denied') forget();

  function forget() {
    visitor = session = undefined;
    for (const name of [VISITOR_COOKIE, SESSION_COOKIE]) if (readCookie(name)) writeCookie(name, '', 0);
  }

  function remember() {
    visitor = readCookie(VISITOR_COOKIE) || visitor;
    if (!visitor) writeCookie(VISITOR_COOKIE, (visitor = uuid()), VISITOR_SECONDS);
    session = readCookie(SESSION_COOKIE) || uuid();
    writeCookie(SESSION_COOKIE, session, SESSION_SECONDS);
  }

  return {
    /** @param {unknown} state unknown ones are ignored */
    consent(state) {
      if (!STATES.test(state)) return;
      consent = state;
      if (state !== 'granted') forget();
    },
    /** @param {unknown} key the shop's own key for a customer it knows; `null` on log-out */
    identify(key) {
      customer = text(key, 200);
    },
    /** The fields of a batch that is sent now; with consent this also keeps the session alive. */
    fields() {
      if (consent === 'granted') remember();
      return { visitor, session, customer: consent === 'denied' ? undefined : customer, consent };
    },
  };
}
