//! `styk report overview`, `styk report orders` and `styk report live`.

use serde_json::json;

use super::about::ask_about;
use super::asked::{Asked, compared, period};
use crate::cli::{LiveArgs, OrdersArgs, OverviewArgs};
use crate::control::Site;
use crate::report::{order_text, overview_text};

/// `styk report overview`
pub(super) fn overview<'a>(args: &'a OverviewArgs, site: &Site) -> anyhow::Result<Asked<'a>> {
    let (from, to) = period(args.from.as_deref(), args.to.as_deref(), site)?;
    let mut question = json!({
        "from": from,
        "to": to,
        "compare": compared(&args.compare),
        "trend": args.trend,
        "as_of": args.as_of,
        "currency": args.currency,
        "limit": args.limit,
    });
    ask_about(&args.about, &mut question);
    Ok(Asked { report: "overview", question, table: overview_text::overview_table, form: &args.form })
}

/// `styk report orders`
pub(super) fn orders<'a>(args: &'a OrdersArgs, site: &Site) -> anyhow::Result<Asked<'a>> {
    let (from, to) = period(args.from.as_deref(), args.to.as_deref(), site)?;
    let mut question = json!({
        "from": from,
        "to": to,
        "as_of": args.as_of,
        "currency": args.currency,
        "statuses": args.status,
        "buyer": args.buyer,
        "sort": args.sort,
        "limit": args.limit,
        "offset": args.offset,
    });
    ask_about(&args.about, &mut question);
    Ok(Asked { report: "orders", question, table: order_text::orders_table, form: &args.form })
}

/// `styk report live`
pub(super) fn live(args: &LiveArgs) -> Asked<'_> {
    let mut question = json!({ "as_of": args.as_of, "currency": args.currency, "limit": args.limit });
    ask_about(&args.about, &mut question);
    Asked { report: "live", question, table: overview_text::live_table, form: &args.form }
}
