//! Who may send: keys, sites, and the sender that follows from them.

use std::sync::Arc;

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;

use super::read;
use super::tally::Shed;
use super::wire::Raw;
use crate::control::{Control, Grant, Scope, Site};
use crate::domain::event::Sender;
use crate::domain::id::SiteId;

/// What a request showed before its body was read.
pub(super) enum Ticket {
    /// No key.
    None,
    /// A key that may collect.
    Key(Grant),
}

impl Ticket {
    /// Reads `Authorization: Bearer <collect key>`. A wrong key is turned away even where none is needed: its
    /// sender expects to be trusted, and would never learn that it is not.
    ///
    /// # Errors
    /// [`Shed::Unauthorized`], [`Shed::WrongScope`].
    pub(super) fn read(headers: &HeaderMap, control: &Control) -> Result<Self, Shed> {
        let Some(value) = headers.get(AUTHORIZATION) else { return Ok(Self::None) };
        let secret = value.to_str().ok().and_then(|text| {
            let (scheme, secret) = text.split_once(' ')?;
            scheme.eq_ignore_ascii_case("bearer").then(|| secret.trim())
        });
        let grant = secret.and_then(|secret| control.grant(secret)).ok_or(Shed::Unauthorized)?;
        match grant.scope {
            Scope::Collect | Scope::Admin => Ok(Self::Key(grant)),
            Scope::Read => Err(Shed::WrongScope),
        }
    }

    /// The site that a key is for.
    pub(super) fn key_site(&self) -> Option<SiteId> {
        match self {
            Self::None => None,
            Self::Key(grant) => Some(grant.site),
        }
    }

    /// Who vouches for the events.
    pub(super) fn sender(&self) -> Sender {
        match self {
            Self::None => Sender::Browser,
            Self::Key(_) => Sender::Server,
        }
    }

    /// The site that events go to. With a key it is the key's, and need not be named.
    ///
    /// # Errors
    /// [`Shed::UnknownSite`], also for a key of another site: who holds one learns nothing about others.
    pub(super) fn site(&self, named: Raw<'_>, control: &Control) -> Result<Arc<Site>, Shed> {
        let named = match named {
            Some(raw) => Some(read::text(raw).map_err(|_| Shed::UnknownSite)?),
            None => None,
        };
        let key = match (self, &named) {
            (Self::None, Some(named)) => named,
            (Self::None, None) => return Err(Shed::UnknownSite),
            (Self::Key(grant), None) => grant.site_key.as_str(),
            (Self::Key(grant), Some(named)) if named == grant.site_key.as_str() => named,
            (Self::Key(_), Some(_)) => return Err(Shed::UnknownSite),
        };
        control.site(key).ok_or(Shed::UnknownSite)
    }
}
