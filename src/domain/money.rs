//! Money: whole minor units and an ISO 4217 currency. Never a floating-point number.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A currency of ISO 4217: three upper-case letters from the list below.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Currency([u8; 3]);

/// Sorted. Money that no longer circulates stays, for orders of the past.
const CURRENCIES: &[&[u8; 3]] = &[
    b"AED", b"AFN", b"ALL", b"AMD", b"ANG", b"AOA", b"ARS", b"AUD", b"AWG", b"AZN", b"BAM", b"BBD", b"BDT", b"BGN",
    b"BHD", b"BIF", b"BMD", b"BND", b"BOB", b"BRL", b"BSD", b"BTN", b"BWP", b"BYN", b"BZD", b"CAD", b"CDF", b"CHF",
    b"CLP", b"CNY", b"COP", b"CRC", b"CUP", b"CVE", b"CZK", b"DJF", b"DKK", b"DOP", b"DZD", b"EGP", b"ERN", b"ETB",
    b"EUR", b"FJD", b"FKP", b"GBP", b"GEL", b"GHS", b"GIP", b"GMD", b"GNF", b"GTQ", b"GYD", b"HKD", b"HNL", b"HRK",
    b"HTG", b"HUF", b"IDR", b"ILS", b"INR", b"IQD", b"IRR", b"ISK", b"JMD", b"JOD", b"JPY", b"KES", b"KGS", b"KHR",
    b"KMF", b"KPW", b"KRW", b"KWD", b"KYD", b"KZT", b"LAK", b"LBP", b"LKR", b"LRD", b"LSL", b"LYD", b"MAD", b"MDL",
    b"MGA", b"MKD", b"MMK", b"MNT", b"MOP", b"MRU", b"MUR", b"MVR", b"MWK", b"MXN", b"MYR", b"MZN", b"NAD", b"NGN",
    b"NIO", b"NOK", b"NPR", b"NZD", b"OMR", b"PAB", b"PEN", b"PGK", b"PHP", b"PKR", b"PLN", b"PYG", b"QAR", b"RON",
    b"RSD", b"RUB", b"RWF", b"SAR", b"SBD", b"SCR", b"SDG", b"SEK", b"SGD", b"SHP", b"SLE", b"SLL", b"SOS", b"SRD",
    b"SSP", b"STN", b"SVC", b"SYP", b"SZL", b"THB", b"TJS", b"TMT", b"TND", b"TOP", b"TRY", b"TTD", b"TWD", b"TZS",
    b"UAH", b"UGX", b"USD", b"UYU", b"UZS", b"VED", b"VES", b"VND", b"VUV", b"WST", b"XAF", b"XCD", b"XCG", b"XOF",
    b"XPF", b"YER", b"ZAR", b"ZMW", b"ZWG", b"ZWL",
];

impl Currency {
    /// Takes a code of either case; `None` when ISO 4217 does not list it.
    pub fn parse(text: &str) -> Option<Self> {
        let code: [u8; 3] = text.as_bytes().try_into().ok()?;
        let code = code.map(|letter| letter.to_ascii_uppercase());
        CURRENCIES.binary_search(&&code).ok().map(|_| Self(code))
    }

    /// The code, such as `EUR`.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("codes are ASCII")
    }

    /// How many decimals amounts have: 0, 2 or 3.
    pub fn exponent(self) -> u8 {
        match &self.0 {
            b"BIF" | b"CLP" | b"DJF" | b"GNF" | b"ISK" | b"JPY" | b"KMF" | b"KRW" | b"PYG" | b"RWF" | b"UGX"
            | b"VND" | b"VUV" | b"XAF" | b"XOF" | b"XPF" => 0,
            b"BHD" | b"IQD" | b"JOD" | b"KWD" | b"LYD" | b"OMR" | b"TND" => 3,
            _ => 2,
        }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// An amount of money.
///
/// Invariant: `-MINOR_MAX <= minor <= MINOR_MAX`, so that thousands of amounts sum without overflow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Money {
    minor: i64,
    currency: Currency,
}

/// Which amounts a place takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// Zero and more: prices, values of orders.
    NotNegative,
    /// Any: balances, corrections.
    Any,
}

/// Why text is no amount of money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadMoney {
    /// Not a decimal number such as `19.90`.
    #[error("is not a decimal number such as 19.90")]
    NotANumber,
    /// More decimals than the currency has, and they are not zeros.
    #[error("has more decimals than its currency")]
    TooPrecise,
    /// Beyond [`Money::MINOR_MAX`].
    #[error("is larger than any order")]
    OutOfRange,
    /// Below zero, where that makes no sense.
    #[error("is negative")]
    Negative,
}

impl Money {
    /// The largest amount either side of zero, in minor units.
    pub const MINOR_MAX: i64 = 1_000_000_000_000_000;

    /// `minor` units of `currency`; `None` beyond [`Money::MINOR_MAX`].
    pub fn from_minor(minor: i64, currency: Currency) -> Option<Self> {
        (-Self::MINOR_MAX..=Self::MINOR_MAX).contains(&minor).then_some(Self { minor, currency })
    }

    /// Takes a decimal number as text or as JSON wrote it: `19.9`, `-3`, `1.5e3`.
    ///
    /// # Errors
    /// [`BadMoney`]. The amount is exact or it is refused; nothing is rounded.
    pub fn parse(text: &str, currency: Currency, sign: Sign) -> Result<Self, BadMoney> {
        let Decimal { negative, digits, exponent } = Decimal::parse(text).ok_or(BadMoney::NotANumber)?;
        let shift = exponent + i32::from(currency.exponent());
        let mut minor = digits;
        for _ in 0..shift.unsigned_abs() {
            // Every zero dropped or added moves towards an end of the range, so this stops early.
            if minor == 0 {
                break;
            }
            if shift < 0 {
                if minor % 10 != 0 {
                    return Err(BadMoney::TooPrecise);
                }
                minor /= 10;
            } else {
                minor = minor.checked_mul(10).ok_or(BadMoney::OutOfRange)?;
            }
        }
        let minor = i64::try_from(minor).map_err(|_| BadMoney::OutOfRange)?;
        if negative && minor != 0 && sign == Sign::NotNegative {
            return Err(BadMoney::Negative);
        }
        Self::from_minor(if negative { -minor } else { minor }, currency).ok_or(BadMoney::OutOfRange)
    }

    /// Minor units: cents, groszy, whole yen.
    pub fn minor(self) -> i64 {
        self.minor
    }

    /// The currency.
    pub fn currency(self) -> Currency {
        self.currency
    }
}

/// Decimal text without the currency's code, with all its decimals: `19.90`.
impl fmt::Display for Money {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let decimals = usize::from(self.currency.exponent());
        let unit = 10_u64.pow(u32::from(self.currency.exponent()));
        let (whole, part) = (self.minor.unsigned_abs() / unit, self.minor.unsigned_abs() % unit);
        let minus = if self.minor < 0 { "-" } else { "" };
        if decimals == 0 {
            write!(formatter, "{minus}{whole}")
        } else {
            write!(formatter, "{minus}{whole}.{part:0decimals$}")
        }
    }
}

/// `digits` x 10^`exponent`.
struct Decimal {
    negative: bool,
    digits: u128,
    exponent: i32,
}

impl Decimal {
    /// More digits than this are more than any amount has; so is a larger exponent.
    const DIGITS_MAX: usize = 36;
    const EXPONENT_MAX: i32 = 100_000;

    fn parse(text: &str) -> Option<Self> {
        let (negative, text) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, parse_exponent(exponent)?),
            None => (text, 0),
        };
        let (whole, part) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() && part.is_empty() || !all_digits(whole) || !all_digits(part) {
            return None;
        }
        let whole = whole.trim_start_matches('0');
        let part = part.trim_end_matches('0');
        let decimals = i32::try_from(part.len()).ok()?;
        let kept = whole.bytes().chain(part.bytes()).take(Self::DIGITS_MAX);
        let digits = kept.fold(0, |sum: u128, digit| sum * 10 + u128::from(digit - b'0'));
        // Digits that do not fit come back as size: what is so long is out of range or too precise either way,
        // and ends in a digit that is not zero when it was cut.
        let cut = (whole.len() + part.len()).saturating_sub(Self::DIGITS_MAX);
        let digits = if cut == 0 { digits } else { digits | 1 };
        Some(Self { negative, digits, exponent: exponent - decimals + i32::try_from(cut).ok()? })
    }
}

fn parse_exponent(text: &str) -> Option<i32> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let size = digits.parse().unwrap_or(Decimal::EXPONENT_MAX).min(Decimal::EXPONENT_MAX);
    Some(if text.starts_with('-') { -size } else { size })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, code: &str, expected: Result<i64, BadMoney>) {
        let currency = Currency::parse(code).unwrap();
        let parsed = Money::parse(text, currency, Sign::NotNegative);
        assert_eq!(parsed.map(Money::minor), expected, "{text} {code}");
    }

    #[test]
    fn amounts_are_exact_or_refused() {
        check("19.90", "EUR", Ok(1990));
        check("19.9", "eur", Ok(1990));
        check("0", "EUR", Ok(0));
        check("-0.00", "EUR", Ok(0));
        check("19.9000000000000000000000000000000000000000000000000", "EUR", Ok(1990));
        check("1.5e3", "EUR", Ok(150_000));
        check("1990e-2", "EUR", Ok(1990));
        check("1E+2", "JPY", Ok(100));
        check("0e999999999999", "EUR", Ok(0));
        check("1.234", "KWD", Ok(1234));
        check("10000000000000", "EUR", Ok(Money::MINOR_MAX));
        check(".5", "EUR", Ok(50));
        check("5.", "EUR", Ok(500));
        check("0000000000000000000000000000000000000000000000001", "EUR", Ok(100));
    }

    #[test]
    fn what_is_no_exact_amount_says_why() {
        check("0.30000000000000004", "EUR", Err(BadMoney::TooPrecise));
        check("19.995", "EUR", Err(BadMoney::TooPrecise));
        check("0.5", "JPY", Err(BadMoney::TooPrecise));
        check("1e-999999999999", "EUR", Err(BadMoney::TooPrecise));
        check(&format!("0.{}1", "0".repeat(500)), "EUR", Err(BadMoney::TooPrecise));
        check(&format!("0.{}", "3".repeat(500)), "EUR", Err(BadMoney::TooPrecise));
        check("9223372036854775807", "EUR", Err(BadMoney::OutOfRange));
        check("10000000000000.01", "EUR", Err(BadMoney::OutOfRange));
        check("1e999", "EUR", Err(BadMoney::OutOfRange));
        check(&"9".repeat(500), "EUR", Err(BadMoney::OutOfRange));
        check(&format!("1{}", "0".repeat(500)), "EUR", Err(BadMoney::OutOfRange));
        check("-1", "EUR", Err(BadMoney::Negative));
        for text in ["", "-", ".", "NaN", "Infinity", "19,90", "1 000", "+1", "0x10", "1e", "1e+", "--1", "1e1.5", "٣"]
        {
            check(text, "EUR", Err(BadMoney::NotANumber));
        }
    }

    #[test]
    fn amounts_are_shown_with_all_their_decimals() {
        let show = |minor, code| Money::from_minor(minor, Currency::parse(code).unwrap()).unwrap().to_string();
        assert_eq!(show(1990, "EUR"), "19.90");
        assert_eq!(show(-5, "EUR"), "-0.05");
        assert_eq!(show(1990, "JPY"), "1990");
        assert_eq!(show(1990, "KWD"), "1.990");
        let euro = Currency::parse("EUR").unwrap();
        assert_eq!(Money::parse("-0.05", euro, Sign::Any).unwrap().minor(), -5);
        assert_eq!(Money::from_minor(Money::MINOR_MAX + 1, euro), None);
    }

    #[test]
    fn only_listed_codes_are_currencies() {
        assert!(CURRENCIES.is_sorted());
        assert_eq!(Currency::parse("pln").unwrap().as_str(), "PLN");
        for bad in ["", "EU", "EURO", "XYZ", "€", "12E"] {
            assert_eq!(Currency::parse(bad), None, "{bad}");
        }
    }
}
