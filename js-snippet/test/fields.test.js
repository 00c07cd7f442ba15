import { test } from 'node:test';
import assert from 'node:assert/strict';
import { fieldName } from '../src/fields.js';

const TOLD = [
  [{ type: 'text', name: 'billing_city' }, 'billing_city'],
  [{ type: 'email', name: '', id: 'email' }, 'email'],
  [{ type: 'text', name: 'shipping', autocomplete: 'shipping street-address' }, 'shipping'],
  [{ type: 'text', name: 'company' }, 'company'],
  [{ type: 'tel', name: 'phone', value: '+48 600' }, 'phone'],
];
const HIDDEN = [
  { type: 'password', name: 'secret' },
  { type: 'hidden', name: 'nonce' },
  { type: 'text', name: 'cardnumber' },
  { type: 'text', name: 'n', autocomplete: 'cc-number' },
  { type: 'text', name: 'cvc' },
  { type: 'text', name: 'CVV2' },
  { type: 'text', id: 'iban' },
  { type: 'text', name: 'expiry' },
  { type: 'text', name: 'user_pass' },
  { type: 'tel', name: 'pin' },
  { type: 'text' },
  { type: 'submit', name: 'place_order' },
  { type: '', id: 'link' },
  { id: 'part-of-the-page' },
];

test('of a field only its name is told', () => {
  for (const [field, expected] of TOLD) assert.equal(fieldName(field), expected);
});

test('fields that hide, guard or pay have none', () => {
  for (const field of HIDDEN) assert.ok(!fieldName(field), JSON.stringify(field));
});
