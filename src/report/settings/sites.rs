//! What a site is called, where it is, what it takes of its visitors and for how long; and new sites.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{Method, StatusCode};
use axum::response::IntoResponse;
use axum::{Extension, Json};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::FORM_BYTES_MAX;
use crate::control::{Error, NewSite, Site, SiteChange};
use crate::domain::money::Currency;
use crate::domain::name::SiteKey;
use crate::domain::privacy::Preset;
use crate::report::body::JsonBody;
use crate::report::door::{ClientAddress, Door, SiteScope};
use crate::report::error::{ReportError, bad};
use crate::route::{Access, Content, Endpoint, May, Route};

const PATH: &str = "/v1/sites/{site}/settings";

/// Not guarded yet.
pub(super) fn routes(door: &Door) -> Vec<Route> {
    let (read, administer) = (Access::Site(May::Read), Access::Site(May::Administer));
    vec![
        Endpoint::post("/v1/sites", Access::Server, "Adds a site")
            .takes(Content::json::<SiteForm>(), FORM_BYTES_MAX)
            .answers(201, Content::json::<Settings>())
            .refuses(&[400, 413, 503])
            .serve(add, door.clone()),
        Endpoint::get(PATH, read, "What a site is, and what it takes of its visitors")
            .answers(200, Content::json::<Settings>())
            .serve(see, ()),
        Endpoint::new(Method::PUT, PATH, administer, "Changes what is named; the rest stays")
            .takes(Content::json::<SettingsForm>(), FORM_BYTES_MAX)
            .answers(200, Content::json::<Settings>())
            .refuses(&[400, 413, 503])
            .serve(change, door.clone()),
    ]
}

/// A site to be.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct SiteForm {
    /// What the script tag says; it cannot be changed.
    #[schemars(length(min = 1, max = 64))]
    key: String,
    /// Host names; subdomains are included.
    domains: Vec<String>,
    /// An IANA name.
    time_zone: String,
    /// ISO 4217.
    currency: String,
}

/// What to change; what is left out stays.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct SettingsForm {
    /// Empty: its key.
    #[schemars(length(max = 100))]
    name: Option<String>,
    /// In place of those it has.
    domains: Option<Vec<String>>,
    time_zone: Option<String>,
    currency: Option<String>,
    /// `default` or `cnil`.
    preset: Option<String>,
    /// Events leave so many days after the day of their arrival; 0 keeps them for ever.
    retention_days: Option<u16>,
    /// In place of those it has: addresses, or networks such as `203.0.113.0/24`.
    excluded_addresses: Option<Vec<String>>,
}

/// What a site is.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "SiteSettings")]
struct Settings {
    key: String,
    /// Its key, where it has no other name.
    name: String,
    domains: Vec<String>,
    time_zone: String,
    currency: String,
    /// `default` or `cnil`.
    preset: &'static str,
    /// As it was set; 0 for ever.
    retention_days: u16,
    /// As it holds under the preset; null: for ever.
    kept_days: Option<u16>,
    /// Browsers there are not counted. What servers send is.
    excluded_addresses: Vec<String>,
    /// Where whoever asked this is, as browsers' events are seen.
    asked_from: String,
}

impl Settings {
    fn new(site: &Site, asked_from: ClientAddress) -> Self {
        Self {
            key: site.key.to_string(),
            name: site.shown_name().to_owned(),
            domains: site.domains.clone(),
            time_zone: site.time_zone_name().to_owned(),
            currency: site.currency.as_str().to_owned(),
            preset: site.privacy.preset.as_str(),
            retention_days: site.privacy.retention_days,
            kept_days: site.privacy.kept_days(),
            excluded_addresses: site.excluded.iter().map(ToString::to_string).collect(),
            asked_from: asked_from.0.to_string(),
        }
    }
}

fn parse_currency(text: &str) -> Result<Currency, ReportError> {
    Currency::parse(text).ok_or_else(|| {
        let remedy = "write a code of ISO 4217, such as EUR".to_owned();
        ReportError::bad_request("bad_currency", remedy, "currency")
    })
}

async fn add(
    State(door): State<Door>,
    address: ClientAddress,
    JsonBody(form): JsonBody<SiteForm>,
) -> Result<impl IntoResponse, ReportError> {
    let key = SiteKey::parse(&form.key).map_err(|_| {
        let remedy = "write 1 to 64 of a-z, 0-9, `-`, `_` and `.`, a letter or digit first".to_owned();
        ReportError::bad_request("bad_key", remedy, "key")
    })?;
    let currency = parse_currency(&form.currency)?;
    let site = NewSite { key, domains: form.domains, time_zone: form.time_zone, currency };
    let added = door.block(move |control| control.add_site(site)).await?.map_err(|error| match error {
        Error::Exists { .. } => {
            ReportError::bad_request("site_taken", "another site has this key; choose another".to_owned(), "key")
        }
        other => other.into(),
    })?;
    Ok((StatusCode::CREATED, Json(Settings::new(&added, address))))
}

async fn see(Extension(scope): Extension<SiteScope>, address: ClientAddress) -> Json<Settings> {
    Json(Settings::new(&scope.site, address))
}

async fn change(
    State(door): State<Door>,
    Extension(scope): Extension<SiteScope>,
    address: ClientAddress,
    JsonBody(form): JsonBody<SettingsForm>,
) -> Result<Json<Settings>, ReportError> {
    let preset =
        form.preset.as_deref().map(|word| Preset::parse(word).ok_or_else(|| bad("`default` or `cnil`", "preset")));
    let change = SiteChange {
        name: form.name,
        domains: form.domains,
        time_zone: form.time_zone,
        currency: form.currency.as_deref().map(parse_currency).transpose()?,
        preset: preset.transpose()?,
        retention_days: form.retention_days,
        excluded: form.excluded_addresses,
    };
    let changed = door.block(move |control| {
        control.set_site(&scope.site.key, change)?;
        Ok::<_, Error>(control.site_by_id(scope.site.id))
    });
    let site: Arc<Site> = changed.await??.ok_or(ReportError::UnknownSite)?;
    Ok(Json(Settings::new(&site, address)))
}
