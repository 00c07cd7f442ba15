import { test } from 'node:test';
import assert from 'node:assert/strict';
import { decimal, parseNumber } from '../src/money.js';

const AMOUNTS = [
  // given, currency, decimal
  ['19,90', 'EUR', '19.90'],
  ['1 234,50', 'PLN', '1234.50'],
  ['1,234.50', 'USD', '1234.50'],
  ['1.234,50', 'EUR', '1234.50'],
  ['1\u00a0234,50 zł', 'PLN', '1234.50'],
  ['1\u202f234,50', 'EUR', '1234.50'],
  ["1'234.50", 'CHF', '1234.50'],
  ['$1,234,567.80', 'USD', '1234567.80'],
  ['1.234.567,8', 'EUR', '1234567.80'],
  ['1.234,-', 'EUR', '1234'],
  ['Rs. 1,234.5', 'INR', '1234.50'],
  ['EUR 19.90', 'EUR', '19.90'],
  ['1,234', 'USD', '1234'],
  ['0,234', 'EUR', '0.23'],
  ['1,234', 'KWD', '1.234'],
  ['1.234', 'KWD', '1.234'],
  ['¥1,980', 'JPY', '1980'],
  ['-5,00', 'EUR', '-5'],
  ['\u22125,25 €', 'EUR', '-5.25'],
  ['EUR -5.25', 'EUR', '-5.25'],
  ['20', '', '20'],
  [19.9, 'EUR', '19.90'],
  [59.97000000000001, 'EUR', '59.97'],
  [0.1 + 0.2, 'EUR', '0.30'],
  [1980.0000000001, 'JPY', '1980'],
  [0, 'EUR', '0'],
  ['free', 'EUR', undefined],
  ['', 'EUR', undefined],
  [NaN, 'EUR', undefined],
  [Infinity, 'EUR', undefined],
  ['9'.repeat(30), 'EUR', undefined],
  [null, 'EUR', undefined],
  [{}, 'EUR', undefined],
  [true, 'EUR', undefined],
];

for (const [given, currency, expected] of AMOUNTS) {
  test(`${JSON.stringify(given) ?? given} ${currency} is ${expected}`, () => {
    assert.equal(decimal(given, currency), expected);
  });
}

test('every amount comes back from the ways shops write it', () => {
  const ways = [
    ['en-US', 'USD'],
    ['de-DE', 'EUR'],
    ['pl-PL', 'PLN'],
    ['fr-FR', 'EUR'],
    ['de-CH', 'CHF'],
    ['nb-NO', 'NOK'],
    ['pt-BR', 'BRL'],
    ['en-IN', 'INR'],
  ];
  for (const [locale, currency] of ways) {
    const written = new Intl.NumberFormat(locale, { style: 'currency', currency });
    for (let cents = 1; cents < 200_000_000; cents = cents * 3 + 7) {
      const expected = (cents / 100).toFixed(2).replace(/\.00$/, '');
      assert.equal(decimal(written.format(cents / 100), currency), expected, written.format(cents / 100));
    }
  }
});

test('a quantity may be text', () => {
  assert.equal(parseNumber('3'), 3);
  assert.equal(parseNumber(2), 2);
  assert.equal(parseNumber('many'), undefined);
});
