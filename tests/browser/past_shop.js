/** A small shop of the past, whose numbers are known because they are written here. */

export const STEPS = [
  'view_item',
  'add_to_cart',
  'begin_checkout',
  'add_shipping_info',
  'add_payment_info',
  'purchase',
];

/** Names that try to be more than text; all are legal. */
export const HOSTILE_CHANNEL = '<img src=x onerror="document.title=\'owned\'">';
export const TURNED_CHANNEL = '\u202Eliame';
export const HOSTILE_EVENTS = ['wish_🎁', 'שלום', '\u202Ekcehc', 'z'.repeat(64)];

const WEBKIT = 'AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0';
const DESKTOP = `Mozilla/5.0 (X11; Linux x86_64) ${WEBKIT} Safari/537.36`;
const PHONE = `Mozilla/5.0 (Linux; Android 15; Pixel 9) ${WEBKIT} Mobile Safari/537.36`;

// How many days ago, how many reach each step, by what they came. A week later all have had their time to convert.
const GROUPS = [
  { daysAgo: 10, channel: 'Email', user_agent: DESKTOP, reached: [40, 24, 14, 9, 7, 5] },
  { daysAgo: 10, channel: 'Organic Search', user_agent: PHONE, reached: [60, 31, 12, 8, 4, 1] },
  { daysAgo: 2, channel: HOSTILE_CHANNEL, user_agent: DESKTOP, reached: [12, 6, 5, 5, 3, 2] },
  { daysAgo: 2, channel: TURNED_CHANNEL, user_agent: PHONE, reached: [9, 4, 2, 0, 0, 0] },
];
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** The groups that a choice leaves, added up step by step. */
export function reachedBy(chosen) {
  return STEPS.map((_, step) => GROUPS.filter(chosen).reduce((sum, { reached }) => sum + reached[step], 0));
}

/** Whether a group came on a telephone. */
export const onPhone = ({ user_agent }) => user_agent === PHONE;

/** The shop's history as a batch for `POST /v1/events`, dated back from `now` (in ms). */
export function pastBatch(site, now) {
  const events = GROUPS.flatMap(({ daysAgo, channel, user_agent, reached }, group) =>
    reached.flatMap((count, step) =>
      Array.from({ length: count }, (_, number) => ({
        id: `${group}-${step}-${number}`,
        name: STEPS[step],
        visitor: `${group}-${number}`,
        occurred_at: new Date(now - daysAgo * DAY_MS + step * MINUTE_MS).toISOString(),
        user_agent,
        ...(step === 0 && { channel }),
      })),
    ),
  );
  const strange = HOSTILE_EVENTS.map((name, number) => ({
    id: `strange-${number}`,
    name,
    visitor: 'strange',
    occurred_at: new Date(now - DAY_MS + number).toISOString(),
    properties: { note: HOSTILE_CHANNEL },
    touchpoint: HOSTILE_CHANNEL,
  }));
  return { site, events: [...events, ...strange] };
}
