//! What a site is, changed on the screen.

use serde_json::json;
use styk::control::Role;

use super::{Office, Person};
use crate::program::wait_for;

const SETTINGS: &str = "/v1/sites/shop/settings";

#[test]
fn a_site_is_added_named_moved_and_the_commands_see_it() {
    let office = Office::open();
    let form = json!({ "key": "hats", "domains": ["Hats.Example"], "time_zone": "europe/warsaw", "currency": "PLN" });
    let made = office.owner.ask("POST", "/v1/sites", Some(&form)).expect(201, "");
    let expected = json!({
        "key": "hats", "name": "hats", "domains": ["hats.example"], "time_zone": "Europe/Warsaw", "currency": "PLN",
        "preset": "default", "retention_days": 0, "kept_days": null, "excluded_addresses": [], "asked_from": "127.0.0.1",
    });
    assert_eq!(made, expected);
    assert_eq!(office.owner.ask("POST", "/v1/sites", Some(&form)).field("site_taken"), "key");

    let path = "/v1/sites/hats/settings";
    let change = json!({ "name": " Hats & caps ", "domains": ["caps.example", "hats.example"], "preset": "cnil" });
    let changed = office.owner.ask("PUT", path, Some(&change)).expect(200, "");
    assert_eq!(
        (&changed["name"], &changed["domains"]),
        (&json!("Hats & caps"), &json!(["caps.example", "hats.example"]))
    );
    assert_eq!(
        (&changed["preset"], &changed["kept_days"], &changed["time_zone"]),
        (&json!("cnil"), &json!(760), &json!("Europe/Warsaw"))
    );
    assert_eq!(office.owner.get(path), changed);
    assert_eq!(office.owner.get("/v1/me")["sites"][1]["name"], "Hats & caps");
    let listed = office.command(&["site", "list"]);
    assert!(listed.contains("caps.example hats.example") && listed.contains("760 days"), "{listed}");

    office.command(&["site", "set", "hats", "--name", "", "--retention-days", "30"]);
    wait_for("the command's change", || office.owner.get(path)["name"] == "hats");
    assert_eq!(office.owner.get(path)["kept_days"], 30);
}

#[test]
fn only_owners_and_admin_keys_decide_and_every_reader_sees() {
    let office = Office::open();
    let change = json!({ "currency": "CZK" });
    for role in [Role::Viewer, Role::Editor] {
        let person = office.hire(&format!("{}@shop.example", role.as_str()), role);
        assert_eq!(person.get(SETTINGS)["currency"], "EUR");
        person.ask("PUT", SETTINGS, Some(&change)).expect(403, "role");
        person.ask("POST", "/v1/sites", Some(&json!({}))).expect(403, "role");
        person.ask("GET", "/v1/settings", None).expect(403, "role");
    }
    Person::nobody(&office.program).ask("GET", SETTINGS, None).expect(401, "sign_in_required");
    assert_eq!(office.owner.get(SETTINGS)["currency"], "EUR");
}

#[test]
fn what_is_no_setting_is_refused_by_its_field_and_nothing_changes() {
    let office = Office::open();
    let before = office.owner.get(SETTINGS);
    let many = |count: usize, form: fn(usize) -> String| (0..count).map(form).collect::<Vec<_>>();
    let bad = [
        (json!({ "name": "x".repeat(101) }), "bad_name", "name"),
        (json!({ "name": "a\nb" }), "bad_name", "name"),
        (json!({ "domains": [] }), "no_domain", "domains"),
        (json!({ "domains": ["good.example", "https://shop.example/"] }), "bad_domain", "domains"),
        (json!({ "domains": ["<img src=x>"] }), "bad_domain", "domains"),
        (json!({ "domains": many(51, |n| format!("h{n}.example")) }), "too_many_domains", "domains"),
        (json!({ "time_zone": "UTC'--" }), "bad_time_zone", "time_zone"),
        (json!({ "currency": "EURO" }), "bad_currency", "currency"),
        (json!({ "preset": "none" }), "bad_request", "preset"),
        (json!({ "excluded_addresses": ["10.0.0.0/33"] }), "bad_address", "excluded_addresses"),
        (json!({ "excluded_addresses": ["0.0.0.0/0"] }), "bad_address", "excluded_addresses"),
        (json!({ "excluded_addresses": many(101, |n| format!("10.0.0.{n}")) }), "bad_address", "excluded_addresses"),
        (json!({ "retention_days": -1 }), "bad_json", ""),
        (json!({ "retention_days": 70_000 }), "bad_json", ""),
        (json!({ "key": "other" }), "bad_json", ""),
    ];
    for (change, code, field) in bad {
        let said = office.owner.ask("PUT", SETTINGS, Some(&change));
        let message = said.said["error"]["message"].as_str().unwrap().to_owned();
        assert!(!message.contains("img") && !message.contains("UTC'"), "input is not echoed: {message}");
        assert_eq!(said.field(code), field, "{change}");
    }
    let form = json!({ "key": "../hats", "domains": ["hats.example"], "time_zone": "UTC", "currency": "EUR" });
    assert_eq!(office.owner.ask("POST", "/v1/sites", Some(&form)).field("bad_key"), "key");
    assert_eq!(office.owner.get(SETTINGS), before);
}

#[test]
fn visits_from_the_shops_own_office_are_not_counted_and_the_status_says_so() {
    let office = Office::open();
    let visit = json!({ "site": "shop", "name": "page_view", "url": "https://shop.example/" });
    // A page's request carries no key.
    let send = || Person::nobody(&office.program).ask("POST", "/s", Some(&visit));
    send().expect(202, "");
    let change = json!({ "excluded_addresses": ["203.0.113.7", "127.0.0.0/8", "127.0.0.0/8"] });
    let changed = office.owner.ask("PUT", SETTINGS, Some(&change)).expect(200, "");
    assert_eq!(changed["excluded_addresses"], json!(["203.0.113.7", "127.0.0.0/8"]));
    send().expect(403, "excluded_address");
    let server = json!({ "name": "purchase", "visitor": "v1", "transaction_id": "t1" });
    assert_eq!(office.shop.send(&office.program, &server).status, 202, "what the shop's server says is counted");
    let status = office.owner.get("/v1/sites/shop/status");
    let reasons = &status["since_start"]["reasons"];
    assert_eq!((&reasons[0]["code"], &reasons[0]["events"]), (&json!("excluded_address"), &json!(1)));
    assert_eq!(status["since_start"]["difference"], 0);

    office.command(&["site", "set", "shop", "--exclude"]);
    wait_for("nobody to be left out", || office.owner.get(SETTINGS)["excluded_addresses"] == json!([]));
    send().expect(202, "");
}

#[test]
fn the_programs_own_settings_are_shown_to_owners_with_what_the_manual_says() {
    let office = Office::open();
    let told = office.owner.get("/v1/settings");
    let settings = told["settings"].as_array().unwrap();
    let of = |key: &str| settings.iter().find(|one| one["key"] == key).unwrap();
    assert_eq!(
        (&of("journal.keep_hours")["value"], &of("journal.keep_hours")["default"]),
        (&json!("72"), &json!("72"))
    );
    // The test chose the port.
    assert_eq!(
        (&of("serve.listen")["value"], &of("serve.listen")["default"]),
        (&json!("\"127.0.0.1:0\""), &json!("\"127.0.0.1:8417\""))
    );
    assert!(of("store.threads")["about"].as_str().unwrap().starts_with("Threads that DuckDB uses"));
}
