//! `styk report dropoff`.

use serde_json::json;

use super::about::ask_about;
use super::asked::{Asked, compared, period};
use crate::cli::DropoffArgs;
use crate::control::Site;
use crate::report::dropoff_text;

/// `styk report dropoff`
pub(super) fn dropoff<'a>(args: &'a DropoffArgs, site: &Site) -> anyhow::Result<Asked<'a>> {
    let (from, to) = period(args.from.as_deref(), args.to.as_deref(), site)?;
    let mut question = json!({
        "from": from,
        "to": to,
        "unit": args.unit,
        "lookback_days": args.lookback,
        "touchpoint": args.touchpoint,
        "by": args.by,
        "compare": args.compare.as_deref().map(compared),
        "currency": args.currency,
        "limit": args.limit,
    });
    ask_about(&args.about, &mut question);
    Ok(Asked { report: "dropoff", question, table: dropoff_text::dropoff_table, form: &args.form })
}
