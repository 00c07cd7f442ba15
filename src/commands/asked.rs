//! A report's question as it was typed, in the API's words.

use anyhow::Context;
use serde_json::{Value, json};

use crate::cli::ReportForm;
use crate::control::Site;
use crate::domain::time::DAY_MS;
use crate::server;

/// A report without `--from` looks back so many days.
pub(super) const REPORT_DAYS: i64 = 30;

/// A report as it was typed.
pub(super) struct Asked<'a> {
    /// Its name in the API.
    pub(super) report: &'static str,
    /// The API's question.
    pub(super) question: Value,
    /// The API's answer as a table.
    pub(super) table: fn(&Value) -> String,
    /// How it is printed.
    pub(super) form: &'a ReportForm,
}

/// The period to compare with, as it was typed.
pub(super) fn compared(typed: &str) -> Value {
    match typed.split_once("..") {
        Some((from, to)) => json!({ "from": from, "to": to }),
        None => json!(typed),
    }
}

/// What was typed of a period, else the last days, today included.
pub(super) fn period(from: Option<&str>, to: Option<&str>, site: &Site) -> anyhow::Result<(String, String)> {
    period_back(REPORT_DAYS, from, to, site)
}

/// The same, of so many days where no beginning was typed.
pub(super) fn period_back(
    days: i64,
    from: Option<&str>,
    to: Option<&str>,
    site: &Site,
) -> anyhow::Result<(String, String)> {
    let today = |offset_days: i64| {
        let date = server::now().plus_ms(offset_days * DAY_MS).date_in(&site.time_zone);
        date.map(|date| date.to_string()).context("the clock is out of range")
    };
    let from = from.map_or_else(|| today(1 - days), |from| Ok(from.to_owned()))?;
    Ok((from, to.map_or_else(|| today(1), |to| Ok(to.to_owned()))?))
}
