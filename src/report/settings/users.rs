//! Users: who may sign in, and do what on every site.

use axum::Json;
use axum::extract::State;
use axum::http::{Method, StatusCode};
use axum::response::IntoResponse;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::FORM_BYTES_MAX;
use crate::control::{Error, PasswordLink, Role, User, UserId};
use crate::report::body::{JsonBody, PathParts};
use crate::report::door::Door;
use crate::report::error::{ReportError, bad};
use crate::route::{Access, Content, Endpoint, Route};

const ONE: &str = "/v1/users/{id}";

/// Not guarded yet.
pub(super) fn routes(door: &Door) -> Vec<Route> {
    let owner = Access::Server;
    vec![
        Endpoint::get("/v1/users", owner, "Who may sign in")
            .answers(200, Content::json::<UserList>())
            .serve(list, door.clone()),
        Endpoint::post("/v1/users", owner, "Adds a user, who chooses a password by the link")
            .takes(Content::json::<UserForm>(), FORM_BYTES_MAX)
            .answers(201, Content::json::<UserInvited>())
            .refuses(&[400, 413, 503])
            .serve(invite, door.clone()),
        Endpoint::new(Method::PUT, ONE, owner, "Gives a user another role")
            .path_part::<u32>("id")
            .takes(Content::json::<RoleForm>(), FORM_BYTES_MAX)
            .answers(200, Content::json::<UserSeen>())
            .refuses(&[400, 404, 413, 503])
            .serve(change, door.clone()),
        Endpoint::delete(ONE, owner, "Removes a user, who is signed out at once")
            .path_part::<u32>("id")
            .answers(204, Content::Empty)
            .refuses(&[400, 404, 503])
            .serve(remove, door.clone()),
        Endpoint::post("/v1/users/{id}/link", owner, "A link by which a user chooses another password")
            .path_part::<u32>("id")
            .answers(201, Content::json::<LinkMade>())
            .refuses(&[404, 503])
            .serve(make_link, door.clone()),
    ]
}

/// A user to be.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct UserForm {
    #[schemars(length(max = 254))]
    email: String,
    /// `viewer`, `editor` or `owner`.
    role: String,
}

/// Another role.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RoleForm {
    /// `viewer`, `editor` or `owner`.
    role: String,
}

/// Those who may sign in, in the order they were added.
#[derive(Serialize, JsonSchema)]
struct UserList {
    users: Vec<UserSeen>,
}

/// Somebody who may sign in.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "User")]
struct UserSeen {
    id: u32,
    email: String,
    role: &'static str,
    /// Has chosen no password yet.
    invited: bool,
}

/// A new user, and the link, told this once.
#[derive(Serialize, JsonSchema)]
struct UserInvited {
    user: UserSeen,
    link: LinkMade,
}

/// A link by which a password is chosen, once.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "PasswordLink")]
struct LinkMade {
    /// Behind this server's address; the page shows whose password it is, which stands behind the token.
    url: String,
    expires_at: String,
}

impl UserSeen {
    fn new(user: User) -> Self {
        Self { id: user.id.0, email: user.email, role: user.role.as_str(), invited: user.invited }
    }
}

impl LinkMade {
    fn new(user: &User, link: &PasswordLink) -> Self {
        let email: String = url::form_urlencoded::byte_serialize(user.email.as_bytes()).collect();
        Self { url: format!("/password#{}:{email}", link.token), expires_at: link.expires_at.to_string() }
    }
}

fn parse_role(text: &str) -> Result<Role, ReportError> {
    Role::parse(text).ok_or_else(|| bad("`viewer`, `editor` or `owner`", "role"))
}

async fn list(State(door): State<Door>) -> Result<Json<UserList>, ReportError> {
    let users = door.block(|control| control.list_users()).await??;
    Ok(Json(UserList { users: users.into_iter().map(UserSeen::new).collect() }))
}

async fn invite(
    State(door): State<Door>,
    JsonBody(form): JsonBody<UserForm>,
) -> Result<impl IntoResponse, ReportError> {
    let role = parse_role(&form.role)?;
    let now = (door.now)();
    let invited = door.block(move |control| control.invite_user(&form.email, role, now)).await?;
    let (user, link) = invited.map_err(|error| match error {
        Error::Exists { .. } => {
            ReportError::bad_request("user_taken", "this user is there already".to_owned(), "email")
        }
        other => other.into(),
    })?;
    let link = LinkMade::new(&user, &link);
    Ok((StatusCode::CREATED, Json(UserInvited { user: UserSeen::new(user), link })))
}

async fn change(
    State(door): State<Door>,
    PathParts(id): PathParts<u32>,
    JsonBody(form): JsonBody<RoleForm>,
) -> Result<Json<UserSeen>, ReportError> {
    let role = parse_role(&form.role)?;
    let changed = door.block(move |control| control.set_role(UserId(id), role)).await??;
    changed.map(UserSeen::new).map(Json).ok_or(ReportError::NotFound)
}

async fn remove(State(door): State<Door>, PathParts(id): PathParts<u32>) -> Result<StatusCode, ReportError> {
    let removed = door.block(move |control| control.dismiss_user(UserId(id))).await??;
    if removed { Ok(StatusCode::NO_CONTENT) } else { Err(ReportError::NotFound) }
}

async fn make_link(State(door): State<Door>, PathParts(id): PathParts<u32>) -> Result<impl IntoResponse, ReportError> {
    let now = (door.now)();
    let link = door.block(move |control| control.add_password_link(UserId(id), now)).await??;
    let (user, link) = link.ok_or(ReportError::NotFound)?;
    Ok((StatusCode::CREATED, Json(LinkMade::new(&user, &link))))
}
