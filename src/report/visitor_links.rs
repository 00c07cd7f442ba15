//! Which customers a visitor is linked to; undoing a link, and taking that back.
//!
//! An id is the one that the shop sent or the number that exports show; should it be both, both visitors are meant.

use axum::extract::State;
use axum::{Extension, Json};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::body::{JsonBody, PathParts};
use super::door::SiteScope;
use super::error::{ReportError, bad};
use super::questions::{Asking, refuse};
use crate::analyze::visitor_links::{CustomerNamed, VisitorSeen, seen};
use crate::control::{Doer, UnlinkFact};
use crate::domain::id::VisitorId;
use crate::domain::link::Unlink;
use crate::domain::name::Label;
use crate::domain::time::Timestamp;
use crate::route::{Access, Content, Endpoint, May, Route};

const BODY_BYTES_MAX: usize = 4 << 10;

/// The routes, below `/v1/sites/{site}`; not guarded yet.
pub(super) fn routes(asking: &Asking) -> Vec<Route> {
    let (read, edit) = (Access::Site(May::Read), Access::Site(May::Edit));
    let links = "/v1/sites/{site}/visitors/{id}/links";
    let answers = |endpoint: Endpoint| endpoint.answers(200, Content::json::<VisitorList>()).refuses(&[400, 404, 503]);
    vec![
        answers(Endpoint::get("/v1/sites/{site}/visitors/{id}", read, "Which customers a visitor is linked to"))
            .serve(see, asking.clone()),
        answers(Endpoint::delete(links, edit, "Undoes each of a visitor's links, those to come too"))
            .serve(unlink_each, asking.clone()),
        answers(Endpoint::delete(
            "/v1/sites/{site}/visitors/{id}/links/{customer}",
            edit,
            "Undoes a visitor's link to one customer",
        ))
        .serve(unlink_one, asking.clone()),
        answers(Endpoint::post(links, edit, "Takes back that links were undone"))
            .takes(Content::json::<LinkForm>(), BODY_BYTES_MAX)
            .serve(take_back, asking.clone()),
    ]
}

/// Which undone links are to hold again.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct LinkForm {
    /// The one to this customer; all that was undone of the visitor when left out.
    customer: Option<String>,
}

/// Whom an id stands for: one visitor, but for the rarest case.
#[derive(Serialize, JsonSchema)]
struct VisitorList {
    visitors: Vec<VisitorLinked>,
}

/// A visitor, and who it is.
#[derive(Serialize, JsonSchema)]
struct VisitorLinked {
    /// As exports have it.
    visitor: String,
    /// Who it is: whom it named last, but for undone links. Null: nobody who is known.
    customer: Option<String>,
    first_seen_at: String,
    last_seen_at: String,
    events: u64,
    /// To each customer that the visitor ever named.
    links: Vec<Link>,
    /// What was said against links, newest first.
    unlinks: Vec<UnlinkSaid>,
}

/// That events of the visitor name a customer.
#[derive(Serialize, JsonSchema)]
struct Link {
    customer: String,
    since: String,
    last_named_at: String,
    /// How many name it.
    events: u64,
    /// Null while the link holds.
    undone: Option<Said>,
}

/// By whom, and when.
#[derive(Clone, Serialize, JsonSchema)]
struct Said {
    at: String,
    by: String,
}

/// That a visitor is not a customer.
#[derive(Serialize, JsonSchema)]
struct UnlinkSaid {
    /// Null: no customer at all.
    customer: Option<String>,
    made: Said,
    /// Null while it stands.
    taken_back: Option<Said>,
}

impl VisitorLinked {
    fn new(seen: &VisitorSeen, facts: &[UnlinkFact]) -> Self {
        let standing = |named: &CustomerNamed| {
            let about = |fact: &&UnlinkFact| {
                let customer = fact.unlink.customer.as_ref();
                fact.taken_back.is_none() && customer.is_none_or(|customer| customer.as_str() == named.customer)
            };
            facts.iter().find(about).map(|fact| said(fact.made_at, &fact.made_by))
        };
        let link = |named: &CustomerNamed| Link {
            customer: named.customer.clone(),
            since: named.since.to_string(),
            last_named_at: named.last.0.to_string(),
            events: named.events,
            undone: standing(named),
        };
        let holds = seen.named.iter().filter(|named| standing(named).is_none());
        Self {
            visitor: seen.visitor.0.to_string(),
            customer: holds.max_by_key(|named| named.last).map(|named| named.customer.clone()),
            first_seen_at: seen.first_at.to_string(),
            last_seen_at: seen.last_at.to_string(),
            events: seen.events,
            links: seen.named.iter().map(link).collect(),
            unlinks: facts.iter().map(UnlinkSaid::new).collect(),
        }
    }
}

impl UnlinkSaid {
    fn new(fact: &UnlinkFact) -> Self {
        Self {
            customer: fact.unlink.customer.as_ref().map(Label::to_string),
            made: said(fact.made_at, &fact.made_by),
            taken_back: fact.taken_back.as_ref().map(|(at, by)| said(*at, by)),
        }
    }
}

fn said(at: Timestamp, by: &str) -> Said {
    Said { at: at.to_string(), by: by.to_owned() }
}

/// `GET …/visitors/{id}`.
async fn see(
    State(asking): State<Asking>,
    Extension(scope): Extension<SiteScope>,
    PathParts((_, id)): PathParts<(String, String)>,
) -> Result<Json<VisitorList>, ReportError> {
    let seen = find(&asking, &scope, &id).await?;
    answer(&asking, &scope, seen).await
}

/// `DELETE …/visitors/{id}/links`: a browser that is nobody's, such as one in a shop.
async fn unlink_each(
    State(asking): State<Asking>,
    Extension(scope): Extension<SiteScope>,
    PathParts((_, id)): PathParts<(String, String)>,
) -> Result<Json<VisitorList>, ReportError> {
    let seen = find(&asking, &scope, &id).await?;
    let unlink = |seen: &VisitorSeen| Unlink { site: scope.site.id, visitor: seen.visitor, customer: None };
    let unlinks = seen.iter().map(unlink).collect();
    change(&asking, &scope, unlinks, Change::Undo).await?;
    answer(&asking, &scope, seen).await
}

/// `DELETE …/visitors/{id}/links/{customer}`.
async fn unlink_one(
    State(asking): State<Asking>,
    Extension(scope): Extension<SiteScope>,
    PathParts((_, id, customer)): PathParts<(String, String, String)>,
) -> Result<Json<VisitorList>, ReportError> {
    let customer = parse_customer(&asking, &scope, &customer)?;
    let mut seen = find(&asking, &scope, &id).await?;
    seen.retain(|seen| seen.named.iter().any(|named| named.customer == customer.as_str()));
    if seen.is_empty() {
        return Err(ReportError::NotFound);
    }
    let unlink = |seen: &VisitorSeen| {
        let customer = Some(customer.clone());
        Unlink { site: scope.site.id, visitor: seen.visitor, customer }
    };
    let unlinks = seen.iter().map(unlink).collect();
    change(&asking, &scope, unlinks, Change::Undo).await?;
    answer(&asking, &scope, seen).await
}

/// `POST …/visitors/{id}/links`.
async fn take_back(
    State(asking): State<Asking>,
    Extension(scope): Extension<SiteScope>,
    PathParts((_, id)): PathParts<(String, String)>,
    JsonBody(form): JsonBody<LinkForm>,
) -> Result<Json<VisitorList>, ReportError> {
    let customer = form.customer.map(|customer| parse_customer(&asking, &scope, &customer)).transpose()?;
    let seen = find(&asking, &scope, &id).await?;
    let unlink = |seen: &VisitorSeen| {
        let customer = customer.clone();
        Unlink { site: scope.site.id, visitor: seen.visitor, customer }
    };
    let unlinks = seen.iter().map(unlink).collect();
    change(&asking, &scope, unlinks, Change::TakeBack).await?;
    answer(&asking, &scope, seen).await
}

/// The customer that an id stands for, as events name it.
pub(super) fn parse_customer(asking: &Asking, scope: &SiteScope, customer: &str) -> Result<Label, ReportError> {
    let named = asking.door.control().customer_named(scope.site.id, customer);
    let (label, _) =
        named.ok_or_else(|| bad("an id has 1 to 200 characters, none of them a control character", "customer"))?;
    Ok(label)
}

/// The visitors that an id of the path stands for; at least one.
async fn find(asking: &Asking, scope: &SiteScope, id: &str) -> Result<Vec<VisitorSeen>, ReportError> {
    let site = scope.site.id;
    let visitors = parse_visitor(asking, scope, id)?;
    let found = asking.questions.ask(move |snapshot| seen(snapshot, site, &visitors)).await.map_err(refuse)?;
    if found.is_empty() { Err(ReportError::NotFound) } else { Ok(found) }
}

/// The visitors that an id may stand for.
pub(super) fn parse_visitor(asking: &Asking, scope: &SiteScope, id: &str) -> Result<Vec<VisitorId>, ReportError> {
    let named = asking.door.control().visitors_named(scope.site.id, id);
    named.ok_or_else(|| bad("an id has 1 to 200 characters, none of them a control character", "visitor"))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Change {
    Undo,
    TakeBack,
}

/// Writes it down; when this returns, every question that begins sees it.
async fn change(asking: &Asking, scope: &SiteScope, unlinks: Vec<Unlink>, change: Change) -> Result<(), ReportError> {
    let (by, at, questions) = (scope.asked_by.clone(), (asking.now)(), asking.questions.clone());
    let written = asking.door.block(move |control| {
        let doer = Doer { by: &by, at };
        let written = match change {
            Change::Undo => control.add_unlinks(&unlinks, doer)?,
            Change::TakeBack => control.take_back_unlinks(&unlinks, doer).map(|_| true)?,
        };
        questions.undo_links(|| control.standing_unlinks())?;
        Ok::<_, crate::control::Error>(written)
    });
    if written.await?? {
        return Ok(());
    }
    let message = "1,000 links of this site are undone, and no more can be; take some back".to_owned();
    Err(ReportError::bad_request("too_many_unlinks", message, ""))
}

async fn answer(asking: &Asking, scope: &SiteScope, seen: Vec<VisitorSeen>) -> Result<Json<VisitorList>, ReportError> {
    let site = scope.site.id;
    let visitors = asking.door.block(move |control| {
        let linked = |seen: &VisitorSeen| Ok(VisitorLinked::new(seen, &control.list_unlinks(site, seen.visitor)?));
        seen.iter().map(linked).collect::<Result<_, crate::control::Error>>()
    });
    Ok(Json(VisitorList { visitors: visitors.await?? }))
}
