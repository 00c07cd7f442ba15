// Whom the screen of visitors is about, out of its address, and what a person is called. Pure.

import { screenAddress } from "./scope.js";
import { fillText } from "./sentence.js";
import { text } from "./strings/index.js";

/** So many events at once. */
export const PAGE = 50;
/** The newest carts and orders, so many of each. */
export const LISTED = 10;

const ID_CHARS_MAX = 200;

/** { customer } or { visitor }; null while nobody is chosen. */
export function parseWhom(own) {
  const [kind, id] = ["customer", "visitor"].map((name) => [name, own.get(name) ?? ""]).find(([, value]) => value !== "") ?? [];
  return id && id.length <= ID_CHARS_MAX ? { [kind]: id } : null;
}

/** The address of a person: of the customer where there is one. */
export function personAddress(key, { customer, visitor }) {
  const [kind, id] = customer ? ["customer", customer] : ["visitor", visitor];
  return screenAddress(key, "visitors", null, `${kind}=${encodeURIComponent(id)}`);
}

/** The body of `POST …/reports/visitor`. */
export const personRequest = (whom, before) => ({ ...whom, limit: PAGE, ...(before && { before }) });

/** "C-17" by the shop's own name; "Visitor …123456" by the end of the number, which is enough to tell two apart. */
export const personName = ({ customer, visitor }) =>
  customer ?? fillText(text.a_visitor, { visitor: visitor.length > 8 ? `…${visitor.slice(-6)}` : visitor });

/** A page of the timeline by session, in the order in which its events come: [{ session, events }]. */
export function bySession({ timeline, sessions }) {
  const groups = [];
  for (const event of timeline) {
    const last = groups.at(-1);
    if (last && last.session.visitor === event.visitor && last.session.session === event.session) {
      last.events.push(event);
    } else {
      const session = sessions.find((candidate) => candidate.visitor === event.visitor && candidate.session === event.session);
      groups.push({ session, events: [event] });
    }
  }
  return groups;
}
