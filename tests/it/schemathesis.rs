//! Schemathesis asks the running server what its own description allows, and what it forbids.

use std::path::PathBuf;
use std::process::Command;

use serde_json::json;
use styk::control::{Control, Role, Scope};

use crate::program::{Shop, add_key};

/// So many made-up requests an operation, beside those for the limits of its schema: half a minute in all.
const EXAMPLES: &str = "20";
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
     response_schema_conformance,unsupported_method";

#[test]
fn no_request_gets_an_answer_that_the_description_does_not_list() {
    let shop = Shop::new();
    keep_small_numbers_free(&shop);
    let key = add_key(shop.data.path(), Shop::SITE, "admin");
    let program = shop.start(&[]);
    shop.send(&program, &json!({ "name": "purchase", "visitor": "v1", "transaction_id": "t1", "value": "1.50" }));
    program.wait_until_loaded();
    let control = Control::open(shop.data.path()).unwrap();
    let owner = control.add_user("ann@shop.example", "correct horse battery", Role::Owner).unwrap();
    let login = control.start_login(&owner, styk::server::now()).unwrap();

    let directory = tempfile::tempdir().unwrap();
    let config = format!("[parameters]\n\"path.site\" = \"{}\"\n", Shop::SITE);
    std::fs::write(directory.path().join("schemathesis.toml"), config).unwrap();
    let output = Command::new(schemathesis())
        .current_dir(directory.path())
        .args(["run", &format!("{}/openapi.json", program.base_url())])
        .args(["--seed", "1", "--max-examples", EXAMPLES, "--checks", CHECKS])
        .args(["--suppress-health-check", "all", "--continue-on-failure", "--no-color"])
        .args(["-H", &format!("Authorization: Bearer {key}")])
        .args(["-H", &format!("Cookie: styk_login={login}"), "-H", "Sec-Fetch-Site: same-origin"])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains("Schemathesis v") && said.contains(" passed"), "{said}");
}

/// The key that asks must not be one of those that a made-up `DELETE …/keys/1` revokes.
fn keep_small_numbers_free(shop: &Shop) {
    let control = Control::open(shop.data.path()).unwrap();
    let site = control.sites()[0].key.clone();
    for _ in 0..300 {
        control.add_key(&site, Scope::Collect, "").unwrap();
        let newest = control.list_keys().unwrap().pop().unwrap();
        control.revoke_key(newest.id).unwrap();
    }
}

fn schemathesis() -> PathBuf {
    let python = match std::env::var_os("STYK_TEST_PYTHON") {
        Some(python) => PathBuf::from(python),
        None => PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/python/bin/python"),
    };
    let program = python.with_file_name("schemathesis");
    assert!(program.exists(), "there is no {}; `./check` installs it", program.display());
    program
}
