//! Who asks, and for which site.

use std::net::IpAddr;
use std::sync::Arc;

use axum::RequestPartsExt;
use axum::extract::{FromRequestParts, RawPathParams, Request};
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::middleware::{Next, from_fn};
use subtle::ConstantTimeEq;
use tokio::sync::Semaphore;

use super::cookie::{self, Cookies};
use super::error::ReportError;
use super::throttle::Throttle;
use crate::control::{Control, Role, SHARE_PREFIX, Scope, Share, Site, User};
use crate::domain::id::SiteId;
use crate::domain::time::Timestamp;
use crate::route::{Access, May, Report, Route};

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

    /// Sites, keys and users.
    pub fn control(&self) -> &Control {
        &self.control
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

/// The site of a route below `/v1/sites/{site}`, for somebody who may do there what the route is for. Only
/// [`Door::guard`] makes one, so a handler that has one has nothing left to check.
#[derive(Clone, Debug)]
pub struct SiteScope {
    /// The site.
    pub site: Arc<Site>,
    /// Who asks, for the record: a user's address, or what kind of key it was.
    pub asked_by: String,
    /// The share link by which the asker came, who may ask its question only.
    pub(super) shared: Option<SharedReport>,
}

/// A share link that works, and the site it shows.
#[derive(Clone, Debug)]
pub(super) struct SharedReport {
    pub(super) site: Arc<Site>,
    pub(super) share: Share,
}

impl Door {
    /// The same route for those only whom its endpoint names. Its code finds who that is as an extension: a
    /// [`SiteScope`], a [`SignedIn`] or a [`SharedReport`].
    pub fn guard(&self, route: Route) -> Route {
        let (door, access) = (self.clone(), route.endpoint().access);
        let guard = from_fn(move |request: Request, next: Next| {
            let door = door.clone();
            async move {
                let (mut parts, body) = request.into_parts();
                door.admit(access, &mut parts).await?;
                Ok::<_, ReportError>(next.run(Request::from_parts(parts, body)).await)
            }
        });
        match access {
            Access::Anyone | Access::Sender => route,
            Access::SignedIn
            | Access::Site(_)
            | Access::Server
            | Access::Report(_)
            | Access::Share
            | Access::Command => route.behind(|serving| serving.layer(guard)),
        }
    }

    async fn admit(&self, access: Access, parts: &mut Parts) -> Result<(), ReportError> {
        match access {
            Access::Anyone | Access::Sender => {}
            Access::SignedIn => {
                let signed_in = self.signed_in(parts).await?;
                parts.extensions.insert(signed_in);
            }
            Access::Site(needed) => {
                let scope = self.site_scope(needed, None, parts).await?;
                parts.extensions.insert(scope);
            }
            Access::Server => self.demand_owner(parts).await?,
            Access::Report(report) => {
                let scope = self.site_scope(May::Read, Some(report), parts).await?;
                parts.extensions.insert(scope);
            }
            Access::Share => {
                let token = bearer(parts).ok_or(ReportError::NotSignedIn)?.to_owned();
                let shared = self.shared(token).await?;
                parts.extensions.insert(shared);
            }
            Access::Command => {
                let secret = bearer(parts).ok_or(ReportError::NotSignedIn)?;
                if !bool::from(secret.as_bytes().ct_eq(self.control.admin_secret().as_bytes())) {
                    return Err(ReportError::NotSignedIn);
                }
            }
        }
        Ok(())
    }

    async fn site_scope(
        &self,
        needed: May,
        report: Option<Report>,
        parts: &mut Parts,
    ) -> Result<SiteScope, ReportError> {
        let (asker, asked_by) = match bearer(parts) {
            Some(token) if token.starts_with(SHARE_PREFIX) => {
                (Asker::Shared(self.shared(token.to_owned()).await?), "a share link".to_owned())
            }
            Some(secret) => match Asker::of_secret(secret, &self.control)? {
                asker @ Asker::Everywhere(_) => (asker, "a command on the server's computer".to_owned()),
                asker => (asker, "a key of the site".to_owned()),
            },
            None => {
                let user = self.signed_in(parts).await?.user;
                (Asker::of_user(&user), user.email)
            }
        };
        // A part of the path that is no text names no site either.
        let params = parts.extract::<RawPathParams>().await.map_err(|_| ReportError::UnknownSite)?;
        let key = params.iter().find(|(name, _)| *name == "site").map(|(_, key)| key);
        let site = key.and_then(|key| self.control.site(key)).ok_or(ReportError::UnknownSite)?;
        let may = match asker {
            Asker::Everywhere(may) => may,
            Asker::OneSite(id, may) if id == site.id => may,
            Asker::Shared(shared) if shared.site.id == site.id => {
                return match report {
                    Some(report) if report.as_str() == shared.share.frozen.report => {
                        Ok(SiteScope { site, asked_by, shared: Some(shared) })
                    }
                    _ => Err(ReportError::Forbidden { code: "scope", message: "a share link shows one report only" }),
                };
            }
            Asker::OneSite(..) | Asker::Shared(_) => return Err(ReportError::UnknownSite),
        };
        if may < needed {
            return Err(ReportError::Forbidden {
                code: "role",
                message: "your role, or this key, may not change this",
            });
        }
        Ok(SiteScope { site, asked_by, shared: None })
    }

    /// The whole server is its owners', and the commands' of this computer.
    async fn demand_owner(&self, parts: &Parts) -> Result<(), ReportError> {
        let asker = match bearer(parts) {
            Some(secret) => Asker::of_secret(secret, &self.control)?,
            None => Asker::of_user(&self.signed_in(parts).await?.user),
        };
        match asker {
            Asker::Everywhere(May::Administer) => Ok(()),
            _ => Err(ReportError::Forbidden { code: "role", message: "only owners see the whole server" }),
        }
    }

    async fn shared(&self, token: String) -> Result<SharedReport, ReportError> {
        let now = (self.now)();
        let share = self.block(move |control| control.share(&token, now)).await??;
        let share = share.ok_or(ReportError::NotSignedIn)?;
        let site = self.control.site_by_id(share.site).ok_or(ReportError::NotSignedIn)?;
        Ok(SharedReport { site, share })
    }

    /// The user who is signed in on the browser that sent the request, by its cookie.
    async fn signed_in(&self, parts: &Parts) -> Result<SignedIn, ReportError> {
        let token = self.cookies.token(&parts.headers).ok_or(ReportError::NotSignedIn)?.to_owned();
        let now = (self.now)();
        let (user, token) = self.block(move |control| (control.login(&token, now), token)).await?;
        let user = user?.ok_or(ReportError::NotSignedIn)?;
        cookie::demand_own_page(&parts.method, &parts.headers)?;
        Ok(SignedIn { user, token })
    }
}

/// Whose numbers a secret may read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// All sites'.
    Everywhere,
    /// One site's.
    OneSite(SiteId),
}

impl Door {
    /// Whose numbers the secret of a request may read.
    ///
    /// # Errors
    /// [`ReportError::NotSignedIn`] without a secret that is good, [`ReportError::Forbidden`] for a collect key.
    pub fn reach(&self, parts: &Parts) -> Result<Reach, ReportError> {
        let secret = bearer(parts).ok_or(ReportError::NotSignedIn)?;
        Ok(match Asker::of_secret(secret, &self.control)? {
            Asker::Everywhere(_) => Reach::Everywhere,
            Asker::OneSite(site, _) => Reach::OneSite(site),
            Asker::Shared(_) => return Err(ReportError::NotSignedIn),
        })
    }
}

/// Who a request's credentials speak for. It is settled before the site is looked up, so that strangers cannot
/// find out which sites there are.
enum Asker {
    Everywhere(May),
    OneSite(SiteId, May),
    Shared(SharedReport),
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

/// The user who is signed in on the browser that sent the request.
#[derive(Clone)]
pub(super) struct SignedIn {
    pub(super) user: User,
    pub(super) token: String,
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
