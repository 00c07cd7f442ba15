/** A shop of the last weeks with customers who come back; what each of them did is written here. */

import { startStyk } from './styk.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const DESK = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36';
const PHONE = 'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36';
/** A customer whose name tries to be more than a name. */
export const HOSTILE = '<img src=x onerror="document.title=\'owned\'">/‮C';

/**
 * Ann: e-mail on the laptop, a cart left there, bought on the phone a week later, and once more. Bob: e-mail, nothing more.
 * Cyd: from a search, a cart left. Thirty strangers come once; ten of them a week later again, five of those buy.
 */
export function pastPeople(now) {
  const events = [];
  const tell = (visitor, daysAgo, name, more) =>
    events.push({
      id: crypto.randomUUID(),
      visitor,
      name,
      occurred_at: new Date(now - daysAgo * DAY).toISOString(),
      user_agent: visitor.includes('phone') ? PHONE : DESK,
      currency: 'EUR',
      url: 'https://hats.example/',
      ...more,
    });
  const cap = { items: [{ item_id: 'CAP', item_name: 'Cap', price: '20.00', quantity: 1 }] };
  const buy = (transaction_id) => ({ ...cap, value: '20.00', transaction_id });
  tell('ann-laptop', 20, 'page_view', { channel: 'Email', touchpoint: 'newsletter' });
  tell('ann-laptop', 19.99, 'add_to_cart', { ...cap, cart_id: 'ann-cart' });
  tell('ann-laptop', 19.98, 'login', { customer: 'C-1' });
  tell('ann-phone', 13, 'login', { customer: 'C-1' });
  tell('ann-phone', 12.99, 'purchase', { ...buy('T-1'), cart_id: 'ann-cart' });
  tell('ann-phone', 6, 'purchase', { ...buy('T-2'), customer: 'C-1' });
  tell('ann-phone', 5, 'contact_answered', { channel: 'Call', touchpoint: 'call' });
  tell('bob', 20, 'page_view', { channel: 'Email' });
  tell('cyd', 20, 'page_view', { channel: 'Organic Search' });
  tell('cyd', 19.99, 'add_to_cart', { ...cap, cart_id: 'cyd-cart' });
  tell('dee', 3, 'purchase', { ...buy('T-3'), customer: HOSTILE });
  for (let number = 0; number < 30; number += 1) {
    tell(`guest-${number}`, 20, 'page_view');
    if (number < 10) tell(`guest-${number}`, 13, 'view_item', cap);
    if (number < 5) tell(`guest-${number}`, 12.99, 'purchase', buy(`G-${number}`));
  }
  // More than a page of one person's events.
  for (let number = 0; number < 60; number += 1) tell('eve', 8 - number / 1000, 'page_view', { url: `https://hats.example/p${number}` });
  return events;
}

/** A server with these people: { styk, ask(report, question) }. */
export async function startPastPeople(site) {
  let keys;
  const prepare = async ({ command, addKey }) => {
    await command(['site', 'add', site, '--domain', 'hats.example', '--currency', 'EUR']);
    await command(['site', 'add', 'empty', '--domain', 'empty.example']);
    keys = [await addKey(site, 'collect'), await addKey(site, 'admin')];
  };
  const styk = await startStyk(prepare);
  const [collectKey, adminKey] = keys;
  const events = pastPeople(Date.now());
  await styk.accept(site, collectKey, events);
  await styk.waitLoaded(events.length);
  return { styk, ask: (report, question) => styk.ask(site, adminKey, report, question) };
}
