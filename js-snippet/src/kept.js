/** What outlives the page. Nothing is put here without the visitor's consent. */

import { option } from './options.js';

// Each page has a place of its own, so that two tabs never overwrite each other.
const PAGE = Math.random();

/** What this site's places begin with: of two sites that count one page, neither sends what is the other's. */
const prefix = () => option('site') + '_styk';

/**
 * The browser's storage; where it is forbidden, one that forgets. At the first look at it the page stands still until
 * another process has read it from the disk, so the first look has a task of its own.
 */
export function openStorage() {
  try {
    return localStorage;
  } catch {
    return {};
  }
}

/**
 * @param {string} place
 * @param {string} text
 */
export function store(place, text) {
  try {
    openStorage()[place] = text;
  } catch {
    // A full storage keeps nothing, and that is all.
  }
}

/** @param {object[]} events all that this page has not delivered */
export function keep(events) {
  const place = prefix() + PAGE;
  delete openStorage()[place];
  if (events[0]) store(place, JSON.stringify(events));
}

/**
 * Removes the events that are kept, of every page of the site.
 *
 * @returns {object[]} what was there
 */
export function takeKept() {
  const storage = openStorage();
  return Object.keys(storage).flatMap((place) => {
    if (!place.startsWith(prefix())) return [];
    const events = JSON.parse(storage[place]);
    delete storage[place];
    return events;
  });
}
