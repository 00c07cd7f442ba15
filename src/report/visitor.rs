//! The report about one person: its question as it comes over the wire, and its route.

use std::num::NonZeroUsize;

use axum::Extension;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Deserialize;

use super::body::{QueryForm, RawBody, read_question};
use super::cart_request::parse_currency;
use super::door::SiteScope;
use super::error::{ReportError, bad};
use super::named::Named;
use super::period::{parse_moment, parse_zone};
use super::questions::{Asking, QUESTION_BYTES_MAX, ReportForm, TEXT, as_text, refuse};
use super::visitor_links::{parse_customer, parse_visitor};
use crate::analyze::Scope;
use crate::analyze::abandonment::CartScope;
use crate::analyze::person::{self, Cursor, Question, Whom};
use crate::domain::segment::Segment;
use crate::domain::time::{Period, Timestamp};
use crate::route::{Access, Content, Endpoint, May, Route};

/// At most so many events at once.
const LIMIT_MAX: usize = 1_000;
/// So many where nothing is said.
const LIMIT_DEFAULT: usize = 100;
/// Nothing stored is later.
const FOR_EVER_MS: i64 = 32_503_680_000_000;

/// The route, below `/v1/sites/{site}`; not guarded yet.
pub(super) fn route(asking: &Asking) -> Route {
    let about = "All that one person did, on all its browsers";
    Endpoint::post("/v1/sites/{site}/reports/visitor", Access::Site(May::Read), about)
        .query::<ReportForm>()
        .takes(Content::json::<VisitorRequest>(), QUESTION_BYTES_MAX)
        .answers(200, Content::json::<Named<person::Answer>>())
        .answers(200, TEXT)
        .refuses(&[400, 404, 413, 503])
        .serve(visitor_report, asking.clone())
}

/// The body of `POST …/reports/visitor`: one of the two ids.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct VisitorRequest {
    /// The id that the shop sent, or the number that exports show; the customer that it is linked to is meant, with all
    /// browsers.
    visitor: Option<String>,
    /// The shop's own id of the person, or the e-mail address.
    customer: Option<String>,
    /// So many events; 100 when left out.
    #[schemars(range(min = 1, max = 1_000))]
    limit: Option<usize>,
    /// The `next` of the page before.
    before: Option<String>,
    /// An IANA name; the site's own when left out.
    time_zone: Option<String>,
    /// Show this currency alone.
    currency: Option<String>,
    /// Nothing after it is looked at; the newest data when left out.
    as_of: Option<String>,
}

impl VisitorRequest {
    /// Checks every part and names the first that does not fit.
    fn parse(self, scope: &SiteScope, asking: &Asking) -> Result<Question, ReportError> {
        let site = &scope.site;
        let whom = match (&self.visitor, &self.customer) {
            (Some(id), None) => Whom::Visitors(parse_visitor(asking, scope, id)?),
            (None, Some(id)) => Whom::Customer(parse_customer(asking, scope, id)?),
            _ => return Err(bad("name one of `visitor` and `customer`", "visitor")),
        };
        let time_zone = parse_zone(self.time_zone.as_deref(), site)?;
        let as_of = self.as_of.as_deref().map(|text| parse_moment(text, &time_zone, "as_of")).transpose()?;
        let limit = NonZeroUsize::new(self.limit.unwrap_or(LIMIT_DEFAULT)).filter(|limit| limit.get() <= LIMIT_MAX);
        let before = self
            .before
            .map(|text| Cursor::parse(&text).ok_or_else(|| bad("`before` is the `next` of the page before", "before")));
        let period =
            Period::new(Timestamp::from_ms(0), Timestamp::from_ms(FOR_EVER_MS)).expect("it does not end first");
        Ok(Question {
            whom,
            carts: CartScope {
                scope: Scope { site: site.id, period, time_zone, session_gap_ms: asking.session_gap_ms },
                as_of,
                timeouts: asking.cart_timeouts,
                filters: Vec::new(),
                segment: Segment::default(),
                site_currency: site.currency,
                currency: parse_currency(self.currency.as_deref())?,
            },
            limit: limit.ok_or_else(|| bad(&format!("the limit is 1 to {LIMIT_MAX}"), "limit"))?,
            before: before.transpose()?,
        })
    }
}

/// `POST /v1/sites/{site}/reports/visitor`. With `?show=sql` the query of the timeline as text.
async fn visitor_report(
    State(asking): State<Asking>,
    Extension(scope): Extension<SiteScope>,
    QueryForm(form): QueryForm<ReportForm>,
    RawBody(body): RawBody,
) -> Result<Response, ReportError> {
    let question = read_question::<VisitorRequest>(&body)?.parse(&scope, &asking)?;
    let (show_sql, naming) = (form.shows_sql(), asking.naming.clone());
    let answer = asking.questions.ask(move |snapshot| {
        if show_sql {
            return Ok(as_text(&person::query(snapshot, &question).with_values_written_out()));
        }
        Ok(match person::answer(snapshot, &question)? {
            Some(answer) => naming.answer(answer),
            None => ReportError::NotFound.into_response(),
        })
    });
    answer.await.map_err(refuse)
}
