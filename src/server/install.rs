//! `GET /v1/sites/{site}/install`: what to paste into a shop's pages, and whether events arrive from them.

use std::sync::Arc;

use axum::extract::State;
use axum::{Extension, Json};
use schemars::JsonSchema;
use serde::Serialize;

use super::now;
use super::status::STORE_WAIT;
use crate::analyze::ask::Questions;
use crate::analyze::recent;
use crate::collect::{Adapter, Collector, Fetched, Fetches, Script, Scripts, Tags};
use crate::report::door::{Door, SiteScope};
use crate::route::{Access, Content, Endpoint, May, Route};

/// Stands in tags for the address the world knows this server by: the server itself does not know it.
const ORIGIN: &str = "{origin}";

/// Where the answer comes from.
#[derive(Clone)]
struct Install {
    questions: Questions,
    scripts: Arc<Scripts>,
    fetches: Arc<Fetches>,
}

pub(super) fn route(collector: &Collector, questions: &Questions, door: &Door) -> Route {
    let install = Install {
        questions: questions.clone(),
        scripts: Arc::new(Scripts::new(&collector.options.paths)),
        fetches: Arc::clone(&collector.fetches),
    };
    let about = "What to paste into a shop's pages, and whether events arrive from them";
    let route = Endpoint::get("/v1/sites/{site}/install", Access::Site(May::Read), about)
        .answers(200, Content::json::<Installation>())
        .serve(see, install);
    door.guard(route)
}

/// What to paste, and what came of it.
#[derive(Serialize, JsonSchema)]
struct Installation {
    snippet: ScriptSeen,
    /// For platforms that fill no dataLayer; each comes behind the snippet.
    adapters: Vec<AdapterSeen>,
    /// Where the snippet sends events to.
    events_path: String,
    /// How often pages of the site fetched the snippet since the server started; null: not seen to.
    fetched: Option<FetchedSeen>,
    /// Null while the store does not answer.
    recent: Option<recent::Answer>,
}

/// A script under its two names.
#[derive(Serialize, JsonSchema)]
struct ScriptSeen {
    path: String,
    /// Only this version's bytes.
    pinned_path: String,
    /// What browsers compare those with.
    integrity: String,
    /// Null for what is pasted as text.
    tags: Option<TagsSeen>,
}

#[derive(Serialize, JsonSchema)]
struct AdapterSeen {
    name: &'static str,
    #[serde(flatten)]
    script: ScriptSeen,
}

/// `{origin}` stands for the address the world knows this server by.
#[derive(Serialize, JsonSchema)]
struct TagsSeen {
    /// Follows every new version.
    following: String,
    /// For this version only.
    pinned: String,
}

#[derive(Serialize, JsonSchema)]
struct FetchedSeen {
    times: u64,
    last_at: String,
}

impl ScriptSeen {
    fn new(script: &Script, tags: Option<Tags>) -> Self {
        Self {
            path: script.path.clone(),
            pinned_path: script.pinned_path.clone(),
            integrity: script.integrity().to_owned(),
            tags: tags.map(|Tags { following, pinned }| TagsSeen { following, pinned }),
        }
    }
}

async fn see(State(install): State<Install>, Extension(scope): Extension<SiteScope>) -> Json<Installation> {
    let Install { questions, scripts, fetches } = install;
    let site = scope.site.id;
    let question = questions.ask(move |snapshot| recent::answer(snapshot, site, now()));
    let recent = match tokio::time::timeout(STORE_WAIT, question).await {
        Ok(Ok(recent)) => Some(recent),
        Ok(Err(error)) => {
            tracing::warn!(?error, "the store did not say what arrived lately");
            None
        }
        Err(_) => None,
    };
    let adapter = |adapter: &Adapter| AdapterSeen {
        name: adapter.name,
        script: ScriptSeen::new(&adapter.script, adapter.tags(ORIGIN)),
    };
    let fetched = |Fetched { times, last_at }| FetchedSeen { times, last_at: last_at.to_string() };
    Json(Installation {
        snippet: ScriptSeen::new(scripts.snippet(), Some(scripts.tags(ORIGIN, &scope.site.key))),
        adapters: scripts.adapters().iter().map(adapter).collect(),
        events_path: scripts.events_path().to_owned(),
        fetched: fetches.of(site).map(fetched),
        recent,
    })
}
