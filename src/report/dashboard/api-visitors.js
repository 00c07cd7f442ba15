// What only the screen of visitors asks of the server's API; the manner is that of api.js.

import { request, sitePath } from "./api.js";

const visitorPath = (key, visitor) => `${sitePath(key)}/visitors/${encodeURIComponent(visitor)}`;

/** Which customers a visitor is linked to: { visitors: [{ visitor, customer, links, unlinks }] }. */
export const fetchLinks = (key, visitor, signal) => request("GET", visitorPath(key, visitor), { signal });

/** Undoes the link to one customer, for good. */
export const undoLink = (key, visitor, customer) =>
  request("DELETE", `${visitorPath(key, visitor)}/links/${encodeURIComponent(customer)}`);

/** Takes back that it was undone. */
export const takeBackUndoing = (key, visitor, customer) => request("POST", `${visitorPath(key, visitor)}/links`, { body: { customer } });

/** Erases { visitor } or { customer }, everywhere; resolves to the receipt, which is not final yet. */
export const erasePerson = (key, { visitor, customer }) =>
  customer ? request("POST", `${sitePath(key)}/erasures`, { body: { customer } }) : request("DELETE", visitorPath(key, visitor));

/** One erasure's receipt. */
export const fetchErasure = (key, id, signal) => request("GET", `${sitePath(key)}/erasures/${id}`, { signal });
