//! `GET /v1/settings`: what the program was started with, key by key, for owners. It is changed where it was written:
//! in the file, the environment or the command line.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;
use toml::{Table, Value};

use crate::config::{DEFAULT_TOML, Settings};
use crate::report::door::Door;
use crate::route::{Access, Content, Endpoint, Route};

pub(super) fn route(settings: &Settings, door: &Door) -> Route {
    let about = "What the program was started with; it is changed in the file of settings";
    let route = Endpoint::get("/v1/settings", Access::Server, about)
        .answers(200, Content::json::<ProgramSettings>())
        .serve(see, Arc::new(described(settings)));
    door.guard(route)
}

/// All that can be set, in the order of the manual.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct ProgramSettings {
    settings: Vec<Setting>,
}

/// One key.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Setting {
    /// Such as `collect.trusted_proxies`.
    key: String,
    /// As TOML writes it.
    value: String,
    default: String,
    /// What the manual says of it.
    about: String,
}

async fn see(State(settings): State<Arc<ProgramSettings>>) -> Json<ProgramSettings> {
    Json(ProgramSettings::clone(&settings))
}

fn described(settings: &Settings) -> ProgramSettings {
    let in_force = values(Table::try_from(settings).expect("settings were read from TOML, so they are TOML"));
    let default = values(DEFAULT_TOML.parse().expect("the manual is TOML"));
    let value_of = |values: &BTreeMap<String, String>, key: &str| values.get(key).cloned().unwrap_or_default();
    let setting = |(key, about): (String, String)| Setting {
        value: value_of(&in_force, &key),
        default: value_of(&default, &key),
        key,
        about,
    };
    ProgramSettings { settings: read_manual(DEFAULT_TOML).into_iter().map(setting).collect() }
}

/// Each `section.key` with its value as text.
fn values(table: Table) -> BTreeMap<String, String> {
    let of_section = |(section, keys): (String, Value)| {
        let Value::Table(keys) = keys else { return Vec::new() };
        keys.into_iter().map(|(key, value)| (format!("{section}.{key}"), value.to_string())).collect()
    };
    table.into_iter().flat_map(of_section).collect()
}

/// Each key of the manual with what is said of it: the comment above it, or above the keys that stand with it.
fn read_manual(text: &str) -> Vec<(String, String)> {
    let (mut section, mut said, mut keys) = ("", Vec::new(), Vec::new());
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            section = name;
        } else if let Some(words) = line.strip_prefix("# ") {
            said.push(words);
        } else if let Some((key, _)) = line.split_once('=') {
            keys.push((format!("{section}.{}", key.trim()), said.join(" ")));
            if lines.peek().is_some_and(|next| next.starts_with('#')) {
                said.clear();
            }
        } else {
            said.clear();
        }
    }
    keys
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_key_is_told_with_its_value_and_the_manuals_words() {
        let flags = [("collect.trusted_proxies", "[\"10.0.0.0/8\"]".to_owned())];
        let read = crate::config::read(None, std::iter::empty(), &flags).unwrap();
        let told = described(&read.settings).settings;
        let keys: BTreeSet<&String> = told.iter().map(|one| &one.key).collect();
        assert_eq!(keys, read.origins.keys().collect());
        for one in &told {
            assert_eq!(one.value, read.origins[&one.key].0, "{}", one.key);
            assert!(!one.about.is_empty(), "{}", one.key);
        }
        let of = |key: &str| told.iter().find(|one| one.key == key).unwrap();
        let proxies = of("collect.trusted_proxies");
        assert_eq!((proxies.value.as_str(), proxies.default.as_str()), ("[\"10.0.0.0/8\"]", "[]"));
        assert!(proxies.about.starts_with("Addresses (or networks"), "{}", proxies.about);
        assert_eq!(of("journal.queue_records_max").about, of("journal.queue_mib_max").about);
        assert!(of("serve.listen").about.starts_with("Where the server listens"));
    }
}
