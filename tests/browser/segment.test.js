/** Choosing visitors by what they did, above every report, in Chromium on the real server. */

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { SITE, button, labelled, parametersOf, rowsOf, settled, waitForText, withPeople } from './people_page.js';
import { assertSound, assertSoundEverywhere } from './sound.js';

const own = withPeople();
const EMAIL = { did: { where: [{ field: 'channel', op: 'eq', value: 'Email' }] } };
const ABANDONED = { cart: 'ever_abandoned' };

async function open(path) {
  await own.page.goto(`${own.shop.styk.origin}/sites/${SITE}/${path}`);
  await settled(own.page);
}

const segments = () => parametersOf(own.page).getAll('segment');
const ask = (report, question) => own.shop.ask(report, { from: parametersOf(own.page).get('from'), to: parametersOf(own.page).get('to'), ...question });
/** The input with this label: an option of a select may be called the same. */
const input = (label) => `::-p-xpath(//input[@id=//label[normalize-space()="${label}"]/@for])`;

async function choose(who) {
  await own.page.click(button('Choose visitors'));
  await (await own.page.waitForSelector(labelled('Visitors who'))).select(who);
}

test('visitors whose channel was email and who abandoned a cart are asked for by clicks', async () => {
  await open('abandonment');
  await choose('any');
  await (await own.page.waitForSelector(labelled('Field'))).select('channel');
  await (await own.page.waitForSelector(input('Value'))).type('Email');
  await own.page.keyboard.press('Enter');
  await waitForText(own.page, 'did anything with Channel is Email');
  await choose('cart');
  await own.page.click(button('Choose these visitors'));
  await waitForText(own.page, 'opened a cart that was left behind, bought later or not');
  await settled(own.page);
  assert.deepEqual(segments(), ['did;channel:eq:Email', 'cart;ever_abandoned']);
  const { total } = await ask('abandonment', { segment: [EMAIL, ABANDONED] });
  assert.deepEqual([total.opened, total.recovered], [1, 1], 'Ann’s cart, not Cyd’s');
  assert.deepEqual((await rowsOf(own.page, 'How far they got')).map(([, left]) => left), ['1']);
  await own.page.reload();
  await settled(own.page);
  await waitForText(own.page, 'Only visitors who');
});

test('every report obeys it', async () => {
  const search = '?segment=did;channel:eq:Email';
  await open(`funnel${search}&steps=page_view,purchase`);
  const { steps } = await ask('funnel', { steps: [{ event: 'page_view' }, { event: 'purchase' }], segment: [EMAIL] });
  assert.deepEqual(steps.map(({ reached }) => reached), [2, 0]);
  assert.deepEqual((await rowsOf(own.page, 'Step by step')).map(([, reached]) => reached), ['2', '0']);
  await waitForText(own.page, 'Only the chosen visitors are counted.');
  await own.page.click('nav.screens a[href*="/overview"]');
  await waitForText(own.page, 'Only visitors who');
  await settled(own.page);
  const overview = await ask('overview', { segment: [EMAIL] });
  assert.equal(overview.total.visitors, 2);
  await waitForText(own.page, '2 visitors');
  await own.page.click('nav.screens a[href*="/retention"]');
  await waitForText(own.page, 'Only visitors who');
  await settled(own.page);
  const { loyalty } = await ask('retention', { by: 'week', segment: [EMAIL] });
  assert.equal(loyalty.people, 2);
  await waitForText(own.page, '2 visitors');
  await own.page.click('nav.screens a[href*="/dropoff"]');
  await waitForText(own.page, 'Only visitors who');
  await settled(own.page);
  const { total } = await ask('dropoff', { segment: [EMAIL] });
  assert.equal(total.sessions, 2);
  const figures = await own.page.$$eval('.figure', (all) => all.map(({ textContent }) => textContent));
  assert.equal(figures[1], String(total.exits));
  assert.deepEqual(segments(), ['did;channel:eq:Email'], 'it goes along from screen to screen');
});

test('what they did is searched among what occurs, narrowed, ever or in these days, and taken away again', async () => {
  await open('funnel?steps=page_view,purchase');
  await choose('did_not');
  await (await own.page.waitForSelector(labelled('When'))).select('ever');
  await (await own.page.waitForSelector(labelled('What they did'))).type('purch');
  await own.page.waitForFunction(() => [...document.querySelectorAll('.segment-editor datalist option')].map(({ value }) => value).join() === 'purchase');
  await own.page.keyboard.type('ase');
  await own.page.keyboard.press('Enter');
  await waitForText(own.page, 'never did “Purchase”, ever');
  await settled(own.page);
  assert.deepEqual(segments(), ['did_not;ever;event:purchase']);
  const { steps } = await ask('funnel', { steps: [{ event: 'page_view' }, { event: 'purchase' }], segment: [{ did_not: { event: 'purchase' }, within: 'ever' }] });
  assert.deepEqual((await rowsOf(own.page, 'Step by step')).map(([, reached]) => reached), steps.map(({ reached }) => String(reached)));
  assert.equal(steps[1].reached, 0);
  await own.page.click(button('Remove the filter never did “Purchase”, ever'));
  await own.page.waitForFunction(() => !document.querySelector('.segment'));
  assert.deepEqual(segments(), []);
});

test('a saved funnel keeps whom it is about', async () => {
  await open('funnel?steps=page_view,purchase&segment=did;channel:eq:Email');
  await own.page.click(button('Save as…'));
  await (await own.page.waitForSelector(labelled('Name'))).type('From e-mail');
  await own.page.keyboard.press('Enter');
  await own.page.waitForFunction(() => [...document.querySelectorAll('option')].some(({ textContent }) => textContent === 'From e-mail'));
  await open('funnel?steps=view_item,purchase');
  const select = await own.page.waitForSelector(labelled('Saved funnel'));
  const id = await select.evaluate((list) => [...list.options].find(({ textContent }) => textContent === 'From e-mail').value);
  await select.select(id);
  await waitForText(own.page, 'did anything with Channel is Email');
  assert.deepEqual(segments(), ['did;channel:eq:Email']);
});

test('the editor and the chips are sound, and a key opens it', async () => {
  await assertSoundEverywhere(own.page, 'choosing', async () => {
    await open('abandonment?segment=did;event:add_to_cart;device:eq:desktop&segment=no_cart;ever;purchased');
    await own.page.evaluate(() => document.activeElement.blur());
    await own.page.keyboard.press('v');
    await own.page.waitForSelector('.segment-editor input');
    await own.page.click(button('Only with…'));
    await own.page.waitForSelector('.segment-editor .filter-form');
  });
  await own.page.keyboard.press('Escape');
  await own.page.waitForFunction(() => !document.querySelector('.segment-editor .filter-form'));
  await assertSound(own.page, 'chips');
});
