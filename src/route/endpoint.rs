//! The words of one route.

use std::borrow::Cow;

use axum::handler::Handler;
use axum::http::Method;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};

use super::{ErrorBody, Route, Shown};

/// What somebody may do on a site, from least to most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum May {
    /// See reports and export.
    Read,
    /// Also change what reports are made of.
    Edit,
    /// Everything.
    Administer,
}

/// Who may use a route. There is no default: a route without an answer does not compile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Everybody.
    Anyone,
    /// Pages of the site that the body names, and holders of a key that may collect. The collect stage decides.
    Sender,
    /// Whoever is signed in on this browser.
    SignedIn,
    /// Whoever may do so much on the site in the path.
    Site(May),
    /// Owners, and the commands of this computer.
    Server,
    /// Whoever may read the site in the path, or holds a share link of exactly this report there.
    Report(Report),
    /// Whoever holds a share link.
    Share,
    /// The commands of this computer, which hold the secret of the running server.
    Command,
}

/// Who may read `/metrics`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MetricsFor {
    /// Programs on this computer, and holders of a read or admin key, who see their own site.
    Local,
    /// Only holders of a key.
    Key,
    /// Everybody who reaches the port.
    Anyone,
}

/// A report that can be shared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Report {
    /// How many got how far.
    Funnel,
    /// How many carts were left behind.
    Abandonment,
    /// Which carts there are.
    Carts,
    /// Where visitors left.
    Dropoff,
    /// How the shop does.
    Overview,
    /// Who comes back.
    Retention,
}

impl Report {
    /// Its name in paths and share links.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Funnel => "funnel",
            Self::Abandonment => "abandonment",
            Self::Carts => "carts",
            Self::Dropoff => "dropoff",
            Self::Overview => "overview",
            Self::Retention => "retention",
        }
    }
}

impl Access {
    /// The word for it in `/openapi.json`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Anyone => "anyone",
            Self::Sender => "sender",
            Self::SignedIn => "signed_in",
            Self::Site(May::Read) => "site_read",
            Self::Site(May::Edit) => "site_edit",
            Self::Site(May::Administer) => "site_administer",
            Self::Server => "server",
            Self::Report(_) => "report",
            Self::Share => "share",
            Self::Command => "command",
        }
    }

    /// The statuses by which people are kept out.
    fn refusals(self, method: &Method) -> &'static [u16] {
        match self {
            Self::Anyone | Self::Sender => &[],
            Self::SignedIn if method.is_safe() => &[401],
            Self::SignedIn | Self::Server => &[401, 403],
            Self::Site(_) | Self::Report(_) => &[401, 403, 404],
            Self::Share | Self::Command => &[401],
        }
    }
}

pub(super) type SchemaOf = fn(&mut SchemaGenerator) -> Schema;

/// The form of a body.
#[derive(Clone, Copy, Debug)]
pub enum Content {
    /// None.
    Empty,
    /// JSON of a type; made by [`json`](Self::json).
    Json(SchemaOf),
    /// Bytes of a media type.
    Media(&'static str),
}

impl Content {
    /// JSON of this type.
    pub fn json<T: JsonSchema>() -> Self {
        Self::Json(SchemaGenerator::subschema_for::<T>)
    }
}

/// One method of one path: who may use it, what it takes, what it answers, and where that may be shown.
#[derive(Clone, Debug)]
pub struct Endpoint {
    /// The method.
    pub method: Method,
    /// The path, with `{name}` for its parts that vary and `{*name}` for all the rest.
    pub path: Cow<'static, str>,
    /// Who may use it.
    pub access: Access,
    pub(super) summary: &'static str,
    pub(super) shown: Shown,
    pub(super) path_schemas: Vec<(&'static str, SchemaOf)>,
    pub(super) query: Option<SchemaOf>,
    pub(super) body: Option<TakenBody>,
    pub(super) answers: Vec<Answer>,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct TakenBody {
    pub(super) content: Content,
    pub(super) bytes_max: usize,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) content: Content,
}

impl Endpoint {
    /// A method of a path, in a sentence.
    pub fn new(method: Method, path: impl Into<Cow<'static, str>>, access: Access, summary: &'static str) -> Self {
        let answers = access.refusals(&method).iter().map(|&status| Answer::refusal(status)).collect();
        Self {
            method,
            path: path.into(),
            access,
            summary,
            shown: Shown::Api,
            path_schemas: Vec::new(),
            query: None,
            body: None,
            answers,
        }
    }

    /// `GET`.
    pub fn get(path: impl Into<Cow<'static, str>>, access: Access, summary: &'static str) -> Self {
        Self::new(Method::GET, path, access, summary)
    }

    /// `POST`.
    pub fn post(path: impl Into<Cow<'static, str>>, access: Access, summary: &'static str) -> Self {
        Self::new(Method::POST, path, access, summary)
    }

    /// `DELETE`.
    pub fn delete(path: impl Into<Cow<'static, str>>, access: Access, summary: &'static str) -> Self {
        Self::new(Method::DELETE, path, access, summary)
    }

    /// Where its answers may be shown, when that is not the API's rule.
    pub fn shown(self, shown: Shown) -> Self {
        Self { shown, ..self }
    }

    /// The type of a part of the path.
    pub fn path_part<T: JsonSchema>(mut self, name: &'static str) -> Self {
        self.path_schemas.push((name, T::json_schema));
        self
    }

    /// Takes this type's fields in the query.
    pub fn query<T: JsonSchema>(self) -> Self {
        Self { query: Some(T::json_schema), ..self }.refuses(&[400])
    }

    /// Takes a body of at most so many bytes.
    pub fn takes(self, content: Content, bytes_max: usize) -> Self {
        Self { body: Some(TakenBody { content, bytes_max }), ..self }.refuses(&[408, 413])
    }

    /// Answers so when all is well.
    pub fn answers(mut self, status: u16, content: Content) -> Self {
        self.answers.push(Answer { status, content });
        self
    }

    /// May refuse with these statuses, beside those that [`Access`] brings along.
    pub fn refuses(mut self, statuses: &[u16]) -> Self {
        self.answers.extend(statuses.iter().map(|&status| Answer::refusal(status)));
        self
    }

    /// Has `handler` serve it.
    pub fn serve<H, T, S>(self, handler: H, state: S) -> Route
    where
        H: Handler<T, S>,
        T: 'static,
        S: Clone + Send + Sync + 'static,
    {
        Route::new(self, handler, state)
    }

    pub(super) fn body_bytes_max(&self) -> usize {
        self.body.map_or(0, |body| body.bytes_max)
    }
}

impl Answer {
    fn refusal(status: u16) -> Self {
        Self { status, content: Content::json::<ErrorBody>() }
    }
}
