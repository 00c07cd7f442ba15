/** Listening to the page without ever being heard. */

/**
 * Calls `listener` on some of the window's events and of everything in it, before anybody can stop them, but for what
 * the shop wants ignored. What goes wrong in it stays in it.
 *
 * @param {string} types separated by spaces
 * @param {(event: any) => void} listener
 */
export function on(types, listener) {
  for (const type of types.split(' ')) {
    const hear = (event) => {
      try {
        if (!event.target.closest?.('[data-styk-ignore]')) listener(event);
      } catch {
        // A page in which something cannot be seen is a page like any other.
      }
    };
    addEventListener(type, hear, true);
    // The window's `event`: what is happening now made counting start, and is not told to those who begin to listen.
    if (event?.type === type) hear(event);
  }
}
