//! The scripts for pages of shops, the snippet and its adapters: each under a name that stays and one that names its
//! very bytes; and the tags by which pages load them.

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;

use super::Collector;
use super::packed::{Built, Keep, Packed, built};
use super::paths::Paths;
use crate::domain::name::SiteKey;
use crate::route::{Access, Content, Endpoint, Route, Shown};

/// Built from `js-snippet/src`; `./check` builds it again and compares.
const SNIPPET: Built = built!("s.js");

/// Built from `js-snippet/adapters`: the platform, how pages come to it, and the file.
const ADAPTERS: &[(&str, Loaded, Built)] = &[
    ("woocommerce", Loaded::ByTag, built!("adapters/woocommerce.js")),
    ("shopify-theme", Loaded::ByTag, built!("adapters/shopify-theme.js")),
    ("shopify-pixel", Loaded::ByHand, built!("adapters/shopify-pixel.js")),
    ("adobe-commerce", Loaded::ByTag, built!("adapters/adobe-commerce.js")),
    ("prestashop", Loaded::ByTag, built!("adapters/prestashop.js")),
];

/// How a script comes into a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Loaded {
    /// By a tag in the page.
    ByTag,
    /// Its text is pasted where the platform takes code; `https://HOST/s` and `SITE` in it are replaced.
    ByHand,
}

/// All scripts, and where they are found.
pub struct Scripts {
    paths: Paths,
    snippet: Arc<Script>,
    adapters: Vec<Adapter>,
}

/// What the snippet hears of a platform that fills no dataLayer.
pub struct Adapter {
    /// The platform, such as `woocommerce`.
    pub name: &'static str,
    /// The file.
    pub script: Arc<Script>,
    loaded: Loaded,
}

/// A script under its two names.
pub struct Script {
    /// Its address, which stays.
    pub path: String,
    /// Its address as long as its bytes are these.
    pub pinned_path: String,
    packed: Packed,
}

/// What is pasted into the pages of a shop; the origin is the address the world knows this server by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tags {
    /// Follows every new version.
    pub following: String,
    /// For this version's bytes only, which browsers verify.
    pub pinned: String,
}

impl Scripts {
    /// The scripts at these addresses.
    pub fn new(paths: &Paths) -> Self {
        let snippet = Arc::new(Script::new(paths.stem(), &SNIPPET));
        let adapter = |(name, loaded, built): &(&'static str, Loaded, Built)| {
            let script = Arc::new(Script::new(&format!("{}/{name}", paths.stem()), built));
            Adapter { name, script, loaded: *loaded }
        };
        Self { paths: paths.clone(), snippet, adapters: ADAPTERS.iter().map(adapter).collect() }
    }

    /// The snippet.
    pub fn snippet(&self) -> &Script {
        &self.snippet
    }

    /// The adapters.
    pub fn adapters(&self) -> &[Adapter] {
        &self.adapters
    }

    /// Where the snippet sends events to.
    pub fn events_path(&self) -> &str {
        self.paths.events()
    }

    /// The snippet's tags for a site.
    pub fn tags(&self, origin: &str, site: &SiteKey) -> Tags {
        let to = match self.paths.lie_together() {
            true => String::new(),
            false => format!(r#" data-styk-to="{origin}{}""#, self.paths.events()),
        };
        self.snippet.tags("async", origin, &format!(r#" data-styk-site="{site}"{to}"#))
    }
}

impl Adapter {
    /// Its tags, to stand behind the snippet's; none for what is pasted by hand.
    pub fn tags(&self, origin: &str) -> Option<Tags> {
        (self.loaded == Loaded::ByTag).then(|| self.script.tags("defer", origin, ""))
    }
}

impl Script {
    fn new(stem: &str, built: &Built) -> Self {
        let packed = Packed::new(built);
        Self { path: format!("{stem}.js"), pinned_path: format!("{stem}.{}.js", packed.hash), packed }
    }

    /// What browsers compare its bytes with.
    pub fn integrity(&self) -> &str {
        &self.packed.integrity
    }

    fn tags(&self, when: &str, origin: &str, attributes: &str) -> Tags {
        let Self { path, pinned_path, .. } = self;
        let verified = format!(r#"integrity="{}" crossorigin="anonymous""#, self.integrity());
        Tags {
            following: format!(r#"<script {when} src="{origin}{path}"{attributes}></script>"#),
            pinned: format!(r#"<script {when} src="{origin}{pinned_path}" {verified}{attributes}></script>"#),
        }
    }
}

/// Serves all scripts, each under both its names.
pub(super) fn routes(collector: &Arc<Collector>) -> Vec<Route> {
    let scripts = Scripts::new(&collector.options.paths);
    let mut routes = Vec::new();
    let mut add = |script: &Arc<Script>, counted: Option<&Arc<Collector>>, (stays, pinned)| {
        let serving = |keep| Serving { script: Arc::clone(script), keep, counted: counted.map(Arc::clone) };
        routes.push(route(&script.path, stays, serving(Keep::Short)));
        routes.push(route(&script.pinned_path, pinned, serving(Keep::ForEver)));
    };
    let summaries =
        ("The snippet, for the pages of shops", "The snippet of this version, for pages that pin it by its hash");
    add(&scripts.snippet, Some(collector), summaries);
    let summaries =
        ("An adapter of the snippet for a platform", "An adapter of this version, for pages that pin it by its hash");
    scripts.adapters.iter().for_each(|adapter| add(&adapter.script, None, summaries));
    routes
}

fn route(path: &str, summary: &'static str, serving: Serving) -> Route {
    Endpoint::get(path.to_owned(), Access::Anyone, summary)
        .shown(Shown::Everywhere)
        .answers(200, Content::Media("text/javascript"))
        .answers(304, Content::Empty)
        .serve(serve, serving)
}

#[derive(Clone)]
struct Serving {
    script: Arc<Script>,
    keep: Keep,
    /// Whose pages fetch it is counted there; adapters come after the snippet and say nothing new.
    counted: Option<Arc<Collector>>,
}

async fn serve(State(serving): State<Serving>, headers: HeaderMap) -> Response {
    if let Some(collector) = &serving.counted {
        collector.fetches.count(&headers, &collector.control.sites(), (collector.now)());
    }
    serving.script.packed.answer(&headers, serving.keep)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags_at(script: &str, events: &str) -> Tags {
        let scripts = Scripts::new(&Paths::parse(script, events).unwrap());
        scripts.tags("https://stats.example", &SiteKey::parse("shop").unwrap())
    }

    #[test]
    fn tags_name_the_script_and_where_events_go_unless_that_is_beside_it() {
        let tags = tags_at("/s.js", "/s");
        assert_eq!(tags.following, r#"<script async src="https://stats.example/s.js" data-styk-site="shop"></script>"#);
        let tags = tags_at("/a/b.js", "/c");
        let own = r#" data-styk-site="shop" data-styk-to="https://stats.example/c"></script>"#;
        assert_eq!(tags.following, format!(r#"<script async src="https://stats.example/a/b.js"{own}"#));
        assert!(tags.pinned.starts_with(r#"<script async src="https://stats.example/a/b."#), "{}", tags.pinned);
        assert!(tags.pinned.ends_with(&format!(r#"" crossorigin="anonymous"{own}"#)), "{}", tags.pinned);
    }

    #[test]
    fn what_is_pasted_by_hand_has_no_tag_and_the_words_to_replace() {
        let scripts = Scripts::new(&Paths::parse("/s.js", "/s").unwrap());
        for adapter in scripts.adapters() {
            assert_eq!(adapter.tags("").is_none(), adapter.name == "shopify-pixel", "{}", adapter.name);
        }
        let (.., Built { plain, .. }) = &ADAPTERS[2];
        let text = String::from_utf8_lossy(plain);
        assert!(text.contains(r#""https://HOST/s""#) && text.contains(r#""SITE""#), "the page replaces these: {text}");
    }
}
