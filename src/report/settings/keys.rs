//! Keys: by which programs speak for a site. The secret is answered once, when it is made.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::{Extension, Json};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::FORM_BYTES_MAX;
use crate::control::{Error, Key, KeyId, Scope};
use crate::report::body::{JsonBody, PathParts};
use crate::report::door::{Door, SiteScope};
use crate::report::error::{ReportError, bad};
use crate::route::{Access, Content, Endpoint, May, Route};

const ALL: &str = "/v1/sites/{site}/keys";

/// Not guarded yet.
pub(super) fn routes(door: &Door) -> Vec<Route> {
    let administer = Access::Site(May::Administer);
    vec![
        Endpoint::get(ALL, administer, "The keys of a site, without their secrets")
            .answers(200, Content::json::<KeyList>())
            .serve(list, door.clone()),
        Endpoint::post(ALL, administer, "Makes a key; its secret is told this once")
            .takes(Content::json::<KeyForm>(), FORM_BYTES_MAX)
            .answers(201, Content::json::<KeyMade>())
            .refuses(&[400, 413, 503])
            .serve(add, door.clone()),
        Endpoint::delete("/v1/sites/{site}/keys/{id}", administer, "Makes a key useless at once")
            .path_part::<u32>("id")
            .answers(204, Content::Empty)
            .refuses(&[503])
            .serve(revoke, door.clone()),
    ]
}

/// A key to be.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct KeyForm {
    /// `collect` sends events, `read` asks and exports, `admin` does all of it.
    scope: String,
    /// What it is for.
    #[schemars(length(max = 100))]
    name: Option<String>,
}

/// A key, this once with its secret.
#[derive(Serialize, JsonSchema)]
struct KeyMade {
    secret: String,
}

/// The keys of a site, oldest first.
#[derive(Serialize, JsonSchema)]
struct KeyList {
    keys: Vec<KeySeen>,
}

/// A key, without its secret, which is kept nowhere.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Key")]
struct KeySeen {
    id: u32,
    scope: &'static str,
    name: String,
    created_at: String,
}

impl KeySeen {
    fn new(key: Key) -> Self {
        Self { id: key.id.0, scope: key.scope.as_str(), name: key.name, created_at: key.created_at.to_string() }
    }
}

async fn list(State(door): State<Door>, Extension(scope): Extension<SiteScope>) -> Result<Json<KeyList>, ReportError> {
    let keys = door.block(|control| control.list_keys()).await??;
    let own = keys.into_iter().filter(|key| key.site == scope.site.key);
    Ok(Json(KeyList { keys: own.map(KeySeen::new).collect() }))
}

async fn add(
    State(door): State<Door>,
    Extension(scope): Extension<SiteScope>,
    JsonBody(form): JsonBody<KeyForm>,
) -> Result<impl IntoResponse, ReportError> {
    let use_for = Scope::parse(&form.scope).ok_or_else(|| bad("`collect`, `read` or `admin`", "scope"))?;
    let name = form.name.unwrap_or_default();
    let made = door.block(move |control| control.add_key(&scope.site.key, use_for, &name)).await?;
    let secret = made.map_err(|error| match error {
        Error::Unknown { .. } => ReportError::UnknownSite,
        other => other.into(),
    })?;
    Ok((StatusCode::CREATED, Json(KeyMade { secret })))
}

async fn revoke(
    State(door): State<Door>,
    Extension(scope): Extension<SiteScope>,
    PathParts((_, id)): PathParts<(String, u32)>,
) -> Result<StatusCode, ReportError> {
    let revoked = door.block(move |control| control.revoke_site_key(scope.site.id, KeyId(id))).await??;
    if revoked { Ok(StatusCode::NO_CONTENT) } else { Err(ReportError::NotFound) }
}
