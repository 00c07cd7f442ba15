//! Conditions on visitors, as they come over the wire. Every report that takes `where` takes `segment` beside it.

use schemars::JsonSchema;
use serde::Deserialize;

use super::error::{ReportError, bad};
use super::filter_request::{FilterRequest, TargetRequest, parse_filters};
use crate::control::Site;
use crate::domain::cart::{State, Timeouts};
use crate::domain::segment::{CartFate, CartRules, Condition, Deed, Found, Segment, Sought, Within};

/// One of `did`, `did_not`, `cart` and `no_cart`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "SegmentCondition", description = "One condition on a visitor; all of them must hold of the same.")]
pub(super) struct SegmentRequest {
    /// The visitor did this at least once.
    did: Option<DeedRequest>,
    /// The visitor never did this.
    did_not: Option<DeedRequest>,
    /// The visitor opened a cart that is `open`, `idle`, `abandoned`, `recovered`, `purchased`, `emptied` or `expired`, or
    /// was `ever_abandoned`.
    cart: Option<String>,
    /// The visitor opened no such cart.
    no_cart: Option<String>,
    /// `period`: events in the question's period, carts opened in it; or `ever`. `period` when left out.
    within: Option<String>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(
    rename = "Deed",
    description = "An event: by its name, touchpoint, stage or page, by conditions, or by both."
)]
struct DeedRequest {
    event: Option<String>,
    touchpoint: Option<String>,
    stage: Option<String>,
    page: Option<String>,
    #[serde(default)]
    r#where: Vec<FilterRequest>,
}

/// Takes the conditions that stand in `segment` of a question; carts are told apart by `timeouts`.
pub(super) fn parse_segment(
    requests: Vec<SegmentRequest>,
    site: &Site,
    timeouts: Timeouts,
) -> Result<Segment, ReportError> {
    if Segment::CONDITIONS_MAX < requests.len() {
        return Err(bad(&format!("a segment has at most {} conditions", Segment::CONDITIONS_MAX), "segment"));
    }
    let rules = CartRules { timeouts, currency: site.currency };
    let parse = |(place, request): (usize, SegmentRequest)| request.parse(&format!("segment[{place}]"), site, rules);
    let conditions = requests.into_iter().enumerate().map(parse).collect::<Result<_, _>>()?;
    Ok(Segment { conditions, as_of: None })
}

impl SegmentRequest {
    fn parse(self, path: &str, site: &Site, rules: CartRules) -> Result<Condition, ReportError> {
        let Self { did, did_not, cart, no_cart, within } = self;
        let within = within.as_deref().map_or(Some(Within::Period), Within::parse);
        let within = within.ok_or_else(|| bad("`within` is period or ever", &format!("{path}.within")))?;
        let deed = |deed: DeedRequest, name: &str| deed.parse(&format!("{path}.{name}"), site).map(Sought::Deed);
        let fate = |word: &str, name: &str| {
            let states = State::ALL.map(State::as_str).join(", ");
            let fate = CartFate::parse(word);
            let fate =
                fate.ok_or_else(|| bad(&format!("a cart is {states} or ever_abandoned"), &format!("{path}.{name}")));
            fate.map(|fate| Sought::Cart(fate, rules))
        };
        let (sought, found) = match (did, did_not, cart, no_cart) {
            (Some(did), None, None, None) => (deed(did, "did")?, Found::Once),
            (None, Some(did_not), None, None) => (deed(did_not, "did_not")?, Found::Never),
            (None, None, Some(word), None) => (fate(&word, "cart")?, Found::Once),
            (None, None, None, Some(word)) => (fate(&word, "no_cart")?, Found::Never),
            _ => return Err(bad("a condition is exactly one of did, did_not, cart and no_cart", path)),
        };
        Ok(Condition { sought, found, within })
    }
}

impl DeedRequest {
    fn parse(self, path: &str, site: &Site) -> Result<Deed, ReportError> {
        let Self { event, touchpoint, stage, page, r#where } = self;
        let named = [&event, &touchpoint, &stage, &page].into_iter().any(Option::is_some);
        if !named && r#where.is_empty() {
            return Err(bad("say which event, touchpoint, stage or page, or a condition in `where`", path));
        }
        let target = TargetRequest { event, touchpoint, stage, page };
        let target = named.then(|| target.parse("the condition", path)).transpose()?.map(|(target, _)| target);
        Ok(Deed { target, filters: parse_filters(r#where, &format!("{path}.where"), site)? })
    }
}
