//! `styk report retention` and `styk report visitor`.

use serde_json::json;

use super::about::ask_about;
use super::asked::{Asked, period_back};
use crate::cli::{RetentionArgs, VisitorArgs};
use crate::control::Site;
use crate::report::{retention_text, visitor_text};

/// Cohorts without `--from` are of so many days.
const COHORT_DAYS: i64 = 90;

/// `styk report retention`
pub(super) fn retention<'a>(args: &'a RetentionArgs, site: &Site) -> anyhow::Result<Asked<'a>> {
    let (from, to) = period_back(COHORT_DAYS, args.from.as_deref(), args.to.as_deref(), site)?;
    let mut question = json!({
        "from": from,
        "to": to,
        "unit": args.unit,
        "cohort": args.cohort,
        "returning": args.returning,
        "by": args.by,
        "cells": args.cells,
        "churned_after_days": args.churned_after,
        "as_of": args.as_of,
        "currency": args.currency,
    });
    ask_about(&args.about, &mut question);
    Ok(Asked { report: "retention", question, table: retention_text::retention_table, form: &args.form })
}

/// `styk report visitor`
pub(super) fn visitor(args: &VisitorArgs) -> Asked<'_> {
    let question = json!({
        "visitor": args.visitor,
        "customer": args.customer,
        "time_zone": args.time_zone,
        "currency": args.currency,
        "limit": args.limit,
        "before": args.before,
        "as_of": args.as_of,
    });
    Asked { report: "visitor", question, table: visitor_text::visitor_table, form: &args.form }
}
