/** Chance that can be had again: the same seed gives the same run. */

/**
 * @param {number} seed
 * @returns {(below: number) => number} a whole number from 0 to below `below`
 */
export function chance(seed) {
  let state = seed >>> 0 || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}
