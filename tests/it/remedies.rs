//! What can be done about events that were turned away: the server says it in English, the dashboard in each language of
//! its own, by the reason's code.

use std::collections::BTreeMap;
use std::path::Path;

use styk::collect::{Refusal, Shed};

const LANGUAGES: &[&str] = &["en", "pl", "cs", "de"];

/// A language's sentences by "refused bad_json".
fn told_in(language: &str) -> BTreeMap<String, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/report/dashboard/strings");
    let words = std::fs::read_to_string(folder.join(language).join("remedies.js")).unwrap();
    let mut how = "";
    let mut told = BTreeMap::new();
    for line in words.lines() {
        let Some((code, rest)) = line.trim().split_once(": ") else { continue };
        match serde_json::from_str(rest.trim_end_matches(',')) {
            Ok(sentence) => _ = told.insert(format!("{how} {code}"), sentence),
            Err(_) => how = code,
        }
    }
    told
}

/// The server's own sentences, in the same way.
fn told_by_the_server() -> BTreeMap<String, String> {
    let refused = Refusal::ALL.iter().map(|refusal| (format!("refused {}", refusal.code()), refusal.message()));
    let shed = Shed::ALL.iter().map(|shed| (format!("shed {}", shed.as_str()), shed.remedy()));
    refused.chain(shed).map(|(code, sentence)| (code, sentence.to_owned())).collect()
}

#[test]
fn every_reason_has_its_remedy_in_every_language() {
    let server = told_by_the_server();
    assert_eq!(told_in("en"), server);
    for language in LANGUAGES {
        let told = told_in(language);
        let codes: Vec<&String> = told.keys().collect();
        assert_eq!(codes, server.keys().collect::<Vec<_>>(), "{language}");
        let named_alike =
            |sentence: &String| sentence.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>();
        for (code, sentence) in &told {
            assert_eq!(named_alike(sentence), named_alike(&server[code]), "{language}: {code} names other fields");
        }
    }
}
