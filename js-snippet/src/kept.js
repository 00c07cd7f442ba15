/** What outlives the page. Nothing is put here without the visitor's consent. */

import { randomId } from './id.js';

// Each page has a place of its own, so that two tabs never overwrite each other.
const PLACE = '_styk_' + randomId();

/** The browser's storage; where it is forbidden, one that ends with the page. */
export let storage = {};
try {
  storage = localStorage;
} catch {
  // As it is, then.
}

/**
 * @param {string} place
 * @param {string} text
 */
export function store(place, text) {
  try {
    storage[place] = text;
  } catch {
    // A full storage keeps nothing, and that is all.
  }
}

/** @param {object[]} events all that this page has not delivered */
export function keep(events) {
  delete storage[PLACE];
  if (events[0]) store(PLACE, JSON.stringify(events));
}

/**
 * Removes the events that are kept, of every page.
 *
 * @returns {object[]} what was there
 */
export function takeKept() {
  return Object.keys(storage).flatMap((place) => {
    if (!/^_styk_/.test(place)) return [];
    const events = JSON.parse(storage[place]);
    delete storage[place];
    return events;
  });
}
