//! Keys, made and revoked on the screen.

use serde_json::{Value, json};
use styk::control::Role;

use super::Office;
use crate::program::{add_key, add_site, wait_for};

const KEYS: &str = "/v1/sites/shop/keys";

fn named(office: &Office, name: &str) -> Option<Value> {
    let list = office.owner.get(KEYS);
    list["keys"].as_array().unwrap().iter().find(|key| key["name"] == name).cloned()
}

#[test]
fn a_key_works_the_moment_it_is_made_and_not_after_it_is_revoked() {
    let office = Office::open();
    let made = office.owner.ask("POST", KEYS, Some(&json!({ "scope": "read", "name": "sheet" }))).expect(201, "");
    let secret = made["secret"].as_str().unwrap();
    assert!(secret.starts_with("styk_read_"), "{secret}");
    assert_eq!(office.program.get("/v1/sites/shop/fields", secret).status, 200);

    let key = named(&office, "sheet").unwrap();
    assert_eq!(key["scope"], "read");
    assert!(!office.owner.get(KEYS).to_string().contains(secret), "a list has no secrets");
    assert!(office.command(&["key", "list"]).contains("sheet"));

    let path = format!("{KEYS}/{}", key["id"]);
    office.owner.ask("DELETE", &path, None).expect(204, "");
    assert_eq!(office.program.get("/v1/sites/shop/fields", secret).status, 401);
    office.owner.ask("DELETE", &path, None).expect(404, "not_found");
    assert_eq!(named(&office, "sheet"), None);
}

#[test]
fn keys_are_the_owners_and_each_sites_own() {
    let office = Office::open();
    let editor = office.hire("eve@shop.example", Role::Editor);
    editor.ask("GET", KEYS, None).expect(403, "role");
    editor.ask("POST", KEYS, Some(&json!({ "scope": "admin" }))).expect(403, "role");

    add_site(office.shop.data.path(), "other");
    let other = add_key(office.shop.data.path(), "other", "admin");
    wait_for("the other site", || office.program.get("/v1/sites/other/keys", &other).status == 200);
    let own = office.owner.get(KEYS)["keys"][0]["id"].clone();
    assert_eq!(office.program.get(KEYS, &other).status, 404);
    assert_eq!(office.program.delete(&format!("/v1/sites/other/keys/{own}"), &other).status, 404);
    assert_eq!(office.program.delete(&format!("{KEYS}/{own}"), &other).status, 404);
    assert_eq!(office.owner.get(KEYS)["keys"].as_array().unwrap().len(), 2);
    assert_eq!(office.owner.get("/v1/sites/other/keys")["keys"].as_array().unwrap().len(), 1);
}

#[test]
fn what_makes_no_key_is_refused_and_a_site_has_at_most_200() {
    let office = Office::open();
    let refused = |form: Value, code: &str| office.owner.ask("POST", KEYS, Some(&form)).field(code);
    assert_eq!(refused(json!({ "scope": "everything" }), "bad_request"), "scope");
    assert_eq!(refused(json!({ "scope": "read", "name": "x".repeat(101) }), "bad_name"), "name");
    assert_eq!(refused(json!({ "scope": "read", "name": "a\u{0}b" }), "bad_name"), "name");
    assert_eq!(refused(json!({ "scope": "read", "site": "other" }), "bad_json"), "");
    for _ in 2..200 {
        office.owner.ask("POST", KEYS, Some(&json!({ "scope": "collect" }))).expect(201, "");
    }
    assert_eq!(refused(json!({ "scope": "collect" }), "too_many_keys"), "");
    let message = crate::program::fail(office.shop.data.path(), &["key", "add", "--site", "shop", "--scope", "read"]);
    assert!(message.contains("site `shop` has 200 keys; revoke some first"), "{message}");
}
