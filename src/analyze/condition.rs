//! Conditions as SQL.

use super::relation::Rows;
use crate::domain::channel::DIRECT;
use crate::domain::filter::{ArrivalField, CodedField, Comparison, Field, Filter, ItemField, Limit, Test, TextField};
use crate::domain::funnel::Target;
use crate::store::{Code, NO_CODE, Query, Snapshot, Value};

/// A code that no row has: what a text that was never stored is compared with.
pub(super) const NEVER: Code = Code::MAX;

/// What the rows must have for `field` to be asked of them.
pub(super) fn rows_needed(field: &Field) -> Rows {
    match field {
        Field::Arrival(_) => Rows::WithSessions,
        _ => Rows::Plain,
    }
}

/// What the rows must have for all of `filters` to be asked of them.
pub(super) fn rows_for(filters: &[Filter]) -> Rows {
    filters.iter().map(Filter::field).map(rows_needed).fold(Rows::Plain, Rows::and)
}

/// The column that holds a coded field's code.
pub(super) fn coded_column(field: CodedField) -> &'static str {
    match field {
        CodedField::Event => "name",
        // The other columns are called like their fields.
        other => other.as_str(),
    }
}

/// The column of `visits` that holds an arrival field's code.
pub(super) fn arrival_column(field: ArrivalField) -> &'static str {
    match field {
        ArrivalField::Channel => "session_channel",
        ArrivalField::Source => "session_source",
        ArrivalField::Medium => "session_medium",
        ArrivalField::Campaign => "session_campaign",
        ArrivalField::Term => "session_term",
        ArrivalField::Content => "session_content",
        ArrivalField::ReferrerHost => "session_referrer_host",
    }
}

/// The code to compare a coded column with.
pub(super) fn code_or_never(snapshot: &Snapshot, text: &str) -> Code {
    snapshot.code(text).unwrap_or(NEVER)
}

/// Appends what is true for the rows of `target`.
pub(super) fn push_target(query: &mut Query, snapshot: &Snapshot, target: &Target) {
    match target {
        Target::Event(name) => {
            query.push_numbered("name = {n}", u64::from(code_or_never(snapshot, name.as_str())));
        }
        Target::Touchpoint(key) => {
            query.push_numbered("touchpoint = {n}", u64::from(code_or_never(snapshot, key.as_str())));
        }
        Target::Stage(stage) => {
            query.push_numbered("stage = {n}", u64::from(code_or_never(snapshot, stage.as_str())));
        }
        Target::Page(pattern) => {
            query.push("page in (select code from texts where text like ");
            query.push_value(Value::Text(like_pattern(pattern.as_str()))).push(" escape '\\')");
        }
    }
}

/// A pattern with `*` as SQL's `like` has it.
fn like_pattern(pattern: &str) -> String {
    pattern.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_").replace('*', "%")
}

/// Appends ` and (…)` for each of `filters`.
pub(super) fn push_filters(query: &mut Query, snapshot: &Snapshot, filters: &[Filter]) {
    for filter in filters {
        query.push(" and ");
        push_filter(query, snapshot, filter);
    }
}

/// Appends `(…)` that is true for the rows that `filter` wants, and never null.
fn push_filter(query: &mut Query, snapshot: &Snapshot, filter: &Filter) {
    query.push("(");
    match filter.field() {
        Field::Coded(field) => push_coded(query, snapshot, coded_column(*field), filter.test()),
        Field::Arrival(ArrivalField::Channel) => push_channel(query, snapshot, filter.test()),
        Field::Arrival(field) => push_coded(query, snapshot, arrival_column(*field), filter.test()),
        Field::Text(TextField::CartId) => push_text(query, &TextColumn::Named("cart_id"), filter.test()),
        Field::Text(TextField::TransactionId) => push_text(query, &TextColumn::Named("transaction_id"), filter.test()),
        Field::Property(key) => push_text(query, &TextColumn::Property(key.as_str().to_owned()), filter.test()),
        Field::Item(field) => push_item(query, *field, filter.test()),
        Field::Value => push_value(query, snapshot, filter.test()),
        Field::Trusted => push_trusted(query, filter.test()),
    }
    query.push(")");
}

fn push_coded(query: &mut Query, snapshot: &Snapshot, column: &'static str, test: &Test) {
    let codes = |values: &[String]| -> Vec<Code> { values.iter().map(|text| code_or_never(snapshot, text)).collect() };
    query.push(column);
    match test {
        Test::OneOf(values) => {
            query.push(" in (").push_codes(&codes(values)).push(")");
        }
        Test::NoneOf(values) => {
            query.push(" not in (").push_codes(&codes(values)).push(")");
        }
        Test::Contains(part) => push_texts_like(query, "contains", part),
        Test::StartsWith(part) => push_texts_like(query, "starts_with", part),
        Test::Exists => {
            query.push(" <> 0");
        }
        Test::Missing => {
            query.push(" = 0");
        }
        Test::Compare(..) => unreachable!("a filter's test fits its field"),
    }
}

fn push_texts_like(query: &mut Query, function: &'static str, part: &str) {
    query.push(" in (select code from texts where ").push(function).push("(lower(text), lower(");
    query.push_value(Value::Text(part.to_owned())).push(")))");
}

/// A session without a channel is Direct, so that word means "no code".
fn push_channel(query: &mut Query, snapshot: &Snapshot, test: &Test) {
    let column = "session_channel";
    let codes = |values: &[String]| -> Vec<Code> {
        let code = |text: &String| if text == DIRECT { NO_CODE } else { code_or_never(snapshot, text) };
        values.iter().map(code).collect()
    };
    match test {
        Test::OneOf(values) => {
            query.push(column).push(" in (").push_codes(&codes(values)).push(")");
        }
        Test::NoneOf(values) => {
            query.push(column).push(" not in (").push_codes(&codes(values)).push(")");
        }
        Test::Contains(part) if DIRECT.to_lowercase().contains(&part.to_lowercase()) => {
            query.push(column).push(" = 0 or ");
            push_coded(query, snapshot, column, test);
        }
        Test::StartsWith(part) if DIRECT.to_lowercase().starts_with(&part.to_lowercase()) => {
            query.push(column).push(" = 0 or ");
            push_coded(query, snapshot, column, test);
        }
        Test::Exists => {
            query.push("true");
        }
        Test::Missing => {
            query.push("false");
        }
        _ => push_coded(query, snapshot, column, test),
    }
}

/// Where a free text is.
pub(super) enum TextColumn {
    Named(&'static str),
    Property(String),
}

impl TextColumn {
    pub(super) fn push(&self, query: &mut Query) {
        match self {
            Self::Named(column) => {
                query.push(column);
            }
            Self::Property(key) => {
                query.push("(properties ->> ").push_value(Value::Text(json_pointer(key))).push(")");
            }
        }
    }
}

/// The JSON pointer of a top-level key. Not a path (`$.key`): that has wildcards, even between quotes.
fn json_pointer(key: &str) -> String {
    format!("/{}", key.replace('~', "~0").replace('/', "~1"))
}

fn push_text(query: &mut Query, column: &TextColumn, test: &Test) {
    match test {
        Test::OneOf(values) => {
            query.push("coalesce(");
            column.push(query);
            push_in_values(query, values);
            query.push(", false)");
        }
        Test::NoneOf(values) => {
            query.push("not coalesce(");
            column.push(query);
            push_in_values(query, values);
            query.push(", false)");
        }
        Test::Contains(part) => push_text_function(query, "contains", column, part),
        Test::StartsWith(part) => push_text_function(query, "starts_with", column, part),
        Test::Compare(comparison, limit) => {
            query.push("coalesce(try_cast(");
            column.push(query);
            query.push(" as double)").push(operator(*comparison)).push("try_cast(");
            let Limit::Decimal(number) = limit else { unreachable!("a property is compared with a decimal") };
            query.push_value(Value::Text(number.clone())).push(" as double), false)");
        }
        Test::Exists => {
            column.push(query);
            query.push(" is not null");
        }
        Test::Missing => {
            column.push(query);
            query.push(" is null");
        }
    }
}

fn push_text_function(query: &mut Query, function: &'static str, column: &TextColumn, part: &str) {
    query.push("coalesce(").push(function).push("(lower(");
    column.push(query);
    query.push("), lower(").push_value(Value::Text(part.to_owned())).push(")), false)");
}

fn push_in_values(query: &mut Query, values: &[String]) {
    query.push(" in (null");
    for value in values {
        query.push(", ").push_value(Value::Text(value.clone()));
    }
    query.push(")");
}

/// The values of all line items of an event, as a list.
pub(super) fn item_values(field: ItemField) -> &'static str {
    match field {
        ItemField::ItemId => "json_extract_string(items, '$[*].item_id')",
        ItemField::ItemCategory => "json_extract_string(items, '$[*].item_category')",
    }
}

fn push_item(query: &mut Query, field: ItemField, test: &Test) {
    let list = item_values(field);
    let any_item = |query: &mut Query, values: &[String]| {
        query.push("coalesce(list_has_any(").push(list).push(", [null");
        for value in values {
            query.push(", ").push_value(Value::Text(value.clone()));
        }
        query.push("]::varchar[]), false)");
    };
    match test {
        Test::OneOf(values) => any_item(query, values),
        Test::NoneOf(values) => {
            query.push("not ");
            any_item(query, values);
        }
        Test::Contains(part) => push_item_like(query, list, "contains", part),
        Test::StartsWith(part) => push_item_like(query, list, "starts_with", part),
        Test::Exists => {
            query.push("coalesce(len(").push(list).push("), 0) > 0");
        }
        Test::Missing => {
            query.push("coalesce(len(").push(list).push("), 0) = 0");
        }
        Test::Compare(..) => unreachable!("a filter's test fits its field"),
    }
}

fn push_item_like(query: &mut Query, list: &'static str, function: &'static str, part: &str) {
    query.push("coalesce(len(list_filter(").push(list).push(", lambda item: ").push(function);
    query.push("(lower(item), lower(").push_value(Value::Text(part.to_owned())).push(")))), 0) > 0");
}

/// Amounts of different currencies are never compared: such an event is neither above nor below, and unequal.
fn push_value(query: &mut Query, snapshot: &Snapshot, test: &Test) {
    match test {
        Test::Compare(comparison, Limit::Amount(money)) => {
            let unequal = *comparison == Comparison::Unequal;
            query.push(if unequal { "not coalesce(value_minor = " } else { "coalesce(value_minor" });
            query.push(if unequal { "" } else { operator(*comparison) });
            query.push_value(Value::Number(money.minor())).push(" and currency = ");
            query.push_codes(&[code_or_never(snapshot, money.currency().as_str())]).push(", false)");
        }
        Test::Exists => {
            query.push("value_minor is not null");
        }
        Test::Missing => {
            query.push("value_minor is null");
        }
        _ => unreachable!("a filter's test fits its field"),
    }
}

fn push_trusted(query: &mut Query, test: &Test) {
    let Test::OneOf(values) = test else { unreachable!("a filter's test fits its field") };
    query.push(if values[0] == "true" { "trusted" } else { "not trusted" });
}

fn operator(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Above => " > ",
        Comparison::AtLeast => " >= ",
        Comparison::Below => " < ",
        Comparison::AtMost => " <= ",
        Comparison::Equal => " = ",
        Comparison::Unequal => " <> ",
    }
}
