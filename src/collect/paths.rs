//! Where pages of shops find the snippet, and where it sends events to.

/// Where servers send events to. It never moves.
const EVENTS: &str = "/v1/events";

/// The addresses that blockers and proxies may make a shop move.
///
/// Invariant: each is `/` and letters, digits, `-`, `_` or `~`, once or several times; so none of them is anything else
/// in a tag, a pattern of the router or a pattern of the snippet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paths {
    /// Of the snippet, without its `.js`.
    stem: String,
    events: String,
}

/// What is wrong with an address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadPath {
    /// Of the snippet.
    #[error("`collect.script_path`: `{0}` is not `/`, letters, digits, `-`, `_` or `~`, and `.js`, such as /s.js")]
    Script(String),
    /// Of the events.
    #[error("`collect.events_path`: `{0}` is not `/` and letters, digits, `-`, `_` or `~`, such as /s")]
    Events(String),
}

impl Paths {
    /// Takes the addresses of the settings.
    ///
    /// # Errors
    /// [`BadPath`], naming the setting.
    pub fn parse(script: &str, events: &str) -> Result<Self, BadPath> {
        let stem = script.strip_suffix(".js").filter(|stem| is_plain(stem));
        let stem = stem.ok_or_else(|| BadPath::Script(script.to_owned()))?.to_owned();
        if !is_plain(events) {
            return Err(BadPath::Events(events.to_owned()));
        }
        Ok(Self { stem, events: events.to_owned() })
    }

    /// Whether events are sent to this path. Asked for every `POST`.
    pub fn take_events(&self, path: &str) -> bool {
        path == self.events || path == EVENTS
    }

    /// Where the snippet sends events to.
    pub fn events(&self) -> &str {
        &self.events
    }

    /// All paths that events are sent to.
    pub(super) fn all_events(&self) -> Vec<String> {
        let mut all = vec![EVENTS.to_owned(), self.events.clone()];
        all.dedup();
        all
    }

    /// The snippet's address without its `.js`; its adapters lie below.
    pub(super) fn stem(&self) -> &str {
        &self.stem
    }

    /// Whether the snippet finds out by its own address where events go, as it does by itself.
    pub(super) fn lie_together(&self) -> bool {
        self.stem == self.events
    }
}

fn is_plain(path: &str) -> bool {
    let plain = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || "-_~".contains(c));
    path.strip_prefix('/').is_some_and(|parts| parts.split('/').all(plain))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_plain_or_named_as_wrong() {
        let paths = Paths::parse("/shop/x-1.js", "/shop/_y~").unwrap();
        assert_eq!((paths.stem(), paths.events(), paths.lie_together()), ("/shop/x-1", "/shop/_y~", false));
        assert!(paths.take_events("/shop/_y~") && paths.take_events("/v1/events") && !paths.take_events("/s"));
        assert!(Paths::parse("/s.js", "/s").unwrap().lie_together());
        assert_eq!(Paths::parse("/s.js", "/v1/events").unwrap().all_events(), ["/v1/events"]);
        for script in ["", "s.js", "/s", "/.js", "//s.js", "/a.min.js", "/../s.js", "/{s}.js", "/s.js?x", "/s\".js"] {
            assert_eq!(Paths::parse(script, "/s"), Err(BadPath::Script(script.to_owned())));
        }
        for events in ["", "/", "s", "/s/", "/s.txt", "/{*rest}", "/s ", "/\u{e9}"] {
            assert_eq!(Paths::parse("/s.js", events), Err(BadPath::Events(events.to_owned())));
        }
    }
}
