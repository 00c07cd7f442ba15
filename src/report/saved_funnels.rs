//! Saved funnels: the questions of the funnel report that a site keeps by name. A copy is saved under another name.
//!
//! # Why
//! A question is checked when it is saved and once more when it is shown: one that an older version saved and this one
//! does not take stays in the list, with what is wrong with it, and hurts nothing else.

use axum::extract::State;
use axum::http::{Method, StatusCode};
use axum::response::IntoResponse;
use axum::{Extension, Json};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::body::{JsonBody, PathParts};
use super::door::SiteScope;
use super::error::{ReportError, bad};
use super::funnel_request::FunnelRequest;
use super::questions::{Asking, QUESTION_BYTES_MAX};
use crate::control::{Deed, Error, FunnelChange, FunnelId, SavedFunnel, Site};
use crate::domain::name::Label;
use crate::route::{Access, Content, Endpoint, May, Route};

const NAME_CHARS_MAX: usize = 100;
const ONE: &str = "/v1/sites/{site}/funnels/{id}";

/// Listing, saving, changing and removing.
pub(super) fn routes(asking: &Asking) -> Vec<Route> {
    let (read, edit) = (Access::Site(May::Read), Access::Site(May::Edit));
    let routes = vec![
        Endpoint::get("/v1/sites/{site}/funnels", read, "The funnels that a site keeps, by name")
            .answers(200, Content::json::<FunnelList>())
            .serve(list, asking.clone()),
        Endpoint::post("/v1/sites/{site}/funnels", edit, "Saves a funnel, or a copy of one, under a name of its own")
            .takes(Content::json::<FunnelForm>(), QUESTION_BYTES_MAX)
            .answers(201, Content::json::<FunnelSeen>())
            .refuses(&[400, 413, 503])
            .serve(add, asking.clone()),
        Endpoint::get(ONE, read, "A saved funnel")
            .path_part::<u32>("id")
            .answers(200, Content::json::<FunnelSeen>())
            .serve(see, asking.clone()),
        Endpoint::new(Method::PUT, ONE, edit, "Changes a saved funnel's name, question or both")
            .path_part::<u32>("id")
            .takes(Content::json::<ChangeForm>(), QUESTION_BYTES_MAX)
            .answers(200, Content::json::<FunnelSeen>())
            .refuses(&[400, 413, 503])
            .serve(change, asking.clone()),
        Endpoint::delete(ONE, edit, "Forgets a saved funnel")
            .path_part::<u32>("id")
            .answers(204, Content::Empty)
            .refuses(&[503])
            .serve(remove, asking.clone()),
    ];
    routes.into_iter().map(|route| asking.door.guard(route)).collect()
}

/// A funnel to be kept.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct FunnelForm {
    /// No other funnel of the site has it.
    #[schemars(length(min = 1, max = 100))]
    name: String,
    /// The report's question. With `last_days` in it the funnel moves with the calendar.
    #[schemars(with = "FunnelRequest")]
    question: Value,
}

/// What to change; what is left out stays.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ChangeForm {
    #[schemars(length(min = 1, max = 100))]
    name: Option<String>,
    #[schemars(with = "Option<FunnelRequest>")]
    question: Option<Value>,
}

/// The funnels of a site.
#[derive(Serialize, JsonSchema)]
struct FunnelList {
    funnels: Vec<FunnelSeen>,
}

/// A funnel that a site keeps.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "SavedFunnel")]
struct FunnelSeen {
    id: u32,
    name: String,
    /// What `POST …/reports/funnel` takes.
    question: Value,
    /// What is wrong with a question that this version does not take; null when all is well.
    problem: Option<String>,
    created_by: String,
    created_at: String,
    changed_by: String,
    changed_at: String,
}

impl FunnelSeen {
    fn new(saved: SavedFunnel, site: &Site, asking: &Asking) -> Self {
        Self {
            problem: check(&saved.question, site, asking).err().map(|error| error.said()),
            question: serde_json::from_str(&saved.question).expect("only JSON is stored as a question"),
            id: saved.id.0,
            name: saved.name,
            created_by: saved.created.by,
            created_at: saved.created.at.to_string(),
            changed_by: saved.changed.by,
            changed_at: saved.changed.at.to_string(),
        }
    }
}

fn check(question: &str, site: &Site, asking: &Asking) -> Result<(), ReportError> {
    FunnelRequest::read(question.as_bytes())?.parse(site, asking).map(|_| ())
}

/// The question as it is stored: one that would be answered.
fn parse_question(question: &Value, site: &Site, asking: &Asking) -> Result<String, ReportError> {
    let text = question.to_string();
    check(&text, site, asking).map_err(|error| error.below("question"))?;
    Ok(text)
}

fn parse_name(name: &str) -> Result<Label, ReportError> {
    Label::parse(name)
        .ok()
        .filter(|name| name.as_str().chars().count() <= NAME_CHARS_MAX)
        .ok_or_else(|| bad("a name has 1 to 100 characters, none of them a control character", "name"))
}

async fn list(
    State(asking): State<Asking>,
    Extension(scope): Extension<SiteScope>,
) -> Result<impl IntoResponse, ReportError> {
    let site = scope.site.id;
    let saved = asking.door.block(move |control| control.list_funnels(site)).await??;
    let funnels = saved.into_iter().map(|saved| FunnelSeen::new(saved, &scope.site, &asking)).collect();
    Ok(Json(FunnelList { funnels }))
}

async fn add(
    State(asking): State<Asking>,
    Extension(scope): Extension<SiteScope>,
    JsonBody(form): JsonBody<FunnelForm>,
) -> Result<impl IntoResponse, ReportError> {
    let name = parse_name(&form.name)?;
    let question = parse_question(&form.question, &scope.site, &asking)?;
    let (site, by) = (scope.site.id, Deed { by: scope.asked_by, at: (asking.now)() });
    let made = asking.door.block(move |control| control.add_funnel(site, &name, &question, &by)).await?;
    let saved = made.map_err(refused)?.ok_or_else(|| {
        ReportError::bad_request("too_many_funnels", "this site has 200 funnels; remove some".to_owned(), "")
    })?;
    Ok((StatusCode::CREATED, Json(FunnelSeen::new(saved, &scope.site, &asking))))
}

async fn see(
    State(asking): State<Asking>,
    Extension(scope): Extension<SiteScope>,
    PathParts((_, id)): PathParts<(String, u32)>,
) -> Result<impl IntoResponse, ReportError> {
    let site = scope.site.id;
    let saved = asking.door.block(move |control| control.saved_funnel(site, FunnelId(id))).await??;
    let saved = saved.ok_or(ReportError::NotFound)?;
    Ok(Json(FunnelSeen::new(saved, &scope.site, &asking)))
}

async fn change(
    State(asking): State<Asking>,
    Extension(scope): Extension<SiteScope>,
    PathParts((_, id)): PathParts<(String, u32)>,
    JsonBody(form): JsonBody<ChangeForm>,
) -> Result<impl IntoResponse, ReportError> {
    let name = form.name.as_deref().map(parse_name).transpose()?;
    let question = form.question.map(|question| parse_question(&question, &scope.site, &asking)).transpose()?;
    let (site, by) = (scope.site.id, Deed { by: scope.asked_by, at: (asking.now)() });
    let change = FunnelChange { name, question };
    let changed = asking.door.block(move |control| control.change_funnel(site, FunnelId(id), &change, &by)).await?;
    let saved = changed.map_err(refused)?.ok_or(ReportError::NotFound)?;
    Ok(Json(FunnelSeen::new(saved, &scope.site, &asking)))
}

async fn remove(
    State(asking): State<Asking>,
    Extension(scope): Extension<SiteScope>,
    PathParts((_, id)): PathParts<(String, u32)>,
) -> Result<StatusCode, ReportError> {
    let removed = asking.door.block(move |control| control.remove_funnel(scope.site.id, FunnelId(id))).await??;
    if removed { Ok(StatusCode::NO_CONTENT) } else { Err(ReportError::NotFound) }
}

fn refused(error: Error) -> ReportError {
    match error {
        Error::Exists { .. } => {
            let said = "another funnel of this site has this name; choose another".to_owned();
            ReportError::bad_request("name_taken", said, "name")
        }
        other => other.into(),
    }
}
