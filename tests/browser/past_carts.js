/** A shop of the last days whose carts are known. */

import { startStyk } from './styk.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const PHONE = 'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36';
const DESK = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36';
/** A name that a spreadsheet would take for a formula. */
const FORMULA = '=HYPERLINK("https://evil.example")';

/** Carts of the last days: 24 left (one with a formula for a name), 4 bought at once, 2 recovered, one in dinars. */
function pastCarts(now) {
  const events = [];
  const tell = (visitor, at, name, more) =>
    events.push({ id: crypto.randomUUID(), visitor, name, occurred_at: new Date(at).toISOString(), currency: 'EUR', user_agent: visitor.startsWith('m') ? PHONE : DESK, ...more });
  const cap = (name, price) => [{ item_id: name, item_name: name, price, quantity: 1 }];
  for (let index = 0; index < 24; index += 1) {
    const visitor = `${index % 2 === 0 ? 'm' : 'd'}${index}`;
    const at = now - 2 * DAY - index * HOUR;
    const name = index === 0 ? FORMULA : 'Cap';
    tell(visitor, at, 'add_to_cart', { items: cap(name, '20.00'), cart_id: `left-${index}` });
    if (index % 3 === 0) tell(visitor, at + 60_000, 'begin_checkout', { items: cap(name, '20.00'), cart_id: `left-${index}` });
    if (index % 6 === 0) tell(visitor, at + 90_000, 'payment_failed', { cart_id: `left-${index}` });
  }
  for (let index = 0; index < 6; index += 1) {
    const at = now - 4 * DAY;
    const late = index < 2 ? 5 * HOUR : 60_000;
    tell(`b${index}`, at, 'add_to_cart', { items: cap('Boot', '90.00'), cart_id: `bought-${index}` });
    tell(`b${index}`, at + late, 'purchase', { items: cap('Boot', '90.00'), value: '90.00', cart_id: `bought-${index}`, transaction_id: `order-${index}` });
  }
  tell('d99', now - 3 * DAY, 'add_to_cart', { items: cap('Sock', '1200.00'), currency: 'RSD', cart_id: 'left-abroad' });
  tell('d99', now - 3 * DAY, 'page_view');
  return events;
}

/** A server with these carts: { styk, ask(report, question) }. */
export async function startPastCarts(site) {
  let keys;
  const prepare = async ({ command, addKey }) => {
    await command(['site', 'add', site, '--domain', 'hats.example', '--currency', 'EUR']);
    keys = [await addKey(site, 'collect'), await addKey(site, 'read')];
  };
  const styk = await startStyk(prepare);
  const [collectKey, readKey] = keys;
  const events = pastCarts(Date.now());
  await styk.accept(site, collectKey, events);
  await styk.waitLoaded(events.length);
  return { styk, ask: (report, question) => styk.ask(site, readKey, report, question) };
}
