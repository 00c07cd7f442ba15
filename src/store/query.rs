//! SQL text and the values it names.

use std::path::Path;

use super::texts::Code;

/// A value bound to a name in SQL.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A whole number.
    Number(i64),
    /// A code or another number that is never negative.
    Unsigned(u64),
    /// Text. Never becomes part of the SQL.
    Text(String),
}

/// SQL text and the values it names.
///
/// Text only grows from `&'static str` and numbers, so nothing a visitor or a shop typed can become SQL.
/// The compiler keeps that promise; no review has to. (`String::leak` would defeat it: it is banned.)
#[derive(Clone, Debug, Default)]
pub struct Query {
    text: String,
    values: Vec<(String, Value)>,
}

impl Query {
    /// An empty query.
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends SQL written in this source code.
    pub fn push(&mut self, sql: &'static str) -> &mut Self {
        self.text.push_str(sql);
        self
    }

    /// Appends `sql` with every `{n}` replaced by `number`.
    pub fn push_numbered(&mut self, sql: &'static str, number: u64) -> &mut Self {
        self.text.push_str(&sql.replace("{n}", &number.to_string()));
        self
    }

    /// Appends codes as a list, such as `1, 2, 3`; an empty list becomes a code that no row has.
    pub fn push_codes(&mut self, codes: &[Code]) -> &mut Self {
        if codes.is_empty() {
            return self.push("4294967295");
        }
        self.push_numbers(codes.iter().copied().map(u64::from))
    }

    /// Appends numbers as a list, such as `1, 2, 3`; an empty list becomes `null`, which nothing equals.
    pub fn push_numbers(&mut self, numbers: impl IntoIterator<Item = u64>) -> &mut Self {
        let mut numbers = numbers.into_iter();
        let Some(first) = numbers.next() else { return self.push("null") };
        self.push_numbered("{n}", first);
        for number in numbers {
            self.push_numbered(", {n}", number);
        }
        self
    }

    /// An empty query with the values of another, whose SQL is going to be part of it.
    pub fn with_values_of(other: &Self) -> Self {
        Self { text: String::new(), values: other.values.clone() }
    }

    /// Appends SQL that was built before; what it binds is bound here already, or nothing.
    pub fn push_query(&mut self, other: &Self) -> &mut Self {
        debug_assert!(other.values.iter().all(|value| self.values.contains(value)), "its values are here");
        self.text.push_str(&other.text);
        self
    }

    /// Binds `$name`.
    pub fn bind(&mut self, name: &'static str, value: Value) -> &mut Self {
        self.values.push((name.to_owned(), value));
        self
    }

    /// Appends `$value_N` for a fresh N and binds it.
    pub fn push_value(&mut self, value: Value) -> &mut Self {
        let name = format!("value_{}", self.values.len() + 1);
        self.text.push('$');
        self.text.push_str(&name);
        self.values.push((name, value));
        self
    }

    /// The same query, its rows written to `path`.
    pub(super) fn copied_to(&self, path: &Path, options: &'static str) -> Self {
        let text = format!("copy ({}) to {} {options}", self.text, quoted(path));
        Self { text, values: self.values.clone() }
    }

    /// Appends a path as a text.
    pub(super) fn push_path(&mut self, path: &Path) -> &mut Self {
        self.text.push_str(&quoted(path));
        self
    }

    /// The SQL text, with `$names`.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The value bound to `name`.
    pub(super) fn value(&self, name: &str) -> Option<&Value> {
        self.values.iter().find(|(bound, _)| bound == name).map(|(_, value)| value)
    }

    /// The SQL with every name replaced by its value: ready to paste into DuckDB, for people to read.
    pub fn with_values_written_out(&self) -> String {
        self.written_out(|value| match value {
            Value::Number(number) => Some(number.to_string()),
            Value::Unsigned(number) => Some(number.to_string()),
            Value::Text(text) => Some(format!("'{}'", text.replace('\'', "''"))),
        })
    }

    /// The SQL with the names of numbers replaced by them, each of its type. What is bound makes DuckDB plan the query a
    /// second time once it knows the types; of many runs, planning costs as much as reading some hundred thousand rows.
    pub(super) fn with_numbers_written_out(&self) -> String {
        self.written_out(|value| match value {
            Value::Number(i64::MIN) => Some("('-9223372036854775808'::bigint)".to_owned()),
            Value::Number(number @ ..0) => Some(format!("(-{}::bigint)", number.unsigned_abs())),
            Value::Number(number) => Some(format!("{number}::bigint")),
            Value::Unsigned(number) => Some(format!("{number}::ubigint")),
            Value::Text(_) => None,
        })
    }

    /// The SQL with every name replaced by what `shown` makes of its value, if anything.
    fn written_out(&self, shown: impl Fn(&Value) -> Option<String>) -> String {
        let mut text = String::with_capacity(self.text.len());
        let mut rest = self.text.as_str();
        while let Some(dollar) = rest.find('$') {
            text.push_str(&rest[..dollar]);
            let after = &rest[dollar + 1..];
            let name_end = after.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(after.len());
            match self.value(&after[..name_end]).and_then(&shown) {
                Some(value) => text.push_str(&value),
                None => text.push_str(&rest[dollar..=dollar + name_end]),
            }
            rest = &after[name_end..];
        }
        text.push_str(rest);
        text
    }
}

/// A path of this program's own as SQL's text.
fn quoted(path: &Path) -> String {
    format!("'{}'", path.to_string_lossy().replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_bound_and_can_be_written_out() {
        let mut query = Query::new();
        query.push("select * from run_").push_numbered("{n}", 7).push(" where text = ");
        query.push_value(Value::Text("it's $value_2".to_owned())).push(" and code in (").push_codes(&[1, 2]);
        query.push(") and at < ").push_value(Value::Number(-5));
        assert_eq!(query.text(), "select * from run_7 where text = $value_1 and code in (1, 2) and at < $value_2");
        assert_eq!(query.value("value_2"), Some(&Value::Number(-5)));
        assert_eq!(
            query.with_values_written_out(),
            "select * from run_7 where text = 'it''s $value_2' and code in (1, 2) and at < -5"
        );
        assert_eq!(
            query.with_numbers_written_out(),
            "select * from run_7 where text = $value_1 and code in (1, 2) and at < (-5::bigint)"
        );
    }
}
