/** The screen of one person, in Chromium on the real server: finding, reading, telling apart, erasing. */

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { HOSTILE } from './past_people.js';
import { SITE, button, headlineOf, labelled, parametersOf, rowsOf, settled, waitForText, withPeople } from './people_page.js';
import { NARROW, assertSound, assertSoundEverywhere } from './sound.js';

// The browser's own line about an answer that the screen is made for.
const own = withPeople((message) => message.text().includes('status of 404') && /\/reports\/visitor$/.test(message.location().url));

const at = (path) => `${own.shop.styk.origin}/sites/${SITE}/${path}`;

async function open(search) {
  await own.page.goto(at(`visitors?${search}`));
  await settled(own.page);
}

const figures = () => own.page.$$eval('.figures .figure', (all) => all.map(({ textContent }) => textContent));

test('all that a customer did on two browsers, and at the counter, is one story', async () => {
  await open('customer=C-1');
  const answer = await own.shop.ask('visitor', { customer: 'C-1' });
  assert.equal(await headlineOf(own.page), 'Customer C-1');
  assert.deepEqual((await figures()).slice(0, 3), ['2', '1', '4']);
  assert.deepEqual([answer.orders_total, answer.carts_total, answer.sessions_total, answer.visitors.length], [2, 1, 4, 2]);
  const said = (await rowsOf(own.page, 'What they did')).filter((cells) => cells.length === 4);
  assert.deepEqual(said.map(([moment]) => moment), answer.timeline.map((event) => event.at));
  const sessions = await own.page.$$eval('.timeline .session', (rows) => rows.map(({ textContent }) => textContent.replaceAll(/\s+/g, ' ').trim()));
  assert.equal(sessions.length, answer.sessions.length);
  assert.match(sessions[0], /Call to Telephone call/);
  assert.match(sessions.at(-1), /Email to Newsletter Desktop/);
  assert.deepEqual((await rowsOf(own.page, 'Orders')).map(([order]) => order), ['T-2', 'T-1']);
  assert.deepEqual((await rowsOf(own.page, 'Carts')).map(([cart, state]) => [cart, state]), [['ann-cart', 'Recovered']]);
});

test('a person is found by the shop’s id, by ours, and told of when nobody is known', async () => {
  await own.page.goto(at('visitors'));
  await (await own.page.waitForSelector(labelled('Your customer number, or the e-mail address'))).type('C-1');
  await own.page.keyboard.press('Enter');
  await waitForText(own.page, 'Customer C-1');
  await settled(own.page);
  assert.equal(parametersOf(own.page).get('customer'), 'C-1');
  await (await own.page.waitForSelector(labelled('Find by'))).select('visitor');
  const field = await own.page.waitForSelector(labelled('Visitor id, yours or as exports have it'));
  await field.click({ count: 3 });
  await field.type('nobody');
  await own.page.keyboard.press('Enter');
  await waitForText(own.page, 'Nobody is known by this id');
  await assertSound(own.page, 'nobody');
  const [{ visitor }] = (await own.shop.ask('visitor', { visitor: 'bob' })).visitors;
  await open(`visitor=${visitor}`);
  assert.equal(await headlineOf(own.page), `Visitor …${visitor.slice(-6)}`);
});

test('a bar of the funnel and a cart’s history lead to the person', async () => {
  await own.page.goto(at('funnel?steps=add_to_cart,purchase&unit=customer'));
  await settled(own.page);
  await own.page.click('.who');
  await own.page.click(await own.page.waitForSelector('.people .person-link').then(() => '.people .person-link'));
  await waitForText(own.page, 'Customer C-1');
  await settled(own.page);
  await own.page.$$eval('.card a', (all) => all.find(({ textContent }) => textContent === 'ann-cart').click());
  await (await own.page.waitForSelector('.cart-history .person-link')).click();
  await waitForText(own.page, 'Customer C-1');
  assert.equal(new URL(own.page.url()).pathname, `/sites/${SITE}/visitors`);
});

test('many events are read page by page, and the address keeps the page', async () => {
  await open('visitor=eve');
  const answer = await own.shop.ask('visitor', { visitor: 'eve', limit: 50 });
  assert.equal((await own.page.$$('.timeline tbody td.moment')).length, 50);
  await own.page.click(button('Older'));
  await own.page.waitForFunction(() => document.querySelectorAll('.timeline tbody td.moment').length === 10);
  assert.equal(parametersOf(own.page).get('before'), answer.next);
  await own.page.reload();
  await settled(own.page);
  assert.equal((await own.page.$$('.timeline tbody td.moment')).length, 10);
  await own.page.click(button('Newest'));
  await own.page.waitForFunction(() => document.querySelectorAll('.timeline tbody td.moment').length === 50);
});

test('a wrong link is undone, and that is taken back', async () => {
  await open('customer=C-1');
  const [first] = await own.page.$$('.browsers details');
  await first.waitForSelector('.links button');
  await own.page.click(button('Not the same person: C-1'));
  await waitForText(own.page, 'Undone by ann@example.org');
  const linked = async () => (await own.shop.ask('visitor', { customer: 'C-1' })).visitors.length;
  assert.equal(await linked(), 1);
  assert.match(await headlineOf(own.page), /^Visitor …/, 'the browser that was told apart is what is seen next');
  await own.page.click(button('The same person after all: C-1'));
  await waitForText(own.page, 'Customer C-1');
  assert.equal(await linked(), 2);
});

test('names that try to be markup are text, and it is sound everywhere', async () => {
  await assertSoundEverywhere(own.page, 'a person', () => open(`customer=${encodeURIComponent(HOSTILE)}`));
  assert.ok((await headlineOf(own.page)).includes(HOSTILE));
  assert.deepEqual(await own.page.$$('main img'), []);
  assert.doesNotMatch(await own.page.title(), /^owned/);
  await assertSoundEverywhere(own.page, 'two browsers', () => open('customer=C-1'));
  await assertSoundEverywhere(own.page, 'finding', async () => {
    await own.page.goto(at('visitors'));
    await own.page.waitForSelector('.person-list');
  });
  await own.page.setViewport({ ...NARROW, width: 360 });
  await open('customer=C-1');
  await assertSound(own.page, '360 px');
});

test('who asks to be forgotten is erased from here: what happens is said, and the receipt stays', async () => {
  await open('visitor=eve');
  await own.page.click(button('Erase…'));
  await own.page.waitForSelector('dialog[open]');
  await assertSound(own.page, 'before erasing');
  await waitForText(own.page, '60 events on 1 browser are removed, with 0 orders.');
  assert.equal(await own.page.evaluate(() => document.activeElement.textContent), 'Keep', 'the safe way out has the focus');
  await own.page.keyboard.press('Enter');
  await own.page.waitForFunction(() => !document.querySelector('dialog'));
  assert.equal((await own.shop.ask('visitor', { visitor: 'eve' })).events_total, 60);
  await own.page.click(button('Erase…'));
  await (await own.page.waitForSelector(button('Erase for good'))).click();
  await own.page.waitForSelector('.receipt .good');
  await assertSound(own.page, 'the receipt');
  const receipt = await own.page.$$eval('.receipt dd', (all) => all.map(({ textContent }) => textContent));
  assert.deepEqual([receipt[0], ...receipt.slice(2)], ['1', '60 events', '0 events', '60 events']);
  assert.match(receipt[1], /by ann@example\.org$/);
  await own.page.reload();
  await waitForText(own.page, 'Nobody is known by this id');
});
