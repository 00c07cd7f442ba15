//! `styk report abandonment` and `styk report carts`.

use serde_json::{Value, json};

use super::about::ask_about;
use super::asked::{Asked, compared, period};
use crate::cli::{AbandonmentArgs, CartPeriodArgs, CartsArgs};
use crate::control::Site;
use crate::report::cart_text;

/// `styk report abandonment`
pub(super) fn abandonment<'a>(args: &'a AbandonmentArgs, site: &Site) -> anyhow::Result<Asked<'a>> {
    let mut question = common_question(&args.carts, site)?;
    question["limit"] = json!(args.limit);
    question["compare"] = json!(args.compare.as_deref().map(compared));
    Ok(Asked { report: "abandonment", question, table: cart_text::abandonment_table, form: &args.carts.form })
}

/// `styk report carts`
pub(super) fn carts<'a>(args: &'a CartsArgs, site: &Site) -> anyhow::Result<Asked<'a>> {
    let question = match &args.cart {
        Some(cart) => {
            let mut question = json!({ "cart": cart, "currency": args.carts.currency, "as_of": args.carts.as_of });
            ask_about(&args.carts.about, &mut question);
            question
        }
        None => {
            let mut question = common_question(&args.carts, site)?;
            question["states"] = json!(args.state);
            question["step"] = json!(args.step);
            question["sort"] = json!(args.sort);
            question["limit"] = json!(args.limit);
            question["offset"] = json!(args.offset);
            question
        }
    };
    Ok(Asked { report: "carts", question, table: cart_text::carts_table, form: &args.carts.form })
}

fn common_question(carts: &CartPeriodArgs, site: &Site) -> anyhow::Result<Value> {
    let (from, to) = period(carts.from.as_deref(), carts.to.as_deref(), site)?;
    let mut question = json!({ "from": from, "to": to, "currency": carts.currency, "as_of": carts.as_of });
    ask_about(&carts.about, &mut question);
    Ok(question)
}
