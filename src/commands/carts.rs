//! `styk report abandonment` and `styk report carts`.

use serde_json::{Value, json};

use super::ask::{Asked, compared, period};
use crate::cli::{AbandonmentArgs, CartPeriodArgs, CartsArgs};
use crate::control::Site;
use crate::report::cart_text;

/// `styk report abandonment`
pub(super) fn abandonment<'a>(args: &'a AbandonmentArgs, site: &Site) -> anyhow::Result<Asked<'a>> {
    let mut question = common_question(&args.about, site)?;
    question["limit"] = json!(args.limit);
    question["compare"] = json!(args.compare.as_deref().map(compared));
    Ok(Asked { report: "abandonment", question, table: cart_text::abandonment_table, form: &args.about.form })
}

/// `styk report carts`
pub(super) fn carts<'a>(args: &'a CartsArgs, site: &Site) -> anyhow::Result<Asked<'a>> {
    let question = match &args.cart {
        Some(cart) => json!({ "cart": cart, "currency": args.about.currency, "as_of": args.about.as_of }),
        None => {
            let mut question = common_question(&args.about, site)?;
            question["states"] = json!(args.state);
            question["step"] = json!(args.step);
            question["sort"] = json!(args.sort);
            question["limit"] = json!(args.limit);
            question["offset"] = json!(args.offset);
            question
        }
    };
    Ok(Asked { report: "carts", question, table: cart_text::carts_table, form: &args.about.form })
}

fn common_question(about: &CartPeriodArgs, site: &Site) -> anyhow::Result<Value> {
    let (from, to) = period(about.from.as_deref(), about.to.as_deref(), site)?;
    Ok(json!({ "from": from, "to": to, "currency": about.currency, "as_of": about.as_of }))
}
