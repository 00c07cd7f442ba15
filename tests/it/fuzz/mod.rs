//! What must hold for any bytes whatever, as functions of bytes: replayed here over the kept corpus, and driven with
//! ever new bytes by `tests/fuzz/run`.
//!
//! An input that once broke something stays in `tests/fixtures/fuzz/<target>/` for ever.

pub(crate) mod addresses;
pub(crate) mod bodies;
pub(crate) mod recovery;

/// Gives every kept input of `target` to `check`, under its file's name.
#[cfg(test)]
fn replay(target: &str, check: impl Fn(&[u8])) {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/fuzz").join(target);
    let mut paths: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(!paths.is_empty(), "{} is empty: keep at least one input there", folder.display());
    for path in paths {
        // Shown only when the check panics.
        println!("{}", path.display());
        check(&std::fs::read(&path).unwrap());
    }
}

/// Nothing here builds the targets, so that a module which moves would break them unseen.
#[test]
fn the_targets_find_every_module_that_the_checks_use() {
    let tests = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let modules = std::fs::read_to_string(tests.join("fuzz/modules.rs")).unwrap();
    let paths = modules.lines().filter_map(|line| line.strip_prefix("#[path = \"")?.strip_suffix("\"]"));
    let mut files: Vec<_> = paths.map(|path| tests.join("fuzz").join(path)).collect();
    files.extend(std::fs::read_dir(tests.join("it/fuzz")).unwrap().map(|entry| entry.unwrap().path()));
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        for used in text.split("crate::").skip(1) {
            let name = used.split(|c: char| c != '_' && !c.is_alphanumeric()).next().unwrap();
            let found = modules.contains(&format!("\nmod {name}"));
            assert!(name.is_empty() || found, "declare `{name}`, of {}, in fuzz/modules.rs", file.display());
        }
    }
}

#[test]
fn any_body_is_accepted_or_refused_and_what_is_accepted_reads_back() {
    let shop = crate::hostile_parse::shop::Shop::open();
    replay("body", |bytes| bodies::body(&shop, bytes));
    assert!(!shop.events().is_empty(), "nothing of the corpus was accepted");
}

#[test]
fn any_question_is_answered_or_refused() {
    let shop = bodies::asked();
    replay("question", |bytes| bodies::question(&shop, bytes));
}

#[test]
fn a_journal_of_any_bytes_opens_and_takes_records() {
    replay("recovery", recovery::recovery);
}

#[test]
fn any_address_is_scrubbed_once_and_for_all() {
    replay("url", addresses::url);
}

#[test]
fn any_forwarded_header_names_a_hop_or_the_peer() {
    replay("forwarded", addresses::forwarded);
}

#[test]
fn any_amount_is_exact_or_refused() {
    replay("money", addresses::money);
}
