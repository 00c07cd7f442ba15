/** Amounts as shops write them, read into decimal strings. */

const WITHOUT_MINOR_UNIT = /^(BIF|CLP|DJF|GNF|ISK|JPY|KMF|KRW|PYG|RWF|UGX|UYI|VND|VUV|X[AOP]F)$/;
const WITH_THREE_DIGITS = /^(BHD|IQD|JOD|KWD|LYD|OMR|TND)$/;
const AMOUNT_LIMIT = 1e15;
const WRITTEN_MAX = 40;

/**
 * The finite number that `value` writes.
 *
 * The last of several separators is the decimal one; a lone comma before exactly three digits is
 * not ("1,234" is 1234), unless the currency has three decimals. A lone point always is.
 *
 * @param {unknown} value a number, or text such as "19,90", "1 234,50 zł", "$1,234.50", "1'234.50"
 * @param {number} [digits] decimals of the currency
 * @returns {number | undefined} nothing when it writes none
 */
export function parseNumber(value, digits = 2) {
  if (Number.isFinite(value)) return value;
  const written = typeof value === 'string' ? value.slice(0, WRITTEN_MAX).replace(/\u2212/g, '-') : '';
  if (/^-?\d+(\.\d+)?$/.test(written)) return +written;
  const found = written.match(/(-?)[^\d-]*(\d[\d\s.,'’]*)/);
  if (!found) return undefined;
  const amount = found[2].replace(/[\s'’]/g, '');
  const separators = amount.replace(/\d/g, '');
  const last = separators.slice(-1);
  const grouping =
    separators.length > 1
      ? separators.indexOf(last) < separators.length - 1
      : digits !== 3 && /^[1-9]\d{0,2},\d{3}$/.test(amount);
  const at = grouping || !last ? amount.length : amount.lastIndexOf(last);
  const number = +(amount.slice(0, at).replace(/\D/g, '') + '.' + amount.slice(at + 1));
  return found[1] ? -number : number;
}

/**
 * `value` as a decimal string with no more decimals than the currency has, so that the noise of
 * binary fractions (59.97000000000001) never reaches the server.
 *
 * @param {unknown} value
 * @param {string} [currency] ISO 4217
 * @returns {string | undefined} nothing when there is no number, or none that can be money
 */
export function decimal(value, currency = '') {
  const digits = WITHOUT_MINOR_UNIT.test(currency) ? 0 : WITH_THREE_DIGITS.test(currency) ? 3 : 2;
  const number = parseNumber(value, digits);
  if (!(Math.abs(number) < AMOUNT_LIMIT)) return undefined;
  return number.toFixed(digits).replace(/\.0+$/, '');
}
