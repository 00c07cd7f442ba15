//! Signing in and out, the first user, and who is signed in.

use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::response::IntoResponse;
use axum::{Extension, Json};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::body::JsonBody;
use super::cookie;
use super::door::{ClientAddress, Door, SignedIn};
use super::error::ReportError;
use crate::control::{SetupError, Site, User};
use crate::route::{Access, Content, Endpoint, Route};

/// The largest body: an e-mail and a long password.
const BODY_BYTES_MAX: usize = 4 << 10;

/// `/v1/me`, `/v1/login`, `/v1/logout` and `/v1/setup`. Every request must carry a [`ClientAddress`] in its extensions.
pub fn routes(door: &Door) -> Vec<Route> {
    let routes = vec![
        Endpoint::get("/v1/me", Access::SignedIn, "Who is signed in, and the sites to choose from")
            .answers(200, Content::json::<Me>())
            .serve(me, door.clone()),
        Endpoint::post("/v1/login", Access::Anyone, "Signs in with e-mail and password")
            .takes(Content::json::<LoginForm>(), BODY_BYTES_MAX)
            .answers(204, Content::Empty)
            .refuses(&[400, 401, 403, 413, 429, 503])
            .serve(log_in, door.clone()),
        Endpoint::post("/v1/logout", Access::Anyone, "Signs out; fine for whoever is signed out already")
            .answers(204, Content::Empty)
            .refuses(&[403, 503])
            .serve(log_out, door.clone()),
        Endpoint::post("/v1/setup", Access::Anyone, "Makes the first user by the link that the server printed")
            .takes(Content::json::<SetupForm>(), BODY_BYTES_MAX)
            .answers(204, Content::Empty)
            .refuses(&[400, 403, 413, 429, 503])
            .serve(set_up, door.clone()),
    ];
    routes.into_iter().map(|route| door.guard(route)).collect()
}

/// Who is signed in.
#[derive(Serialize, JsonSchema)]
struct Me {
    email: String,
    /// `owner`, `editor` or `viewer`.
    role: &'static str,
    sites: Vec<SiteOfMe>,
}

/// A site to choose.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Site")]
struct SiteOfMe {
    key: String,
    name: String,
    /// An IANA name.
    time_zone: String,
    /// ISO 4217.
    currency: String,
    domains: Vec<String>,
}

impl SiteOfMe {
    fn new(site: &Site) -> Self {
        Self {
            key: site.key.to_string(),
            name: site.shown_name().to_owned(),
            time_zone: site.time_zone_name().to_owned(),
            currency: site.currency.as_str().to_owned(),
            domains: site.domains.clone(),
        }
    }
}

/// `GET /v1/me`: who is signed in, and the sites to choose from. Renews the cookie, which would otherwise end
/// 30 days after signing in, used or not.
async fn me(State(door): State<Door>, Extension(signed_in): Extension<SignedIn>) -> impl IntoResponse {
    let SignedIn { user, token } = signed_in;
    let sites = door.control.sites().iter().map(|site| SiteOfMe::new(site)).collect();
    (cookie_header(door.cookies.set(&token)), Json(Me { email: user.email, role: user.role.as_str(), sites }))
}

/// Who wants to sign in.
#[derive(Deserialize, JsonSchema)]
struct LoginForm {
    email: String,
    password: String,
}

/// `POST /v1/login`: signs in with e-mail and password.
async fn log_in(
    State(door): State<Door>,
    ClientAddress(address): ClientAddress,
    headers: HeaderMap,
    JsonBody(form): JsonBody<LoginForm>,
) -> Result<impl IntoResponse, ReportError> {
    cookie::refuse_other_pages(&headers)?;
    door.throttle.admit_login(address, &form.email)?;
    let verified = door.hash(move |control| control.verify_password(&form.email, &form.password)).await?;
    let user = verified?.ok_or(ReportError::WrongEmailOrPassword)?;
    start_login(&door, &headers, user).await
}

/// `POST /v1/logout`: signs out. A browser that is not signed in, or no longer, is signed out already.
async fn log_out(State(door): State<Door>, headers: HeaderMap) -> Result<impl IntoResponse, ReportError> {
    if let Some(token) = door.cookies.token(&headers).map(str::to_owned) {
        cookie::demand_own_page(&Method::POST, &headers)?;
        door.block(move |control| control.end_login(&token)).await??;
    }
    Ok((StatusCode::NO_CONTENT, cookie_header(door.cookies.clear())))
}

/// The first user to be.
#[derive(Deserialize, JsonSchema)]
struct SetupForm {
    /// What stands behind `#` in the link.
    token: String,
    email: String,
    password: String,
}

/// `POST /v1/setup`: makes the first user by the link that the server printed, and signs in.
async fn set_up(
    State(door): State<Door>,
    ClientAddress(address): ClientAddress,
    headers: HeaderMap,
    JsonBody(form): JsonBody<SetupForm>,
) -> Result<impl IntoResponse, ReportError> {
    cookie::refuse_other_pages(&headers)?;
    door.throttle.admit_address(address)?;
    let used = door.hash(move |control| control.use_setup_token(&form.token, &form.email, &form.password)).await?;
    start_login(&door, &headers, used.map_err(refuse_setup)?).await
}

fn refuse_setup(error: SetupError) -> ReportError {
    let message = error.to_string();
    match error {
        SetupError::Used => ReportError::Forbidden {
            code: "link_used",
            message: "this link was used or replaced; sign in, or restart the server for a new one",
        },
        SetupError::WeakPassword => ReportError::bad_request("weak_password", message, "password"),
        SetupError::BadEmail => ReportError::bad_request("bad_email", message, "email"),
        SetupError::Control(error) => error.into(),
    }
}

/// A new token with every signing in, and an end to the one the browser had: a token that somebody planted or
/// copied before is of no use afterwards.
pub(super) async fn start_login(
    door: &Door,
    headers: &HeaderMap,
    user: User,
) -> Result<impl IntoResponse + use<>, ReportError> {
    let earlier = door.cookies.token(headers).map(str::to_owned);
    let now = (door.now)();
    let started = door.block(move |control| {
        if let Some(earlier) = earlier {
            control.end_login(&earlier)?;
        }
        control.start_login(&user, now)
    });
    let token = started.await??;
    Ok((StatusCode::NO_CONTENT, cookie_header(door.cookies.set(&token))))
}

fn cookie_header(cookie: HeaderValue) -> [(HeaderName, HeaderValue); 1] {
    [(SET_COOKIE, cookie)]
}
