//! Conditions on events: a field, an operator, and what to compare with. Conditions on visitors are [segments](super::segment).

use std::fmt;

use super::money::{Currency, Money, Sign};
use super::name::Label;

/// What can be asked of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Field {
    /// A column whose values repeat.
    Coded(CodedField),
    /// How the visitor's session began.
    Arrival(ArrivalField),
    /// Free text.
    Text(TextField),
    /// The event's value.
    Value,
    /// Any line item's property.
    Item(ItemField),
    /// Sent with a collect key: `true` or `false`.
    Trusted,
    /// The event's own property of this key.
    Property(Label),
}

macro_rules! named_fields {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $text:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[expect(missing_docs, reason = "each variant is the field of its name")]
        pub enum $name { $($variant),* }

        impl $name {
            const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The field's name; also the column's.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),* }
            }

            fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|field| field.as_str() == text)
            }
        }
    };
}

named_fields! {
    /// Columns of the event itself whose values repeat.
    CodedField {
        Event = "event", Touchpoint = "touchpoint", Stage = "stage", Page = "page", PageHost = "page_host",
        Device = "device", Browser = "browser", Os = "os", Country = "country", Language = "language",
        Currency = "currency", Consent = "consent",
    }
}

named_fields! {
    /// What the first event of a session says about how the visitor came.
    ArrivalField {
        Channel = "channel", Source = "source", Medium = "medium", Campaign = "campaign", Term = "term",
        Content = "content", ReferrerHost = "referrer_host",
    }
}

named_fields! {
    /// Free text of the event.
    TextField { CartId = "cart_id", TransactionId = "transaction_id" }
}

named_fields! {
    /// Properties of a line item; true when any item fits.
    ItemField { ItemId = "item_id", ItemCategory = "item_category" }
}

impl Field {
    /// Takes a field's name, or `properties.<key>`.
    pub fn parse(text: &str) -> Option<Self> {
        if let Some(key) = text.strip_prefix("properties.") {
            return Label::parse(key).ok().map(Self::Property);
        }
        match text {
            "value" => Some(Self::Value),
            "trusted" => Some(Self::Trusted),
            _ => CodedField::parse(text)
                .map(Self::Coded)
                .or_else(|| ArrivalField::parse(text).map(Self::Arrival))
                .or_else(|| TextField::parse(text).map(Self::Text))
                .or_else(|| ItemField::parse(text).map(Self::Item)),
        }
    }

    /// The name that [`Field::parse`] takes.
    pub fn name(&self) -> String {
        match self {
            Self::Coded(field) => field.as_str().to_owned(),
            Self::Arrival(field) => field.as_str().to_owned(),
            Self::Text(field) => field.as_str().to_owned(),
            Self::Item(field) => field.as_str().to_owned(),
            Self::Value => "value".to_owned(),
            Self::Trusted => "trusted".to_owned(),
            Self::Property(key) => format!("properties.{}", key.as_str()),
        }
    }

    /// Every field but the properties, whose names a shop makes up.
    pub fn named() -> Vec<Self> {
        let coded = CodedField::ALL.iter().map(|field| Self::Coded(*field));
        let arrival = ArrivalField::ALL.iter().map(|field| Self::Arrival(*field));
        let text = TextField::ALL.iter().map(|field| Self::Text(*field));
        let item = ItemField::ALL.iter().map(|field| Self::Item(*field));
        coded.chain(arrival).chain(text).chain(item).chain([Self::Value, Self::Trusted]).collect()
    }

    /// Every name that [`Field::parse`] takes, for error messages.
    pub fn names() -> String {
        let all: Vec<_> = Self::named().iter().map(Self::name).collect();
        format!("{} properties.<key>", all.join(" "))
    }
}

/// What is asked of a field.
#[derive(Clone, Debug, PartialEq)]
pub enum Test {
    /// `eq`, `in`: one of these.
    OneOf(Vec<String>),
    /// `ne`, `not_in`: none of these; a missing value is none of them.
    NoneOf(Vec<String>),
    /// `contains`, ignoring case.
    Contains(String),
    /// `starts_with`, ignoring case.
    StartsWith(String),
    /// `gt`, `gte`, `lt`, `lte`; on amounts also `eq` and `ne`.
    Compare(Comparison, Limit),
    /// `exists` with `true`.
    Exists,
    /// `exists` with `false`.
    Missing,
}

/// The operator of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `gt`.
    Above,
    /// `gte`.
    AtLeast,
    /// `lt`.
    Below,
    /// `lte`.
    AtMost,
    /// `eq`, on amounts.
    Equal,
    /// `ne`, on amounts.
    Unequal,
}

/// What a number is compared with.
#[derive(Clone, Debug, PartialEq)]
pub enum Limit {
    /// An amount of the site's currency; amounts of others are not compared with it.
    Amount(Money),
    /// A decimal number, for properties.
    Decimal(String),
}

/// One condition. Invariant: the test fits the field.
#[derive(Clone, Debug, PartialEq)]
pub struct Filter {
    field: Field,
    test: Test,
}

/// Why a condition was turned away.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadFilter {
    /// No such field.
    #[error("the field is not known; known are: {0}")]
    Field(String),
    /// No such operator.
    #[error("the operator is not known; known are: eq ne in not_in contains starts_with gt gte lt lte exists")]
    Operator,
    /// The operator does not fit the field.
    #[error(
        "the operator does not fit this field; texts take eq ne in not_in contains starts_with exists, numbers eq gt gte lt lte exists"
    )]
    Unfit,
    /// What to compare with does not fit the operator.
    #[error("the value does not fit the operator: {0}")]
    Value(&'static str),
}

impl Filter {
    /// At most so many values in one list.
    pub const VALUES_MAX: usize = 100;

    /// The field.
    pub fn field(&self) -> &Field {
        &self.field
    }

    /// The test.
    pub fn test(&self) -> &Test {
        &self.test
    }

    /// Takes a condition as it was asked; amounts are in `currency`.
    ///
    /// # Errors
    /// [`BadFilter`], naming what does not fit.
    pub fn parse(field: &str, op: &str, values: &[String], currency: Currency) -> Result<Self, BadFilter> {
        let field = Field::parse(field).ok_or_else(|| BadFilter::Field(Field::names()))?;
        if Self::VALUES_MAX < values.len() {
            return Err(BadFilter::Value("at most 100 values"));
        }
        let one = || match values {
            [value] => Ok(value.clone()),
            _ => Err(BadFilter::Value("exactly one value is needed")),
        };
        let test = match op {
            "eq" => Test::OneOf(vec![one()?]),
            "ne" => Test::NoneOf(vec![one()?]),
            "in" => Test::OneOf(values.to_vec()),
            "not_in" => Test::NoneOf(values.to_vec()),
            "contains" => Test::Contains(one()?),
            "starts_with" => Test::StartsWith(one()?),
            "gt" => Test::Compare(Comparison::Above, limit(&field, &one()?, currency)?),
            "gte" => Test::Compare(Comparison::AtLeast, limit(&field, &one()?, currency)?),
            "lt" => Test::Compare(Comparison::Below, limit(&field, &one()?, currency)?),
            "lte" => Test::Compare(Comparison::AtMost, limit(&field, &one()?, currency)?),
            "exists" => match one()?.as_str() {
                "true" => Test::Exists,
                "false" => Test::Missing,
                _ => return Err(BadFilter::Value("`exists` takes true or false")),
            },
            _ => return Err(BadFilter::Operator),
        };
        let test = fitted(&field, test, currency)?;
        Ok(Self { field, test })
    }
}

/// As it was asked: `channel in Email, Social`.
impl fmt::Display for Filter {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let one_or = |values: &[String], one: &'static str, many: &'static str| match values {
            [_] => (one, values.join(", ")),
            _ => (many, values.join(", ")),
        };
        let (op, value) = match &self.test {
            Test::OneOf(values) => one_or(values, "eq", "in"),
            Test::NoneOf(values) => one_or(values, "ne", "not_in"),
            Test::Contains(part) => ("contains", part.clone()),
            Test::StartsWith(part) => ("starts_with", part.clone()),
            Test::Compare(comparison, limit) => (comparison.as_str(), limit.to_string()),
            Test::Exists => ("exists", "true".to_owned()),
            Test::Missing => ("exists", "false".to_owned()),
        };
        write!(formatter, "{} {op} {value}", self.field.name())
    }
}

impl Comparison {
    fn as_str(self) -> &'static str {
        match self {
            Self::Above => "gt",
            Self::AtLeast => "gte",
            Self::Below => "lt",
            Self::AtMost => "lte",
            Self::Equal => "eq",
            Self::Unequal => "ne",
        }
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Amount(money) => write!(formatter, "{money} {}", money.currency()),
            Self::Decimal(number) => formatter.write_str(number),
        }
    }
}

/// Amounts are compared as numbers, never as texts; `trusted` takes only its two words.
fn fitted(field: &Field, test: Test, currency: Currency) -> Result<Test, BadFilter> {
    let amount = |comparison, values: &[String]| match values {
        [value] => Ok(Test::Compare(comparison, limit(field, value, currency)?)),
        _ => Err(BadFilter::Unfit),
    };
    match (field, &test) {
        (Field::Value, Test::OneOf(values)) => amount(Comparison::Equal, values),
        (Field::Value, Test::NoneOf(values)) => amount(Comparison::Unequal, values),
        (Field::Value, Test::Contains(_) | Test::StartsWith(_)) => Err(BadFilter::Unfit),
        (Field::Trusted, Test::OneOf(values)) if matches!(&values[..], [one] if one == "true" || one == "false") => {
            Ok(test)
        }
        (Field::Trusted, _) => Err(BadFilter::Value("`trusted` takes eq with true or false")),
        _ => Ok(test),
    }
}

fn limit(field: &Field, value: &str, currency: Currency) -> Result<Limit, BadFilter> {
    match field {
        Field::Value => {
            let money =
                Money::parse(value, currency, Sign::Any).map_err(|_| BadFilter::Value("an amount such as 19.90"))?;
            Ok(Limit::Amount(money))
        }
        Field::Property(_) => {
            let digits = value.strip_prefix('-').unwrap_or(value);
            let decimal = !digits.is_empty()
                && digits.len() <= 18
                && digits.chars().all(|c| c.is_ascii_digit() || c == '.')
                && digits.chars().filter(|&c| c == '.').count() <= 1;
            if decimal { Ok(Limit::Decimal(value.to_owned())) } else { Err(BadFilter::Value("a number such as 1.5")) }
        }
        _ => Err(BadFilter::Unfit),
    }
}
