/** Where in the checkout the visitor is. */

/**
 * The stage after an event, which its name tells.
 *
 * @param {string} stage '' outside of the checkout
 * @param {string} name of the event
 * @returns {string}
 */
export function stageAfter(stage, name) {
  const found = name.match(/^(view|begin|add)_(cart|checkout|shipping|payment)|^(purchase|view_item|search)$/);
  return found ? found[2] || '' : stage;
}
