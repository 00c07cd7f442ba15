//! A row as an event for `POST /v1/events`, with an id that is the same whenever the row is read again.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::value::RawValue;

use super::fingerprint::Fingerprints;
use super::mapping::{Field, Form, Mapping};
use super::row::{BadRow, Cell, Row};

/// Clocks differ by this much at most; the server believes no more.
const AHEAD_MAX: SignedDuration = SignedDuration::from_mins(10);
/// Names of columns that are kept for saying that nobody used them.
const IGNORED_MAX: usize = 50;

/// Makes the events of one file.
pub(super) struct Events<'a> {
    mapping: &'a Mapping,
    zone: &'a TimeZone,
    now: Timestamp,
    fingerprints: Fingerprints<'a>,
    ignored: BTreeSet<String>,
}

/// Values by field, as JSON; sorted, so that equal rows make equal text.
#[derive(Default)]
struct Draft {
    own: BTreeMap<&'static str, Box<RawValue>>,
    properties: BTreeMap<String, Box<RawValue>>,
}

impl<'a> Events<'a> {
    pub(super) fn new(site: &'a str, mapping: &'a Mapping, zone: &'a TimeZone, now: Timestamp) -> Self {
        Self { mapping, zone, now, fingerprints: Fingerprints::new(site), ignored: BTreeSet::new() }
    }

    /// The JSON of the event that `row` tells of.
    ///
    /// The id of an event without one depends on how often the same row came before, so every row of a file must
    /// come here, in order, also those that are not sent.
    pub(super) fn make(&mut self, row: Row<'_>) -> Result<String, BadRow> {
        let mut draft = Draft::default();
        for (field, text) in self.mapping.constants() {
            self.fill(&mut draft, field, (Cell::Text(text), '.'))?;
        }
        for (column, cell) in row.cells? {
            let fields = self.mapping.fields_of(&column);
            if fields.is_empty() && self.ignored.len() < IGNORED_MAX && !self.ignored.contains(&*column) {
                self.ignored.insert(column.into_owned());
            }
            for field in fields.iter() {
                self.fill(&mut draft, field, (cell, row.decimal_mark))?;
            }
        }
        draft.finish(&mut self.fingerprints)
    }

    /// Columns that filled nothing, in order; at most 50.
    pub(super) fn ignored(&mut self) -> &mut BTreeSet<String> {
        &mut self.ignored
    }

    fn fill(&self, draft: &mut Draft, field: &Field, (cell, decimal_mark): (Cell<'_>, char)) -> Result<(), BadRow> {
        match field {
            Field::Property(name) => drop(draft.properties.insert(name.clone(), as_json(cell))),
            Field::Own { name, form } => {
                let value = match form {
                    Form::Text => as_json(cell),
                    Form::Amount => with_point(cell, decimal_mark),
                    Form::Time => json_text(&format!("{:.3}", self.moment(cell)?)),
                    Form::Json => unpacked(cell).ok_or(BadRow::NotJsonCell { field: name })?,
                };
                draft.own.insert(name, value);
            }
        }
        Ok(())
    }

    fn moment(&self, cell: Cell<'_>) -> Result<Timestamp, BadRow> {
        let moment = super::moment::parse_moment(&text_of(cell), self.zone).ok_or(BadRow::BadTime)?;
        // The server would put its own time in the place of one that it cannot believe.
        let possible = Timestamp::UNIX_EPOCH <= moment && moment.duration_since(self.now) <= AHEAD_MAX;
        if possible { Ok(moment) } else { Err(BadRow::ImpossibleTime) }
    }
}

impl Draft {
    fn finish(mut self, fingerprints: &mut Fingerprints<'_>) -> Result<String, BadRow> {
        if !self.own.contains_key("name") {
            return Err(BadRow::NoName);
        }
        if !self.own.contains_key("occurred_at") {
            return Err(BadRow::NoTime);
        }
        if !self.properties.is_empty() {
            let mut all: BTreeMap<String, Box<RawValue>> = match self.own.get("properties") {
                Some(json) => serde_json::from_str(json.get()).map_err(|_| BadRow::PropertiesNotObject)?,
                None => BTreeMap::new(),
            };
            all.append(&mut self.properties);
            self.own.insert("properties", to_raw(&all));
        }
        let event = to_text(&self.own);
        if self.own.contains_key("id") {
            return Ok(event);
        }
        Ok(format!("{{\"id\":\"{}\",{}", fingerprints.next_id(&event), &event[1..]))
    }
}

/// The cell as one JSON value.
fn as_json(cell: Cell<'_>) -> Box<RawValue> {
    match cell {
        Cell::Text(text) => json_text(text),
        Cell::Json(json) => json.to_owned(),
    }
}

/// The cell's text: of a JSON string what it says, of another value how it is written.
fn text_of(cell: Cell<'_>) -> Cow<'_, str> {
    match cell {
        Cell::Text(text) => Cow::Borrowed(text),
        Cell::Json(json) => serde_json::from_str::<String>(json.get()).map_or(Cow::Borrowed(json.get()), Cow::Owned),
    }
}

/// An amount; a comma before the cents becomes a point where the file writes it so.
fn with_point(cell: Cell<'_>, decimal_mark: char) -> Box<RawValue> {
    match cell {
        Cell::Text(text) if decimal_mark == ',' && !text.contains('.') => json_text(&text.replacen(',', ".", 1)),
        _ => as_json(cell),
    }
}

/// A list or object, also where it is packed into a text; `None` when the text is no JSON.
fn unpacked(cell: Cell<'_>) -> Option<Box<RawValue>> {
    match cell {
        Cell::Json(json) if !json.get().starts_with('"') => Some(json.to_owned()),
        _ => RawValue::from_string(text_of(cell).into_owned()).ok(),
    }
}

fn json_text(text: &str) -> Box<RawValue> {
    to_raw(text)
}

fn to_raw<T: serde::Serialize + ?Sized>(value: &T) -> Box<RawValue> {
    serde_json::value::to_raw_value(value).expect("texts and maps of JSON by text can be written")
}

fn to_text(own: &BTreeMap<&'static str, Box<RawValue>>) -> String {
    serde_json::to_string(own).expect("a map of JSON by text can be written")
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = r#""id":"x","#;

    /// The event made of one JSON row, without its id.
    #[track_caller]
    fn check(map: &[&str], row: &str, expected: Result<&str, BadRow>) {
        let typed: Vec<String> = map.iter().map(|&text| text.to_owned()).collect();
        let mapping = Mapping::parse(&typed).unwrap();
        let zone = TimeZone::get("Europe/Warsaw").unwrap();
        let now = "2026-11-22T10:00:00Z".parse().unwrap();
        let mut events = Events::new("shop", &mapping, &zone, now);
        let row = format!("{{{ID}{row}}}");
        let fields: BTreeMap<String, &RawValue> = serde_json::from_str(&row).unwrap();
        let cells = fields.into_iter().map(|(column, json)| (Cow::Owned(column), Cell::Json(json))).collect();
        let made = events.make(Row { number: 1, bytes_read: 0, decimal_mark: '.', cells: Ok(cells) });
        assert_eq!(made.map(|event| event.replacen(ID, "", 1)), expected.map(str::to_owned));
    }

    const AT: &str = r#""occurred_at":"2026-11-01""#;

    #[test]
    fn json_is_taken_as_it_was_written() {
        check(
            &[],
            r#""name":"a","occurred_at":1793487600,"value":19.900000000000000001,"items":[{"price": 1.10}],"x":1"#,
            Ok(
                r#"{"items":[{"price": 1.10}],"name":"a","occurred_at":"2026-10-31T23:00:00.000Z","value":19.900000000000000001}"#,
            ),
        );
        let packed = format!(r#""name":"a",{AT},"items":"[{{\"item_id\":1}}]""#);
        let expected = r#"{"items":[{"item_id":1}],"name":"a","occurred_at":"2026-10-31T23:00:00.000Z"}"#;
        check(&[], &packed, Ok(expected));
    }

    #[test]
    fn mapped_properties_join_the_ones_that_are_there() {
        let row = format!(r#""name":"a",{AT},"properties":{{"b":1,"c":2}},"Colour":"red","n":3"#);
        let map = ["properties.color=Colour", "properties.b=n"];
        let expected =
            r#"{"name":"a","occurred_at":"2026-10-31T23:00:00.000Z","properties":{"b":3,"c":2,"color":"red"}}"#;
        check(&map, &row, Ok(expected));
        let row = format!(r#""name":"a",{AT},"properties":[1],"Colour":"red","n":3"#);
        check(&map, &row, Err(BadRow::PropertiesNotObject));
    }

    #[test]
    fn a_row_without_name_or_believable_time_is_bad() {
        check(&[], AT, Err(BadRow::NoName));
        check(&[], r#""name":"a""#, Err(BadRow::NoTime));
        check(&[], r#""name":"a","occurred_at":"soon""#, Err(BadRow::BadTime));
        check(&[], r#""name":"a","occurred_at":"2026-11-22T10:10:00.001Z""#, Err(BadRow::ImpossibleTime));
        check(&[], r#""name":"a","occurred_at":"1969-12-31T23:59:59Z""#, Err(BadRow::ImpossibleTime));
        check(&[], &format!(r#""name":"a",{AT},"items":"[""#), Err(BadRow::NotJsonCell { field: "items" }));
    }
}
