//! What is asked about orders, as it comes over the wire, and the door to the typed question.

use schemars::JsonSchema;
use serde::Deserialize;

use super::cart_request::{Asked, OFFSET_MAX, at_most_days, limit_of};
use super::error::{ReportError, bad};
use super::filter_request::FilterRequest;
use super::questions::Asking;
use super::segment_request::SegmentRequest;
use crate::analyze::abandonment::CartScope;
use crate::analyze::orders::{Buyer, DAYS_MAX, List, Sort};
use crate::control::Site;
use crate::domain::order::Status;

/// The body of `POST …/reports/orders`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct OrdersRequest {
    /// A date of the time zone, or a moment; included. Orders placed from then on are counted.
    from: Option<String>,
    /// A date of the time zone, or a moment; excluded.
    to: Option<String>,
    /// In place of `from` and `to`: the last so many days, today included.
    #[schemars(range(min = 1, max = 3_660))]
    last_days: Option<u16>,
    /// An IANA name; the site's own when left out.
    time_zone: Option<String>,
    /// What must be true of the page report of the order; of its first server report where no page reported it.
    #[serde(default)]
    r#where: Vec<FilterRequest>,
    /// Of which visitors.
    #[serde(default)]
    segment: Vec<SegmentRequest>,
    /// Show this currency alone, and sort by it.
    currency: Option<String>,
    /// The moment that orders are of; that of the newest data when left out. Later refunds are not known yet.
    as_of: Option<String>,
    /// `placed`, `partly_refunded`, `refunded`, `cancelled`; all are listed when left out.
    #[serde(default)]
    statuses: Vec<String>,
    /// `new`: first orders of their buyers are listed; `returning`: the others. Both when left out.
    buyer: Option<String>,
    /// What comes first: `ordered_at` or `value`; `ordered_at` when left out.
    sort: Option<String>,
    /// So many; 50 when left out.
    #[schemars(range(min = 1, max = 1_000))]
    limit: Option<usize>,
    /// After so many, as `next_offset` of the page before says.
    #[schemars(range(min = 0, max = 100_000))]
    offset: Option<usize>,
}

/// At most so many orders on a page.
const ORDERS_MAX: usize = 1_000;
const ORDERS_DEFAULT: usize = 50;

impl OrdersRequest {
    /// Checks every part and names the first that does not fit.
    pub(super) fn parse(self, site: &Site, asking: &Asking) -> Result<(CartScope, List), ReportError> {
        let status = |(place, word): (usize, &String)| {
            let words = Status::ALL.map(Status::as_str).join(", ");
            Status::parse(word)
                .ok_or_else(|| bad(&format!("a status is one of {words}"), &format!("statuses[{place}]")))
        };
        let statuses = self.statuses.iter().enumerate().map(status).collect::<Result<_, _>>()?;
        let buyer = |word: &str| Buyer::parse(word).ok_or_else(|| bad("a buyer is new or returning", "buyer"));
        let buyer = self.buyer.as_deref().map(buyer).transpose()?;
        let sort = self.sort.as_deref().map_or(Some(Sort::OrderedAt), Sort::parse);
        let sort = sort.ok_or_else(|| bad("orders are sorted by ordered_at or value", "sort"))?;
        let limit = limit_of(self.limit, ORDERS_DEFAULT, ORDERS_MAX)?;
        let offset = self.offset.unwrap_or(0);
        if OFFSET_MAX < offset {
            return Err(bad(&format!("the offset is 0 to {OFFSET_MAX}; ask for a shorter period"), "offset"));
        }
        let asked = Asked {
            from: self.from,
            to: self.to,
            last_days: self.last_days,
            time_zone: self.time_zone,
            filters: self.r#where,
            segment: self.segment,
            currency: self.currency,
            as_of: self.as_of,
        };
        let asked = asked.parse(site, asking)?;
        at_most_days(&asked, DAYS_MAX)?;
        Ok((asked, List { statuses, buyer, sort, limit, offset }))
    }
}
