//! Share links: one report, its question frozen, for whoever has the link, until it is over or revoked.
//!
//! # Why
//! The token stands behind `#` in the link, so no server log and no `Referer` ever has it; the page sends it as
//! `Authorization: Bearer …`, which no foreign page can make a browser do.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::{Extension, Json};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::body::{JsonBody, PathParts, read_question};
use super::cart_request::{AbandonmentRequest, CartsQuestion, CartsRequest};
use super::door::{SharedReport, SiteScope};
use super::dropoff_request::DropoffRequest;
use super::error::{ReportError, bad};
use super::funnel_request::FunnelRequest;
use super::overview_request::OverviewRequest;
use super::questions::{Asking, QUESTION_BYTES_MAX};
use super::retention::RetentionRequest;
use crate::control::{FrozenReport, SHARE_DAYS_MAX, Share, ShareId, Site};
use crate::route::{Access, Content, Endpoint, May, Report, Route};

/// A share that says nothing else lives for so many days.
const SHARE_DAYS: u16 = 30;
const NAME_CHARS_MAX: usize = 100;

/// Making, listing and revoking shares, and what the holder of one sees of it.
pub(super) fn routes(asking: &Asking) -> Vec<Route> {
    let edit = Access::Site(May::Edit);
    let routes = vec![
        Endpoint::post("/v1/sites/{site}/shares", edit, "Makes a link that shows one report without signing in")
            .takes(Content::json::<ShareForm>(), QUESTION_BYTES_MAX)
            .answers(201, Content::json::<ShareMade>())
            .refuses(&[400, 413, 503])
            .serve(add, asking.clone()),
        Endpoint::get("/v1/sites/{site}/shares", edit, "The links of a site that are not over")
            .answers(200, Content::json::<ShareList>())
            .serve(list, asking.clone()),
        Endpoint::delete("/v1/sites/{site}/shares/{id}", edit, "Makes a link useless at once")
            .path_part::<u32>("id")
            .answers(204, Content::Empty)
            .refuses(&[503])
            .serve(revoke, asking.clone()),
        Endpoint::get("/v1/share", Access::Share, "What the holder of a link may ask")
            .answers(200, Content::json::<ShareSeen>())
            .serve(see, ()),
    ];
    routes.into_iter().map(|route| asking.door.guard(route)).collect()
}

/// A link to be.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ShareForm {
    /// What its maker calls it.
    name: Option<String>,
    report: Report,
    /// The report's question. With `last_days` in it the link moves with the calendar.
    #[schemars(with = "SharedQuestion")]
    question: Value,
    /// 30 when left out.
    #[schemars(range(min = 1, max = 365))]
    expires_in_days: Option<u16>,
}

/// The question of the report that is named beside it.
#[derive(JsonSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "the description of a body; it is read by the report's name")]
enum SharedQuestion {
    Funnel(FunnelRequest),
    Abandonment(AbandonmentRequest),
    Carts(CartsRequest),
    Dropoff(DropoffRequest),
    Overview(OverviewRequest),
    Retention(RetentionRequest),
}

/// A link, this once with its token.
#[derive(Serialize, JsonSchema)]
struct ShareMade {
    #[serde(flatten)]
    share: ShareListed,
    token: String,
    /// The link, behind this server's address.
    url: String,
}

/// The links of a site.
#[derive(Serialize, JsonSchema)]
struct ShareList {
    shares: Vec<ShareListed>,
}

/// A link, without its token, which is kept nowhere.
#[derive(Serialize, JsonSchema)]
struct ShareListed {
    id: u32,
    name: String,
    report: String,
    question: Value,
    created_at: String,
    expires_at: String,
}

impl ShareListed {
    fn new(share: &Share) -> Self {
        Self {
            id: share.id.0,
            name: share.frozen.name.clone(),
            report: share.frozen.report.clone(),
            question: question_of(share),
            created_at: share.created_at.to_string(),
            expires_at: share.expires_at.to_string(),
        }
    }
}

/// What the holder of a link sees of it.
#[derive(Serialize, JsonSchema)]
struct ShareSeen {
    site: SharedSite,
    name: String,
    report: String,
    /// All that may be asked.
    question: Value,
    expires_at: String,
}

/// The site that a link shows.
#[derive(Serialize, JsonSchema)]
struct SharedSite {
    key: String,
    name: String,
    time_zone: String,
    currency: String,
}

/// `POST …/shares`: the question must be one that would be answered.
async fn add(
    State(asking): State<Asking>,
    Extension(scope): Extension<SiteScope>,
    JsonBody(form): JsonBody<ShareForm>,
) -> Result<impl IntoResponse, ReportError> {
    let name = form.name.unwrap_or_default();
    if NAME_CHARS_MAX < name.chars().count() || name.chars().any(char::is_control) {
        return Err(bad("a name has at most 100 characters, none of them a control character", "name"));
    }
    let days = form.expires_in_days.unwrap_or(SHARE_DAYS);
    if !(1..=SHARE_DAYS_MAX).contains(&days) {
        return Err(bad("a link lives for 1 to 365 days", "expires_in_days"));
    }
    let now = (asking.now)();
    if names_an_order(&form.question) {
        return Err(bad("a link names no cart and no order; leave out this condition", "where"));
    }
    let question = form.question.to_string();
    check(form.report, question.as_bytes(), &scope.site, &asking)?;
    let frozen = FrozenReport { name, report: form.report.as_str().to_owned(), question };
    let site = scope.site.id;
    let made = asking.door.block(move |control| control.add_share(site, frozen, days, now)).await??;
    let (share, token) = made.ok_or_else(|| {
        ReportError::bad_request("too_many_shares", "this site has 1,000 links; revoke some".to_owned(), "")
    })?;
    let url = format!("/share#{token}");
    Ok((StatusCode::CREATED, Json(ShareMade { share: ShareListed::new(&share), token, url })))
}

/// Whether a report's question would be answered.
fn check(report: Report, question: &[u8], site: &Site, asking: &Asking) -> Result<(), ReportError> {
    match report {
        Report::Funnel => FunnelRequest::read(question)?.parse(site, asking).map(drop),
        Report::Abandonment => read_question::<AbandonmentRequest>(question)?.parse(site, asking).map(drop),
        Report::Carts => match read_question::<CartsRequest>(question)?.parse(site, asking)? {
            CartsQuestion::List(..) => Ok(()),
            CartsQuestion::One(..) => Err(bad("a link shows a list of carts, not the history of one", "cart")),
        },
        Report::Dropoff => read_question::<DropoffRequest>(question)?.parse(site, asking).map(drop),
        Report::Overview => read_question::<OverviewRequest>(question)?.parse(site, asking).map(drop),
        Report::Retention => read_question::<RetentionRequest>(question)?.parse(site, asking).map(drop),
    }
}

/// Whether a condition of the question, wherever it stands, names a cart or an order: the holder of the link reads it.
fn names_an_order(question: &Value) -> bool {
    match question {
        Value::Object(parts) => {
            let named = parts.get("field").and_then(Value::as_str);
            matches!(named, Some("cart_id" | "transaction_id")) || parts.values().any(names_an_order)
        }
        Value::Array(parts) => parts.iter().any(names_an_order),
        _ => false,
    }
}

async fn list(
    State(asking): State<Asking>,
    Extension(scope): Extension<SiteScope>,
) -> Result<impl IntoResponse, ReportError> {
    let now = (asking.now)();
    let shares = asking.door.block(move |control| control.list_shares(scope.site.id, now)).await??;
    Ok(Json(ShareList { shares: shares.iter().map(ShareListed::new).collect() }))
}

async fn revoke(
    State(asking): State<Asking>,
    Extension(scope): Extension<SiteScope>,
    PathParts((_, id)): PathParts<(String, u32)>,
) -> Result<StatusCode, ReportError> {
    let revoked = asking.door.block(move |control| control.revoke_share(scope.site.id, ShareId(id))).await??;
    if revoked { Ok(StatusCode::NO_CONTENT) } else { Err(ReportError::NotFound) }
}

/// `GET /v1/share`.
async fn see(Extension(SharedReport { site, share }): Extension<SharedReport>) -> impl IntoResponse {
    Json(ShareSeen {
        site: SharedSite {
            key: site.key.to_string(),
            name: site.shown_name().to_owned(),
            time_zone: site.time_zone_name().to_owned(),
            currency: site.currency.as_str().to_owned(),
        },
        question: question_of(&share),
        name: share.frozen.name,
        report: share.frozen.report,
        expires_at: share.expires_at.to_string(),
    })
}

fn question_of(share: &Share) -> Value {
    serde_json::from_str(&share.frozen.question).expect("only JSON is stored as a question")
}

/// The question that is answered to a request: to the holder of a link the frozen one only. It may be left out;
/// any other is refused instead of being answered differently.
pub(super) fn question<'a>(shared: Option<&'a SharedReport>, body: &'a [u8]) -> Result<&'a [u8], ReportError> {
    let Some(SharedReport { share, .. }) = shared else { return Ok(body) };
    let same = || serde_json::from_slice::<Value>(body).is_ok_and(|asked| asked == question_of(share));
    if body.is_empty() || same() {
        return Ok(share.frozen.question.as_bytes());
    }
    Err(ReportError::Forbidden { code: "frozen", message: "a share link answers its own question only" })
}
