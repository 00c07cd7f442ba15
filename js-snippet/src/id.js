/** Random ids. */

/**
 * 128 random bits as text. Unlike `crypto.randomUUID`, this is there on pages without TLS too.
 *
 * @returns {string}
 */
export const randomId = () => crypto.getRandomValues(new Uint32Array(4)).join('-');
