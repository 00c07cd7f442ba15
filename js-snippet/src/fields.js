/** Fields of forms, of which nothing but a harmless name is ever read. */

const SECRET = /submit|button|hidden|pass|pin\b|card|cv[cv]|\bcc|iban|exp/i;

/**
 * The name of a field; nothing for what hides, guards or pays.
 *
 * @param {any} field
 * @returns {string | undefined}
 */
export function fieldName({ type, name, id, autocomplete }) {
  // Links have no type; buttons are no fields.
  return !type || SECRET.test([type, name, id, autocomplete]) ? undefined : name || id;
}
