//! Which column fills which field of an event.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::domain::order::ORDER_BOOK_ENTRY;

/// Fields of an event that a column may fill, and in which form they are sent.
const FIELDS: &[(&str, Form)] = &[
    ("id", Form::Text),
    ("name", Form::Text),
    ("occurred_at", Form::Time),
    ("visitor", Form::Text),
    ("customer", Form::Text),
    ("session", Form::Text),
    ("url", Form::Text),
    ("referrer", Form::Text),
    ("touchpoint", Form::Text),
    ("channel", Form::Text),
    ("cart_id", Form::Text),
    ("transaction_id", Form::Text),
    ("value", Form::Amount),
    ("currency", Form::Text),
    ("country", Form::Text),
    ("language", Form::Text),
    ("user_agent", Form::Text),
    ("ip", Form::Text),
    ("items", Form::Json),
    ("consent", Form::Text),
    ("properties", Form::Json),
];

/// How a field is written into an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// As text, or as the JSON file has it.
    Text,
    /// As a decimal number with a point.
    Amount,
    /// As a moment with its offset.
    Time,
    /// As a JSON list or object, which a CSV file holds as text.
    Json,
}

/// A place in an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Field {
    /// One of the event's own fields.
    Own { name: &'static str, form: Form },
    /// One of its properties.
    Property(String),
}

impl Field {
    fn parse(text: &str) -> Option<Self> {
        if let Some(property) = text.strip_prefix("properties.") {
            return (!property.is_empty()).then(|| Self::Property(property.to_owned()));
        }
        FIELDS.iter().find(|(name, _)| *name == text).map(|&(name, form)| Self::Own { name, form })
    }

    fn is(&self, field: &str) -> bool {
        matches!(self, Self::Own { name, .. } if *name == field)
    }
}

/// What `--map` asked for, and the columns that are named like fields.
///
/// Invariant: no field has two sources.
#[derive(Clone, Debug)]
pub struct Mapping {
    columns: HashMap<String, Vec<Field>>,
    constants: Vec<(Field, String)>,
    /// `--map` as it was typed, in order: a part of what an import is known by.
    typed: Vec<String>,
}

/// Why a `--map` cannot be followed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MappingError {
    /// Not `FIELD=COLUMN`.
    #[error("--map `{typed}` is not FIELD=COLUMN, such as occurred_at=Date, or FIELD==TEXT, such as name==purchase")]
    BadForm {
        /// What was typed.
        typed: String,
    },
    /// No such field.
    #[error("--map `{typed}` names no field; the fields are {}, and properties.<name>", field_names())]
    UnknownField {
        /// What was typed.
        typed: String,
    },
    /// Two sources for one field.
    #[error("--map `{typed}` fills a field that another --map fills; keep one of them")]
    FilledTwice {
        /// What was typed.
        typed: String,
    },
}

fn field_names() -> String {
    FIELDS.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
}

impl Mapping {
    /// Reads `--map`: `FIELD=COLUMN`, or `FIELD==TEXT` for the same text in every row.
    ///
    /// Columns that no `--map` names and that are named like a field fill that field.
    ///
    /// # Errors
    /// [`MappingError`], which names the remedy.
    pub fn parse(typed: &[String]) -> Result<Self, MappingError> {
        let mut mapping = Self { columns: HashMap::new(), constants: Vec::new(), typed: typed.to_vec() };
        for text in typed {
            let bad_form = || MappingError::BadForm { typed: text.clone() };
            let (field, source) = text.split_once('=').ok_or_else(bad_form)?;
            let field = Field::parse(field.trim()).ok_or_else(|| MappingError::UnknownField { typed: text.clone() })?;
            if mapping.fills(&field) {
                return Err(MappingError::FilledTwice { typed: text.clone() });
            }
            let constant = source.strip_prefix('=');
            if constant.unwrap_or(source).trim().is_empty() {
                return Err(bad_form());
            }
            match constant {
                Some(constant) => mapping.constants.push((field, constant.trim().to_owned())),
                None => mapping.columns.entry(source.trim().to_owned()).or_default().push(field),
            }
        }
        for &(name, form) in FIELDS {
            let field = Field::Own { name, form };
            if !mapping.fills(&field) && !mapping.columns.contains_key(name) {
                mapping.columns.insert(name.to_owned(), vec![field]);
            }
        }
        Ok(mapping)
    }

    /// The same for the shop's own order book: every row is a line of it, and must name its order.
    ///
    /// # Errors
    /// [`MappingError`], which names the remedy.
    pub fn of_order_book(typed: &[String]) -> Result<Self, MappingError> {
        let mut typed = typed.to_vec();
        typed.push(format!("name=={ORDER_BOOK_ENTRY}"));
        if !typed.iter().any(|text| text.trim_start().starts_with("transaction_id")) {
            typed.push("transaction_id=transaction_id".to_owned());
        }
        Self::parse(&typed)
    }

    /// The fields that `column` fills; none for a column that is ignored.
    pub(super) fn fields_of(&self, column: &str) -> Cow<'_, [Field]> {
        if let Some(fields) = self.columns.get(column) {
            return Cow::Borrowed(fields);
        }
        match Field::parse(column) {
            Some(field @ Field::Property(_)) if !self.fills(&field) => Cow::Owned(vec![field]),
            _ => Cow::Borrowed(&[]),
        }
    }

    /// Fields with one text for all rows.
    pub(super) fn constants(&self) -> &[(Field, String)] {
        &self.constants
    }

    /// Columns that a file must have, each with the field it is for: those that `--map` names, and the ones for the
    /// two fields that every event of the past needs.
    pub(super) fn needed(&self) -> Vec<Needed> {
        let mut needed: Vec<Needed> = self
            .typed
            .iter()
            .filter_map(|typed| typed.split_once('='))
            .filter(|(_, source)| !source.starts_with('='))
            .map(|(field, column)| Needed { field: field.trim().to_owned(), column: Some(column.trim().to_owned()) })
            .collect();
        for field in ["name", "occurred_at"] {
            let mapped = needed.iter().any(|needed| needed.field == field);
            let constant = self.constants.iter().any(|(constant, _)| constant.is(field));
            if !mapped && !constant {
                // A column of that name may be mapped to another field, and then does not serve this one.
                let serves = self.fields_of(field).iter().any(|filled| filled.is(field));
                needed.push(Needed { field: field.to_owned(), column: serves.then(|| field.to_owned()) });
            }
        }
        needed
    }

    /// What was typed, for telling one import from another.
    pub(super) fn typed(&self) -> &[String] {
        &self.typed
    }

    fn fills(&self, field: &Field) -> bool {
        self.columns.values().flatten().any(|filled| filled == field)
            || self.constants.iter().any(|(filled, _)| filled == field)
    }
}

/// A field and the column it waits for; `None` when no column can fill it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Needed {
    pub(super) field: String,
    pub(super) column: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(typed: &[&str]) -> Result<Mapping, MappingError> {
        Mapping::parse(&typed.iter().map(|&text| text.to_owned()).collect::<Vec<_>>())
    }

    /// What `column` fills, such as `value` or `properties.color`.
    fn fields(mapping: &Mapping, column: &str) -> Vec<String> {
        let text = |field: &Field| match field {
            Field::Own { name, .. } => (*name).to_owned(),
            Field::Property(name) => format!("properties.{name}"),
        };
        mapping.fields_of(column).iter().map(text).collect()
    }

    #[test]
    fn columns_fill_what_they_are_mapped_to_or_named_like() {
        let mapping = parse(&["occurred_at=Date", "properties.day=Date", "visitor=a=b", "name==buy it"]).unwrap();
        assert_eq!(fields(&mapping, "Date"), ["occurred_at", "properties.day"]);
        assert_eq!(fields(&mapping, "a=b"), ["visitor"]);
        assert_eq!(fields(&mapping, "value"), ["value"]);
        assert_eq!(fields(&mapping, "properties.color"), ["properties.color"]);
        for ignored in ["visitor", "name", "properties.day", "properties.", "Colour"] {
            assert_eq!(fields(&mapping, ignored), [""; 0], "{ignored}");
        }
        assert_eq!(mapping.constants()[0].1, "buy it");
        let needed: Vec<_> = mapping.needed().into_iter().map(|needed| needed.column.unwrap()).collect();
        assert_eq!(needed, ["Date", "Date", "a=b"]);
    }

    #[test]
    fn a_name_that_serves_another_field_does_not_serve_its_own() {
        let needed = parse(&["properties.title=name"]).unwrap().needed();
        assert_eq!(needed[1], Needed { field: "name".to_owned(), column: None });
        assert_eq!(needed[2].column.as_deref(), Some("occurred_at"));
    }

    #[test]
    fn what_cannot_be_followed_names_the_remedy() {
        let message = |typed: &[&str]| parse(typed).unwrap_err().to_string();
        for bad in ["value", "value=", "value==", "value= "] {
            assert!(message(&[bad]).contains("is not FIELD=COLUMN"), "{bad}");
        }
        assert!(message(&["price=Amount"]).contains("the fields are id, name, occurred_at"));
        assert!(message(&["properties.=Amount"]).contains("names no field"));
        assert!(message(&["value=A", "value=B"]).contains("keep one of them"));
        assert!(message(&["value=A", "value==1"]).contains("keep one of them"));
    }
}
