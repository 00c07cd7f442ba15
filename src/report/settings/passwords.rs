//! Passwords: chosen by whoever has the link, changed by whoever knows the one before.

use axum::Extension;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::IntoResponse;
use schemars::JsonSchema;
use serde::Deserialize;

use super::FORM_BYTES_MAX;
use crate::control::{Error, UserChange};
use crate::report::body::JsonBody;
use crate::report::cookie;
use crate::report::door::{ClientAddress, Door, SignedIn};
use crate::report::error::ReportError;
use crate::report::login::start_login;
use crate::route::{Access, Content, Endpoint, Route};

/// Not guarded yet.
pub(super) fn routes(door: &Door) -> Vec<Route> {
    vec![
        Endpoint::post("/v1/password", Access::Anyone, "Chooses a password by an owner's link, and signs in")
            .takes(Content::json::<LinkForm>(), FORM_BYTES_MAX)
            .answers(204, Content::Empty)
            .refuses(&[400, 403, 413, 429, 503])
            .serve(choose, door.clone()),
        Endpoint::post(
            "/v1/me/password",
            Access::SignedIn,
            "Changes one's own password; other browsers are signed out",
        )
        .takes(Content::json::<ChangeForm>(), FORM_BYTES_MAX)
        .answers(204, Content::Empty)
        .refuses(&[400, 413, 429, 503])
        .serve(change, door.clone()),
    ]
}

/// Who was invited.
#[derive(Deserialize, JsonSchema)]
struct LinkForm {
    /// What stands behind `#` in the link.
    token: String,
    password: String,
}

/// Who knows the password that holds.
#[derive(Deserialize, JsonSchema)]
struct ChangeForm {
    current: String,
    password: String,
}

async fn choose(
    State(door): State<Door>,
    ClientAddress(address): ClientAddress,
    headers: HeaderMap,
    JsonBody(form): JsonBody<LinkForm>,
) -> Result<impl IntoResponse, ReportError> {
    cookie::refuse_other_pages(&headers)?;
    door.throttle.admit_address(address)?;
    let now = (door.now)();
    let used = door.hash(move |control| control.use_password_link(&form.token, &form.password, now)).await??;
    let user = used.ok_or(ReportError::Forbidden {
        code: "link_used",
        message: "this link was used or replaced, or is over; ask an owner for a new one",
    })?;
    start_login(&door, &headers, user).await
}

async fn change(
    State(door): State<Door>,
    Extension(signed_in): Extension<SignedIn>,
    ClientAddress(address): ClientAddress,
    headers: HeaderMap,
    JsonBody(form): JsonBody<ChangeForm>,
) -> Result<impl IntoResponse, ReportError> {
    let email = signed_in.user.email;
    door.throttle.admit_login(address, &email)?;
    let changed = door.hash(move |control| {
        let Some(user) = control.verify_password(&email, &form.current)? else { return Ok(None) };
        control.set_user(&email, UserChange { password: Some(form.password), ..UserChange::default() })?;
        Ok::<_, Error>(Some(user))
    });
    let wrong =
        || ReportError::bad_request("wrong_password", "this is not the password that holds".to_owned(), "current");
    let user = changed.await??.ok_or_else(wrong)?;
    start_login(&door, &headers, user).await
}
