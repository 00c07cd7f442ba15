/** What outlives the page. Nothing is put here without the visitor's consent. */

// Each page has a place of its own, so that two tabs never overwrite each other.
const PLACE = '_styk_' + Math.random();

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
  delete openStorage()[PLACE];
  if (events[0]) store(PLACE, JSON.stringify(events));
}

/**
 * Removes the events that are kept, of every page.
 *
 * @returns {object[]} what was there
 */
export function takeKept() {
  const storage = openStorage();
  return Object.keys(storage).flatMap((place) => {
    if (!/^_styk_/.test(place)) return [];
    const events = JSON.parse(storage[place]);
    delete storage[place];
    return events;
  });
}
