/** Styk's snippet: finds its tag, answers `styk(command, …)`, and lets counting start when the page has a moment. */

import countView from 'later:./counting.js';
import { on } from './listen.js';
import { findTag, option } from './options.js';

// At least one frame: the page may draw what it has before counting starts.
const BREATH_MS = 20;

let early;
let commands;

/** Counts the view, once somebody sees the page. */
const begin = () => !document.prerendering && (commands ||= countView());

/** What the shop calls. Any call makes all counting start, and comes after all that happened before. */
function styk(command, ...args) {
  try {
    if (!begin()) return early.push([command, ...args]);
    commands.start(() => early.forEach((call) => styk(...call)));
    return commands[command](...args);
  } catch {
    // No call into the snippet may ever break the shop's own code.
  }
}

try {
  findTag();
  const name = option('name') || 'styk';
  const earlier = window[name];
  if (option('site') && !earlier?.started && !(option('dnt') && navigator.doNotTrack > 0)) {
    early = earlier?.q || [];
    (window[name] = styk).started = true;
    // The visitor comes, does something, or goes, before counting began: it begins then. No event is a command.
    on('click focusin pagehide visibilitychange prerenderingchange', styk);
    // The page has better things to do now; counting starts in two tasks of its own.
    setTimeout(() => {
      setTimeout(styk);
      begin();
    }, BREATH_MS);
  }
} catch {
  // A page in which the snippet cannot run is a page like any other.
}
