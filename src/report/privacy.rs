//! What a site knows of its visitors and for how long, in plain words.

use axum::{Extension, Json};
use schemars::JsonSchema;
use serde::Serialize;

use super::door::{Door, SiteScope};
use crate::domain::privacy::{Privacy, Statement};
use crate::route::{Access, Content, Endpoint, May, Route};

/// `GET /v1/sites/{site}/privacy`.
pub(super) fn routes(door: &Door) -> Vec<Route> {
    let read = Access::Site(May::Read);
    let route =
        Endpoint::get("/v1/sites/{site}/privacy", read, "What is known of visitors, for how long, in plain words")
            .answers(200, Content::json::<PrivacySeen>())
            .serve(see, ());
    vec![door.guard(route)]
}

/// What holds for a site.
#[derive(Serialize, JsonSchema)]
struct PrivacySeen {
    /// `default` or `cnil`.
    preset: &'static str,
    /// Days after the day of arrival, as they hold; null: for ever.
    kept_days: Option<u16>,
    statements: Vec<StatementSeen>,
}

/// One subject, in a sentence or two.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Statement")]
struct StatementSeen {
    subject: &'static str,
    /// A stable name of the text.
    code: &'static str,
    text: String,
}

/// What is in force now. It is changed by `PUT …/settings` and `styk site set`.
async fn see(Extension(scope): Extension<SiteScope>) -> Json<PrivacySeen> {
    let privacy: Privacy = scope.site.privacy;
    let seen = |Statement { subject, code, text }| StatementSeen { subject, code, text };
    let statements = privacy.statements().into_iter().map(seen);
    Json(PrivacySeen {
        preset: privacy.preset.as_str(),
        kept_days: privacy.kept_days(),
        statements: statements.collect(),
    })
}
