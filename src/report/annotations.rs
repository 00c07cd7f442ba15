//! Annotations: notes on a site's days, which stand on the time axis of reports.

use axum::extract::State;
use axum::http::{Method, StatusCode};
use axum::response::IntoResponse;
use axum::{Extension, Json};
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::body::{JsonBody, PathParts};
use super::door::SiteScope;
use super::error::{ReportError, bad};
use super::questions::Asking;
use crate::control::{Annotation, AnnotationChange, AnnotationId, Deed};
use crate::domain::name::Label;
use crate::route::{Access, Content, Endpoint, May, Route};

const FORM_BYTES_MAX: usize = 4 << 10;
const ALL: &str = "/v1/sites/{site}/annotations";
const ONE: &str = "/v1/sites/{site}/annotations/{id}";

/// Listing, writing, changing and removing.
pub(super) fn routes(asking: &Asking) -> Vec<Route> {
    let (read, edit) = (Access::Site(May::Read), Access::Site(May::Edit));
    let routes = vec![
        Endpoint::get(ALL, read, "The notes on a site's days, by day")
            .answers(200, Content::json::<AnnotationList>())
            .serve(list, asking.clone()),
        Endpoint::post(ALL, edit, "Writes a note on a day")
            .takes(Content::json::<AnnotationForm>(), FORM_BYTES_MAX)
            .answers(201, Content::json::<AnnotationSeen>())
            .refuses(&[400, 413, 503])
            .serve(add, asking.clone()),
        Endpoint::new(Method::PUT, ONE, edit, "Changes a note's day, text or both")
            .path_part::<u32>("id")
            .takes(Content::json::<ChangeForm>(), FORM_BYTES_MAX)
            .answers(200, Content::json::<AnnotationSeen>())
            .refuses(&[400, 413, 503])
            .serve(change, asking.clone()),
        Endpoint::delete(ONE, edit, "Removes a note")
            .path_part::<u32>("id")
            .answers(204, Content::Empty)
            .refuses(&[503])
            .serve(remove, asking.clone()),
    ];
    routes.into_iter().map(|route| asking.door.guard(route)).collect()
}

/// A note to be.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct AnnotationForm {
    /// The day, such as `2026-11-22`, in the site's time zone.
    date: String,
    #[schemars(length(min = 1, max = 200))]
    text: String,
}

/// What to change; what is left out stays.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ChangeForm {
    date: Option<String>,
    #[schemars(length(min = 1, max = 200))]
    text: Option<String>,
}

/// The notes of a site.
#[derive(Serialize, JsonSchema)]
struct AnnotationList {
    annotations: Vec<AnnotationSeen>,
}

/// A note on a day.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Annotation")]
struct AnnotationSeen {
    id: u32,
    date: String,
    text: String,
    created_by: String,
    created_at: String,
    changed_by: String,
    changed_at: String,
}

impl AnnotationSeen {
    fn new(annotation: Annotation) -> Self {
        let Annotation { id, date, text, created, changed } = annotation;
        Self {
            id: id.0,
            date: date.to_string(),
            text,
            created_by: created.by,
            created_at: created.at.to_string(),
            changed_by: changed.by,
            changed_at: changed.at.to_string(),
        }
    }
}

fn parse_date(text: &str) -> Result<Date, ReportError> {
    let date = text
        .parse::<Date>()
        .ok()
        .filter(|date| text.len() == "2026-11-22".len() && (1970..3000).contains(&date.year()));
    date.ok_or_else(|| bad("a day such as 2026-11-22, from 1970 to 2999", "date"))
}

fn parse_text(text: &str) -> Result<Label, ReportError> {
    Label::parse(text).map_err(|_| bad("a note has 1 to 200 characters, none of them a control character", "text"))
}

async fn list(
    State(asking): State<Asking>,
    Extension(scope): Extension<SiteScope>,
) -> Result<Json<AnnotationList>, ReportError> {
    let site = scope.site.id;
    let annotations = asking.door.block(move |control| control.list_annotations(site)).await??;
    Ok(Json(AnnotationList { annotations: annotations.into_iter().map(AnnotationSeen::new).collect() }))
}

async fn add(
    State(asking): State<Asking>,
    Extension(scope): Extension<SiteScope>,
    JsonBody(form): JsonBody<AnnotationForm>,
) -> Result<impl IntoResponse, ReportError> {
    let (date, text) = (parse_date(&form.date)?, parse_text(&form.text)?);
    let (site, by) = (scope.site.id, Deed { by: scope.asked_by, at: (asking.now)() });
    let added = asking.door.block(move |control| control.add_annotation(site, date, &text, &by)).await??;
    let added = added.ok_or_else(|| {
        ReportError::bad_request("too_many_annotations", "this site has 1,000 notes; remove some".to_owned(), "")
    })?;
    Ok((StatusCode::CREATED, Json(AnnotationSeen::new(added))))
}

async fn change(
    State(asking): State<Asking>,
    Extension(scope): Extension<SiteScope>,
    PathParts((_, id)): PathParts<(String, u32)>,
    JsonBody(form): JsonBody<ChangeForm>,
) -> Result<Json<AnnotationSeen>, ReportError> {
    let date = form.date.as_deref().map(parse_date).transpose()?;
    let text = form.text.as_deref().map(parse_text).transpose()?;
    let (site, by) = (scope.site.id, Deed { by: scope.asked_by, at: (asking.now)() });
    let change = AnnotationChange { date, text };
    let changed =
        asking.door.block(move |control| control.change_annotation(site, AnnotationId(id), &change, &by)).await??;
    changed.map(AnnotationSeen::new).map(Json).ok_or(ReportError::NotFound)
}

async fn remove(
    State(asking): State<Asking>,
    Extension(scope): Extension<SiteScope>,
    PathParts((_, id)): PathParts<(String, u32)>,
) -> Result<StatusCode, ReportError> {
    let site = scope.site.id;
    let removed = asking.door.block(move |control| control.remove_annotation(site, AnnotationId(id))).await??;
    if removed { Ok(StatusCode::NO_CONTENT) } else { Err(ReportError::NotFound) }
}
