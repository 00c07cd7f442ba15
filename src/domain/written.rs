//! Amounts as pages write them: `19,90 zł`, `$1,234.50`, `1'234.50`. What a browser's page says of money is read here,
//! and nowhere else; whoever can say it exactly is read by [`Money::parse`].

use super::money::{Currency, Money, Sign};

/// Longer text is no amount.
const CHARS_MAX: usize = 40;

/// The amount that `text` writes, rounded to the currency's decimals, so that the noise of binary fractions
/// (59.97000000000001) is none; `None` when it writes none, or one below zero.
pub fn written_money(text: &str, currency: Currency) -> Option<Money> {
    let number = written_number(text, currency.exponent())?;
    let decimals = usize::from(currency.exponent());
    let rounded = format!("{number:.decimals$}");
    Money::parse(&rounded, currency, Sign::NotNegative).ok()
}

/// The number that `text` writes, if it is not below zero.
///
/// The last of several separators is the decimal one, unless the same stands before it; a lone comma before exactly
/// three digits is not ("1,234" is 1234), unless amounts have three decimals. A lone point always is.
pub fn written_number(text: &str, decimals: u8) -> Option<f64> {
    let text = text.trim();
    let number = match text.parse::<f64>() {
        Ok(number) => number,
        Err(_) => decimal_text(text, decimals)?.parse().ok()?,
    };
    (number.is_finite() && 0.0 <= number).then_some(number)
}

/// The same amount with a point for decimals and nothing else between the digits.
fn decimal_text(text: &str, decimals: u8) -> Option<String> {
    let is_space = |c: char| c.is_whitespace() || matches!(c, '\'' | '’');
    let text: String = text.chars().take(CHARS_MAX).filter(|c| !is_space(*c)).collect();
    let (before, amount) = text.split_at(text.find(|c: char| c.is_ascii_digit())?);
    if before.contains(['-', '\u{2212}']) {
        return None;
    }
    let end = amount.find(|c: char| !c.is_ascii_digit() && c != '.' && c != ',');
    let amount = &amount[..end.unwrap_or(amount.len())];
    let Some(at) = amount.rfind(['.', ',']) else { return Some(amount.to_owned()) };
    let (whole, fraction) = (&amount[..at], &amount[at + 1..]);
    let separator = &amount[at..=at];
    let lone_group = separator == ","
        && decimals != 3
        && fraction.len() == 3
        && whole.len() <= 3
        && !whole.starts_with('0')
        && !whole.contains('.');
    let point = if lone_group || whole.contains(separator) { "" } else { "." };
    Some(format!("{}{point}{fraction}", whole.replace(['.', ','], "")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, code: &str, expected: Option<i64>) {
        let currency = Currency::parse(code).unwrap();
        assert_eq!(written_money(text, currency).map(Money::minor), expected, "{text} {code}");
    }

    #[test]
    fn amounts_are_read_as_people_write_them() {
        check("19,90", "EUR", Some(1990));
        check("1 234,50", "PLN", Some(123_450));
        check("1,234.50", "USD", Some(123_450));
        check("1.234,50", "EUR", Some(123_450));
        check("1\u{a0}234,50 zł", "PLN", Some(123_450));
        check("1\u{202f}234,50", "EUR", Some(123_450));
        check("1'234.50", "CHF", Some(123_450));
        check("CHF 1’234.50", "CHF", Some(123_450));
        check("$1,234,567.80", "USD", Some(123_456_780));
        check("1.234.567,8", "EUR", Some(123_456_780));
        check("1.234.567", "EUR", Some(123_456_700));
        check("1.234,-", "EUR", Some(123_400));
        check("Rs. 1,234.5", "INR", Some(123_450));
        check("EUR 19.90", "EUR", Some(1990));
        check("1,234", "USD", Some(123_400));
        check("0,234", "EUR", Some(23));
        check("1,234", "KWD", Some(1234));
        check("1.234", "KWD", Some(1234));
        check("¥1,980", "JPY", Some(1980));
        check("20", "EUR", Some(2000));
        check("0", "EUR", Some(0));
    }

    #[test]
    fn the_noise_of_binary_fractions_is_none() {
        check("59.97000000000001", "EUR", Some(5997));
        check("0.30000000000000004", "EUR", Some(30));
        check("1980.0000000001", "JPY", Some(1980));
        check("1.98e3", "EUR", Some(198_000));
    }

    #[test]
    fn what_is_no_amount_is_none() {
        for text in ["free", "", "NaN", "inf", "1e999", "-5", "-5,00", "\u{2212}5,25 €", "EUR -5.25", "true"] {
            check(text, "EUR", None);
        }
        check(&"9".repeat(30), "EUR", None);
    }

    #[test]
    fn every_amount_comes_back_from_the_ways_shops_write_it() {
        // Separators of thousands and of decimals, and what stands around.
        let ways = [
            (",", ".", "$", ""),
            (".", ",", "", " €"),
            ("\u{a0}", ",", "", " zł"),
            ("’", ".", "CHF ", ""),
            ("", ".", "", ""),
            (" ", ",", "", " PLN"),
        ];
        let mut cents = 1_i64;
        while cents < 200_000_000 {
            for (thousands, point, before, after) in ways {
                let whole = (cents / 100).to_string();
                let groups: Vec<_> =
                    whole.as_bytes().rchunks(3).rev().map(|it| std::str::from_utf8(it).unwrap()).collect();
                let text = format!("{before}{}{point}{:02}{after}", groups.join(thousands), cents % 100);
                check(&text, "EUR", Some(cents));
            }
            cents = cents * 3 + 7;
        }
    }
}
