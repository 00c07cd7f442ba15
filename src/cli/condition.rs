//! Conditions as they are typed: on events (`channel=Email`), and on visitors (`did not purchase, ever`).
//!
//! The words are those that a report's `method` prints, so what it says can be typed again; signs are shorter.

use std::str::FromStr;

/// A condition on an event: a field, the API's operator, and what to compare with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldCondition {
    /// Such as `channel`, or `properties.coupon`.
    pub field: String,
    /// Such as `eq`.
    pub op: &'static str,
    /// One or more.
    pub values: Vec<String>,
}

/// A condition on a visitor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VisitorCondition {
    /// The API's word: `did`, `did_not`, `cart` or `no_cart`.
    pub kind: &'static str,
    /// The event, as steps of funnels are typed, or the cart's state; nothing for any event.
    pub sought: Option<String>,
    /// What must be true of the event.
    pub conditions: Vec<FieldCondition>,
    /// `period` or `ever`.
    pub within: &'static str,
}

/// Why a condition was turned away; it says what to type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadCondition {
    /// No field, or no operator behind it.
    #[error(
        "write a field, a sign and a value, such as channel=Email, country=PL,DE, device!=mobile, value>=10.00, page^=/sale/ (begins with), page*=caps (contains) or properties.coupon? (there is one)"
    )]
    Field,
    /// Nothing to compare with.
    #[error("write a value behind the sign, such as channel=Email")]
    Value,
    /// Neither a deed nor a cart.
    #[error(
        "write `did add_to_cart`, `did not purchase where value>=50`, `did page:/sale/*`, `did any event where channel=Email`, `cart abandoned` or `no cart recovered`, each with `, ever` at its end where the period does not matter"
    )]
    Visitor,
}

/// Longer signs first: `>=` begins with `>`.
const SIGNS: [(&str, &str); 8] = [
    ("!=", "ne"),
    (">=", "gte"),
    ("<=", "lte"),
    ("^=", "starts_with"),
    ("*=", "contains"),
    (">", "gt"),
    ("<", "lt"),
    ("=", "eq"),
];
const WORDS: [&str; 11] = ["eq", "ne", "in", "not_in", "contains", "starts_with", "gt", "gte", "lt", "lte", "exists"];

impl FieldCondition {
    /// Reads conditions that all must hold, with `and` between them.
    ///
    /// # Errors
    /// [`BadCondition`], of the first that does not read.
    pub fn parse_all(text: &str) -> Result<Vec<Self>, BadCondition> {
        text.split(" and ").map(str::parse).collect()
    }
}

impl FromStr for FieldCondition {
    type Err = BadCondition;

    fn from_str(text: &str) -> Result<Self, BadCondition> {
        let text = text.trim();
        let end = text.find(|c: char| c.is_whitespace() || "=!<>^*?".contains(c)).ok_or(BadCondition::Field)?;
        let (field, rest) = (text[..end].to_owned(), text[end..].trim_start());
        if field.is_empty() {
            return Err(BadCondition::Field);
        }
        if rest == "?" {
            return Ok(Self { field, op: "exists", values: vec!["true".to_owned()] });
        }
        let signed = SIGNS.iter().find_map(|(sign, op)| Some((*op, rest.strip_prefix(sign)?)));
        let worded = || {
            let (word, rest) = rest.split_once(char::is_whitespace)?;
            Some((*WORDS.iter().find(|known| **known == word)?, rest))
        };
        let (op, rest) = signed.or_else(worded).ok_or(BadCondition::Field)?;
        let values = values_of(rest.trim());
        if values.iter().any(String::is_empty) {
            return Err(BadCondition::Value);
        }
        let op = match (op, values.len()) {
            ("eq", 2..) => "in",
            ("ne", 2..) => "not_in",
            (op, _) => op,
        };
        Ok(Self { field, op, values })
    }
}

/// Values between commas; `\,` is a comma inside one.
fn values_of(text: &str) -> Vec<String> {
    let mut values = vec![String::new()];
    let mut chars = text.chars().peekable();
    while let Some(letter) = chars.next() {
        let last = values.last_mut().expect("there is one from the start");
        match letter {
            '\\' if chars.next_if_eq(&',').is_some() => last.push(','),
            ',' => values.push(String::new()),
            other => last.push(other),
        }
    }
    values.iter().map(|value| value.trim().to_owned()).collect()
}

impl FromStr for VisitorCondition {
    type Err = BadCondition;

    fn from_str(text: &str) -> Result<Self, BadCondition> {
        let text = text.trim();
        let (text, within) = match text.strip_suffix(", ever") {
            Some(text) => (text, "ever"),
            None => (text.strip_suffix(", in the period").unwrap_or(text), "period"),
        };
        for (words, kind) in [("no cart ", "no_cart"), ("cart ", "cart")] {
            if let Some(state) = text.strip_prefix(words) {
                return Ok(Self { kind, sought: Some(state.trim().to_owned()), conditions: Vec::new(), within });
            }
        }
        let deeds = [("did not ", "did_not"), ("did ", "did")];
        let (kind, deed) = deeds
            .iter()
            .find_map(|(words, kind)| Some((*kind, text.strip_prefix(words)?)))
            .ok_or(BadCondition::Visitor)?;
        let (sought, conditions) = match deed.split_once(" where ") {
            Some((sought, conditions)) => (sought, FieldCondition::parse_all(conditions)?),
            None => (deed, Vec::new()),
        };
        let sought = Some(sought.trim()).filter(|sought| *sought != "any event").map(str::to_owned);
        if sought.as_deref() == Some("") || (sought.is_none() && conditions.is_empty()) {
            return Err(BadCondition::Visitor);
        }
        Ok(Self { kind, sought, conditions, within })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_field(typed: &str, field: &str, op: &str, values: &[&str]) {
        let read = typed.parse::<FieldCondition>();
        let read = read.map(|read| (read.field, read.op, read.values));
        let expected: Vec<String> = values.iter().map(|&value| value.to_owned()).collect();
        assert_eq!(read.as_ref().map(|read| (read.0.as_str(), read.1, &read.2)), Ok((field, op, &expected)), "{typed}");
    }

    #[test]
    fn a_condition_on_an_event_is_a_field_a_sign_and_values() {
        check_field("channel=Email", "channel", "eq", &["Email"]);
        check_field("channel = Paid Search", "channel", "eq", &["Paid Search"]);
        check_field("country=PL,DE", "country", "in", &["PL", "DE"]);
        check_field("country!=PL, DE", "country", "not_in", &["PL", "DE"]);
        check_field("device!=mobile", "device", "ne", &["mobile"]);
        check_field("value>=10.00", "value", "gte", &["10.00"]);
        check_field("value<5", "value", "lt", &["5"]);
        check_field("page^=/sale/", "page", "starts_with", &["/sale/"]);
        check_field("page*=a=b", "page", "contains", &["a=b"]);
        check_field("properties.coupon?", "properties.coupon", "exists", &["true"]);
        check_field(r"campaign=one\, two", "campaign", "eq", &["one, two"]);
    }

    #[test]
    fn the_words_of_the_api_and_of_method_are_read_too() {
        check_field("channel eq Email", "channel", "eq", &["Email"]);
        check_field("value gte 10.00", "value", "gte", &["10.00"]);
        check_field("country not_in PL,DE", "country", "not_in", &["PL", "DE"]);
        check_field("properties.coupon exists false", "properties.coupon", "exists", &["false"]);
    }

    #[test]
    fn a_condition_on_a_visitor_is_a_deed_or_a_cart() {
        let check = |typed: &str, kind: &str, sought: Option<&str>, conditions: usize, within: &str| {
            let read = typed.parse::<VisitorCondition>().unwrap();
            let shown = (read.kind, read.sought.as_deref(), read.conditions.len(), read.within);
            assert_eq!(shown, (kind, sought, conditions, within), "{typed}");
        };
        check("did add_to_cart", "did", Some("add_to_cart"), 0, "period");
        check("did not purchase, ever", "did_not", Some("purchase"), 0, "ever");
        check("did purchase where value>=50 and device=mobile, in the period", "did", Some("purchase"), 2, "period");
        check("did any event where channel eq Email", "did", None, 1, "period");
        check("did page:/sale/*", "did", Some("page:/sale/*"), 0, "period");
        check("cart ever_abandoned", "cart", Some("ever_abandoned"), 0, "period");
        check("no cart recovered, ever", "no_cart", Some("recovered"), 0, "ever");
    }

    #[test]
    fn what_is_no_condition_is_told_what_to_type() {
        for typed in ["", "channel", "=Email", "channel Email", "channel ~ Email"] {
            assert_eq!(typed.parse::<FieldCondition>(), Err(BadCondition::Field), "{typed}");
        }
        for typed in ["channel=", "channel=Email,", "value gte "] {
            assert!(typed.parse::<FieldCondition>().is_err(), "{typed}");
        }
        for typed in ["", "purchase", "did ", "did any event", "did not  where value>1", "didnt purchase"] {
            assert_eq!(typed.parse::<VisitorCondition>(), Err(BadCondition::Visitor), "{typed}");
        }
        assert_eq!("did purchase where value".parse::<VisitorCondition>(), Err(BadCondition::Field));
    }
}
