/** Scripted visitors of the shop: who comes, what each does, and what the shop saw each of them do. */

// A story is a list of visits, a visit a list of moves. `…` opens the cart again by the link that `keep` kept.
const STORIES = {
  'looks at one thing': ['cap'],
  'sees the list only': ['home'],
  'fills a cart and leaves it': ['cap add'],
  'looks into the cart': ['home cap add cart'],
  'removes it again': ['cap add cart remove'],
  'removes it, goes back and buys': ['cap add cart remove back add cart checkout shipping payment buy'],
  'begins the checkout': ['beanie add cart checkout'],
  'chooses a delivery': ['cap add cart checkout shipping'],
  'goes as far as paying': ['coat add cart checkout shipping payment'],
  'pays before choosing a delivery': ['coat add cart checkout payment shipping'],
  'buys': ['home cap add cart checkout shipping payment buy'],
  'buys and reloads the thanks': ['cap add cart checkout shipping payment buy reload reload'],
  'buys and goes back': ['beanie add cart checkout shipping payment buy back'],
  'skips the delivery and buys': ['cap add cart checkout buy'],
  'comes back to look once more': ['cap', 'home cap'],
  'comes back and buys': ['cap', 'beanie add cart checkout shipping payment buy'],
  'comes back to a saved cart': ['cap add cart keep', '… checkout shipping payment buy'],
  'browses without loading pages': ['hats show-cap show-beanie add cart checkout shipping'],
};

const WEBKIT = 'AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0';
const desktop = (n) => `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${WEBKIT}.${n}.0 Safari/537.36`;
const phone = (n) => `Mozilla/5.0 (Linux; Android 15; Pixel 9) ${WEBKIT}.${n}.0 Mobile Safari/537.36`;

// Without consent a visitor is an address with a user agent: some differ in one of them, some in the other.
// With consent all may share both.
const KINDS = [
  { device: 'desktop', consent: 'cookieless', userAgent: desktop, address: () => '127.0.1.1' },
  { device: 'mobile', consent: 'cookieless', userAgent: () => phone(0), address: (n) => `127.0.2.${n}` },
  { device: 'mobile', consent: 'granted', userAgent: () => phone(0), address: () => '127.0.3.1' },
];

/** Every story by every kind of visitor: { story, visits, device, consent, userAgent, address }. */
export const SHOPPERS = Object.entries(STORIES).flatMap(([story, visits], index) =>
  KINDS.map(({ userAgent, address, ...kind }) => {
    const number = index + 1;
    return { story, visits, ...kind, userAgent: userAgent(number), address: address(number) };
  }),
);

// What the shop's pages tell the dataLayer when they open. On all of them the snippet counts a page view.
const TOLD_BY_PAGE = {
  '/': ['view_item_list'],
  '/product.html': ['view_item'],
  '/cart.html': ['view_cart'],
  '/checkout.html': ['begin_checkout'],
  '/thanks.html': ['purchase'],
  '/hats.html': [],
};

// Moves that stay on the page: what is clicked, and what the shop tells.
const CLICKS = {
  add: ['#add-to-cart', ['add_to_cart']],
  remove: ['.remove', ['remove_from_cart']],
  shipping: ['#add-shipping', ['add_shipping_info']],
  payment: ['#add-payment', ['add_payment_info']],
  'show-cap': ['#show-cap', ['page_view', 'view_item']],
  'show-beanie': ['#show-beanie', ['page_view', 'view_item']],
};
const LINKS = { cart: '#go-to-cart', checkout: '#go-to-checkout', buy: '#buy' };
const ADDRESSES = {
  home: '/',
  hats: '/hats.html',
  cap: '/product.html?item=cap',
  beanie: '/product.html?item=beanie',
  coat: '/product.html?item=coat',
};

/**
 * Lets one visitor act out its story in a context of its own.
 *
 * @param {import('puppeteer-core').BrowserContext} context
 * @param {string} shop the shop's origin
 * @param {(typeof SHOPPERS)[number]} shopper
 * @returns {Promise<string[]>} the names of what happened, in order, page views included
 */
export async function actOut(context, shop, { visits, consent }) {
  const happened = [];
  let page;
  let saved;
  let ordered = false;

  async function arrive(moving) {
    await moving;
    // A page from the back-forward cache runs nothing again; it is a view all the same.
    const kept = await page.evaluate(() => window.kept || !(window.kept = true));
    const told = kept ? [] : TOLD_BY_PAGE[new URL(page.url()).pathname];
    // The thank-you page tells of its order whenever it opens; it is one purchase all the same.
    happened.push('page_view', ...told.filter((name) => name !== 'purchase' || ordered));
    ordered &&= !told.includes('purchase');
  }

  async function move(name) {
    if (CLICKS[name]) {
      const [selector, told] = CLICKS[name];
      await page.click(selector);
      happened.push(...told);
    } else if (LINKS[name]) {
      ordered = name === 'buy';
      await arrive(Promise.all([page.waitForNavigation(), page.click(LINKS[name])]));
    } else if (name === 'keep') {
      saved = await page.$eval('#save-cart', (link) => link.href);
    } else if (name === 'back') {
      await arrive(page.goBack());
    } else if (name === 'reload') {
      await arrive(page.reload());
    } else {
      await arrive(page.goto(name === '…' ? saved : shop + ADDRESSES[name]));
    }
  }

  for (const visit of visits) {
    page = await context.newPage();
    if (consent === 'granted') await page.evaluateOnNewDocument(grantOnce);
    for (const name of visit.split(' ')) await move(name);
    await page.close({ runBeforeUnload: true });
  }
  return happened;
}

/** The shop's consent banner, answered with yes before anything else happens. */
function grantOnce() {
  window.styk ||= (...command) => (window.styk.q ||= []).push(command);
  if (location.protocol === 'http:' && !localStorage._styk) window.styk('consent', 'granted');
}
