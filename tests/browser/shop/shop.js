// A small shop's own code: catalogue, cart, and the dataLayer messages such shops push for Google's tags.
// The cart lives in sessionStorage, and in `?cart=` of a saved link, so that a visitor can come back with it.

window.dataLayer = window.dataLayer || [];
function gtag() {
  dataLayer.push(arguments);
}

const CURRENCY = 'EUR';
const CATALOGUE = {
  cap: { item_id: 'SKU1', item_name: 'Cap', item_category: 'Hats', price: 19.9 },
  beanie: { item_id: 'SKU2', item_name: 'Beanie', item_category: 'Hats', price: 24.5 },
  coat: { item_id: 'SKU3', item_name: 'Coat', item_category: 'Coats', price: 1200 },
};

const parameters = new URLSearchParams(location.search);

function readCart() {
  const [id, lines = ''] = (parameters.get('cart') || '').split('~');
  const stored = sessionStorage.getItem('shop-cart');
  if (stored) return JSON.parse(stored);
  if (!id) return { id: 'cart-' + Math.random().toString(36).slice(2, 12), quantities: {} };
  const pairs = lines
    .split(',')
    .map((line) => line.split(':'))
    .filter(([key]) => CATALOGUE[key]);
  return { id, quantities: Object.fromEntries(pairs.map(([key, quantity]) => [key, +quantity])) };
}

const cart = readCart();
saveCart();

function saveCart() {
  sessionStorage.setItem('shop-cart', JSON.stringify(cart));
}

function cartItems() {
  return Object.entries(cart.quantities).map(([key, quantity]) => ({ ...CATALOGUE[key], quantity }));
}

// As GA4 wants it: cart_id is the shop's own addition.
function ecommerce(items, others) {
  const value = items.reduce((sum, { price, quantity = 1 }) => sum + price * quantity, 0);
  return { currency: CURRENCY, value, cart_id: cart.id, items, ...others };
}

// Google's advice: clear first, since its merged model would keep older items.
function pushObject(name, details) {
  dataLayer.push({ ecommerce: null });
  dataLayer.push({ event: name, ecommerce: details });
}

function onClick(id, action) {
  document.getElementById(id)?.addEventListener('click', action);
}

function addToCart(key) {
  cart.quantities[key] = (cart.quantities[key] || 0) + 1;
  saveCart();
  gtag('event', 'add_to_cart', ecommerce([{ ...CATALOGUE[key], quantity: 1 }]));
}

function removeFromCart(key) {
  const removed = [{ ...CATALOGUE[key], quantity: cart.quantities[key] }];
  delete cart.quantities[key];
  saveCart();
  pushObject('remove_from_cart', ecommerce(removed));
}

// Leaves the page in the same task, as shops do that send the buyer to a payment page.
function buy() {
  const order = { id: 'T-' + Math.random().toString(36).slice(2, 12), details: ecommerce(cartItems()) };
  order.details.transaction_id = order.id;
  sessionStorage.setItem('shop-order', JSON.stringify(order));
  sessionStorage.removeItem('shop-cart');
  location.assign('/thanks.html?order=' + order.id);
}

function savedLink() {
  const lines = Object.entries(cart.quantities).map(([key, quantity]) => key + ':' + quantity);
  return '/cart.html?cart=' + cart.id + '~' + lines.join(',');
}
