//! Who asks, and for which site.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{FromRef, FromRequestParts, RawPathParams};
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use subtle::ConstantTimeEq;
use tokio::sync::Semaphore;

use super::cookie::{self, Cookies};
use super::error::ReportError;
use super::throttle::Throttle;
use crate::control::{Control, Role, Scope, Site, User};
use crate::domain::id::SiteId;
use crate::domain::time::Timestamp;

/// The clock, as the server gives it.
pub(super) type Now = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Passwords are hashed so many at a time (19 MiB and a core each), so that collecting never starves.
const HASHES_AT_ONCE_MAX: usize = 2;
/// So many more may wait for their turn; others are told to come back.
const HASHES_WAITING_MAX: usize = 200;

/// Where a request comes from. The server puts one into the extensions of every request, after it has looked past
/// its trusted proxies; a request without one is answered 500.
#[derive(Clone, Copy, Debug)]
pub struct ClientAddress(pub IpAddr);

/// What the settings say about signing in.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Whether browsers speak https, so that login cookies travel over https only.
    pub secure_cookies: bool,
}

/// What deciding about a request takes; clones share the limits.
#[derive(Clone)]
pub struct Door {
    pub(super) control: Control,
    pub(super) now: Now,
    pub(super) throttle: Arc<Throttle>,
    pub(super) cookies: Cookies,
    hashing: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
}

impl Door {
    /// A door that knows the sites, keys and users of `control`; `now` is the clock.
    pub fn new(control: Control, now: impl Fn() -> Timestamp + Send + Sync + 'static, options: Options) -> Self {
        let now: Now = Arc::new(now);
        Self {
            control,
            throttle: Arc::new(Throttle::new(Arc::clone(&now))),
            now,
            cookies: if options.secure_cookies { Cookies::Secure } else { Cookies::Plain },
            hashing: Arc::new(Semaphore::new(HASHES_AT_ONCE_MAX)),
            waiting: Arc::new(Semaphore::new(HASHES_WAITING_MAX)),
        }
    }

    /// Runs `work`, which may hash a password, when it is its turn.
    pub(super) async fn hash<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Control) -> T + Send + 'static,
    ) -> Result<T, ReportError> {
        let waiting = self.waiting.try_acquire().map_err(|_| ReportError::Busy { retry_after_seconds: 1 })?;
        let turn = Arc::clone(&self.hashing).acquire_owned().await.expect("nobody closes the semaphore");
        drop(waiting);
        let answer = self.block(move |control| {
            // The turn ends with the work, not with the request: a client that goes away stops no hash.
            let _turn = turn;
            work(control)
        });
        answer.await
    }

    /// Runs `work`, which may touch the disk, where blocking is allowed.
    pub(super) async fn block<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Control) -> T + Send + 'static,
    ) -> Result<T, ReportError> {
        let control = self.control.clone();
        tokio::task::spawn_blocking(move || work(&control)).await.map_err(|error| ReportError::internal(&error))
    }
}

/// What the asker may do on a site, from least to most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum May {
    /// See reports and export.
    Read,
    /// Also change what reports are made of.
    Edit,
    /// Everything.
    Administer,
}

/// The site of a route below `/v1/sites/{site}`, for somebody who may see it: the holder of its read or admin key,
/// the commands of this computer, or a user who is signed in.
///
/// Only this file can make one, so a handler that has one has nothing left to check but [`may`](Self::may).
#[derive(Clone, Debug)]
pub struct SiteScope {
    /// The site.
    pub site: Arc<Site>,
    may: May,
}

impl SiteScope {
    /// What the asker may do there.
    pub fn may(&self) -> May {
        self.may
    }
}

impl<S: Send + Sync> FromRequestParts<S> for SiteScope
where
    Door: FromRef<S>,
{
    type Rejection = ReportError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ReportError> {
        let door = Door::from_ref(state);
        let asker = match bearer(parts) {
            Some(secret) => Asker::of_secret(secret, &door.control)?,
            None => Asker::of_user(&SignedIn::from_request_parts(parts, state).await?.user),
        };
        let params = RawPathParams::from_request_parts(parts, state).await;
        let params = params.map_err(|error| ReportError::internal(&error))?;
        let key = params.iter().find(|(name, _)| *name == "site").map(|(_, key)| key);
        let site = key.and_then(|key| door.control.site(key)).ok_or(ReportError::UnknownSite)?;
        match asker {
            Asker::Everywhere(may) => Ok(Self { site, may }),
            Asker::OneSite(id, may) if id == site.id => Ok(Self { site, may }),
            Asker::OneSite(..) => Err(ReportError::UnknownSite),
        }
    }
}

/// Who a request's credentials speak for. It is settled before the site is looked up, so that strangers cannot
/// find out which sites there are.
enum Asker {
    Everywhere(May),
    OneSite(SiteId, May),
}

impl Asker {
    fn of_secret(secret: &str, control: &Control) -> Result<Self, ReportError> {
        if secret.as_bytes().ct_eq(control.admin_secret().as_bytes()).into() {
            return Ok(Self::Everywhere(May::Administer));
        }
        let grant = control.grant(secret).ok_or(ReportError::NotSignedIn)?;
        match grant.scope {
            Scope::Read => Ok(Self::OneSite(grant.site, May::Read)),
            Scope::Admin => Ok(Self::OneSite(grant.site, May::Administer)),
            Scope::Collect => Err(ReportError::Forbidden {
                code: "scope",
                message: "a collect key sends events; ask with a read key",
            }),
        }
    }

    fn of_user(user: &User) -> Self {
        Self::Everywhere(match user.role {
            Role::Viewer => May::Read,
            Role::Editor => May::Edit,
            Role::Owner => May::Administer,
        })
    }
}

/// The secret of an `Authorization: Bearer …` header. Other schemes are left alone: a proxy may have its own
/// password, and browsers send that along.
fn bearer(parts: &Parts) -> Option<&str> {
    let (scheme, secret) = parts.headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| secret.trim())
}

/// The user who is signed in on the browser that sent the request, by its cookie.
pub(super) struct SignedIn {
    pub(super) user: User,
    pub(super) token: String,
}

impl<S: Send + Sync> FromRequestParts<S> for SignedIn
where
    Door: FromRef<S>,
{
    type Rejection = ReportError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ReportError> {
        let door = Door::from_ref(state);
        let token = door.cookies.token(&parts.headers).ok_or(ReportError::NotSignedIn)?.to_owned();
        let now = (door.now)();
        let (user, token) = door.block(move |control| (control.login(&token, now), token)).await?;
        let user = user?.ok_or(ReportError::NotSignedIn)?;
        cookie::demand_own_page(&parts.method, &parts.headers)?;
        Ok(Self { user, token })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for ClientAddress {
    type Rejection = ReportError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ReportError> {
        parts.extensions.get().copied().ok_or_else(|| ReportError::internal(&NoClientAddress))
    }
}

#[derive(Debug, thiserror::Error)]
#[error("the server did not put a `ClientAddress` into the request")]
struct NoClientAddress;
