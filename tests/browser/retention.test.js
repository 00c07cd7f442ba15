/** The screen of those who come back, in Chromium on the real server: every number is the API's. */

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { SITE, headlineOf, labelled, parametersOf, rowsOf, settled, waitForText, withPeople } from './people_page.js';
import { NARROW, assertSound, assertSoundEverywhere } from './sound.js';

const own = withPeople();

async function open(search = '', site = SITE) {
  await own.page.goto(`${own.shop.styk.origin}/sites/${site}/retention${search}`);
  await settled(own.page);
}

const ask = (question) => own.shop.ask('retention', { from: parametersOf(own.page).get('from'), to: parametersOf(own.page).get('to'), ...question });
const figures = () => own.page.$$eval('.figure', (all) => all.map(({ textContent }) => textContent));
const share = (rate) => new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 1 }).format(rate);

/** The triangle's rows as the API has them: day, size, rates. */
const triangleOf = ({ cohorts, total }) => [
  // Where no cohort is whole, there is nothing to put together.
  ...total.slice(0, 1).map(({ size }) => ['All together', size, ...total.map(({ rate }) => rate)]),
  ...cohorts.map(({ from, size, cells }) => [from.slice(0, 10), size, ...cells.map(({ rate }) => rate ?? '')]),
].map((row) => row.map(String));

async function assertSame(question) {
  const answer = await ask(question);
  const heading = question.returning === 'order' ? 'How many bought' : 'How many came back';
  assert.deepEqual(await rowsOf(own.page, heading), triangleOf(answer));
  const counts = answer.cohorts.map(({ from, size, returned, orders, cells }) => [from.slice(0, 10), size, returned.count, orders, ...cells.map(({ count }) => count)].map(String));
  const twin = await rowsOf(own.page, 'The same as a table of people and money');
  assert.deepEqual(twin.map((row) => row.toSpliced(4, 1).filter((cell) => cell !== '')), counts);
  return answer;
}

test('what the screen shows is what the API says, and that is what was sent', async () => {
  await open();
  const { loyalty, cohorts, total } = await assertSame({ by: 'week' });
  // Eve came a week later for the first time, Dee later still.
  assert.equal(cohorts.reduce((sum, { size }) => sum + size, 0), 36);
  assert.equal(await headlineOf(own.page), `${share(total[1].rate)} came back in the next week`);
  assert.deepEqual([loyalty.people, loyalty.returning.count, loyalty.buyers, loyalty.repeat_buyers.count], [36, 11, 7, 1]);
  assert.deepEqual(await figures(), [share(11 / 36), '36', share(1 / 7), '€22.86', '0%']);
  const times = loyalty.bought_times.map(({ orders, count, rate }) => [orders, count, rate].map(String));
  assert.deepEqual(await rowsOf(own.page, 'How often they bought'), times);
  assert.deepEqual(times.map(([, count]) => count), ['6', '1']);
});

test('another question is another address, and shows another answer', async () => {
  await open();
  for (const [label, value, name] of [['Count', 'customer', 'unit'], ['Put together by', 'first_order', 'cohort'], ['Coming back is', 'order', 'returning'], ['By', 'month', 'by']]) {
    await (await own.page.waitForSelector(labelled(label))).select(value);
    await own.page.waitForFunction((wanted) => location.search.includes(wanted), {}, `${name}=${value}`);
    await settled(own.page);
  }
  const answer = await assertSame({ unit: 'customer', cohort: 'first_order', returning: 'order', by: 'month' });
  assert.equal(answer.loyalty.buyers, 2);
  await waitForText(own.page, 'left out are those linked to none:');
  await own.page.reload();
  await settled(own.page);
  await assertSame({ unit: 'customer', cohort: 'first_order', returning: 'order', by: 'month' });
  await own.page.goBack();
  await own.page.waitForFunction(() => !location.search.includes('by=month'));
});

test('days and filters are obeyed, and what is not over is marked', async () => {
  await open('?by=day&where=channel:eq:Email');
  const where = [{ field: 'channel', op: 'eq', value: 'Email' }];
  const { loyalty } = await assertSame({ by: 'day', where });
  assert.equal(loyalty.people, 2);
  await waitForText(own.page, 'The filters act on the visit or order that puts somebody into a row.');
  const growing = await own.page.$$eval('.triangle .growing', (cells) => cells.length);
  assert.ok(growing > 0, 'the last cell of a row is not over');
  assert.equal((await own.page.$$('.scope input[type=checkbox]')).length, 0, 'nothing is offered that the report cannot do');
});

test('it is sound in both themes on phone and desk, with the twin open, and with nothing', async () => {
  await assertSoundEverywhere(own.page, 'retention', async () => {
    await open('?by=day');
    await own.page.$$eval('summary', (all) => all.forEach((summary) => summary.click()));
  });
  await open('', 'empty');
  await waitForText(own.page, 'Nobody came for the first time in these days');
  await assertSound(own.page, 'empty');
  await own.page.setViewport({ ...NARROW, width: 360 });
  await open();
  await assertSound(own.page, '360 px');
});
