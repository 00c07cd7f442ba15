//! Notes on a site's days.

use serde_json::{Value, json};
use styk::control::{ANNOTATIONS_PER_SITE_MAX, Role};

use super::Office;
use crate::program::{add_key, add_site, wait_for};

const NOTES: &str = "/v1/sites/shop/annotations";

fn texts(office: &Office) -> Vec<String> {
    let list = office.owner.get(NOTES);
    let notes = list["annotations"].as_array().unwrap().iter();
    notes.map(|note| format!("{} {}", note["date"].as_str().unwrap(), note["text"].as_str().unwrap())).collect()
}

#[test]
fn an_editor_writes_changes_and_removes_notes_and_a_viewer_reads_them() {
    let office = Office::open();
    let editor = office.hire("eve@shop.example", Role::Editor);
    let viewer = office.hire("vic@shop.example", Role::Viewer);
    let write = |date: &str, text: &str| editor.ask("POST", NOTES, Some(&json!({ "date": date, "text": text })));
    let made = write("2026-11-20", " New checkout went live ").expect(201, "");
    write("2026-11-02", "Price list").expect(201, "");
    assert_eq!((&made["text"], &made["created_by"]), (&json!("New checkout went live"), &json!("eve@shop.example")));
    assert_eq!(texts(&office), ["2026-11-02 Price list", "2026-11-20 New checkout went live"]);

    let own = format!("{NOTES}/{}", made["id"]);
    let moved = office.owner.ask("PUT", &own, Some(&json!({ "date": "2026-11-01" }))).expect(200, "");
    assert_eq!((&moved["text"], &moved["created_by"]), (&made["text"], &made["created_by"]));
    assert_eq!(moved["changed_by"], "ann@shop.example");
    editor.ask("PUT", &own, Some(&json!({ "text": "New till" }))).expect(200, "");
    assert_eq!(texts(&office), ["2026-11-01 New till", "2026-11-02 Price list"]);

    assert_eq!(viewer.get(NOTES), office.owner.get(NOTES));
    viewer.ask("POST", NOTES, Some(&json!({ "date": "2026-11-01", "text": "x" }))).expect(403, "role");
    viewer.ask("PUT", &own, Some(&json!({ "text": "x" }))).expect(403, "role");
    viewer.ask("DELETE", &own, None).expect(403, "role");
    editor.ask("DELETE", &own, None).expect(204, "");
    editor.ask("DELETE", &own, None).expect(404, "not_found");
    editor.ask("PUT", &own, Some(&json!({ "text": "x" }))).expect(404, "not_found");
    assert_eq!(texts(&office), ["2026-11-02 Price list"]);
}

#[test]
fn another_site_has_its_own() {
    let office = Office::open();
    let form = json!({ "date": "2026-11-20", "text": "Ours" });
    let made = office.owner.ask("POST", NOTES, Some(&form)).expect(201, "");
    add_site(office.shop.data.path(), "other");
    let other = add_key(office.shop.data.path(), "other", "admin");
    wait_for("the other site", || office.program.get("/v1/sites/other/annotations", &other).status == 200);
    assert_eq!(office.program.get("/v1/sites/other/annotations", &other).json(), json!({ "annotations": [] }));
    assert_eq!(office.program.delete(&format!("/v1/sites/other/annotations/{}", made["id"]), &other).status, 404);
    assert_eq!(office.program.get(NOTES, &other).status, 404);
    assert_eq!(texts(&office), ["2026-11-20 Ours"]);
}

#[test]
fn what_is_no_note_is_refused_by_its_field() {
    let office = Office::open();
    let refused = |form: Value, code: &str| office.owner.ask("POST", NOTES, Some(&form)).field(code);
    for date in
        ["", "yesterday", "2026-02-30", "20261120", "2026-11-20T10:00:00Z", "1969-12-31", "9999-01-01", "2026-11-2"]
    {
        assert_eq!(refused(json!({ "date": date, "text": "x" }), "bad_request"), "date", "{date}");
    }
    for text in [String::new(), "  ".to_owned(), "x".repeat(201), "a\nb".to_owned(), "a\u{0}b".to_owned()] {
        assert_eq!(refused(json!({ "date": "2026-11-20", "text": text }), "bad_request"), "text", "{text:?}");
    }
    assert_eq!(refused(json!({ "date": "2026-11-20" }), "bad_json"), "");
    assert_eq!(refused(json!({ "date": "2026-11-20", "text": "x", "colour": "red" }), "bad_json"), "");
    for number in 0..ANNOTATIONS_PER_SITE_MAX {
        let form = json!({ "date": "2026-11-20", "text": number.to_string() });
        office.owner.ask("POST", NOTES, Some(&form)).expect(201, "");
    }
    assert_eq!(refused(json!({ "date": "2026-11-20", "text": "one more" }), "too_many_annotations"), "");
}

#[test]
fn the_command_writes_lists_and_removes_the_same_notes() {
    let office = Office::open();
    office.command(&["note", "add", "New checkout went live", "--site", "shop", "--date", "2026-11-20"]);
    office.command(&["note", "add", "Price list", "--site", "shop", "--date", "2026-11-02"]);
    assert_eq!(texts(&office), ["2026-11-02 Price list", "2026-11-20 New checkout went live"]);
    let listed = office.command(&["note", "list", "--site", "shop"]);
    let row = listed.lines().find(|line| line.contains("Price list")).unwrap();
    let id = row.split_whitespace().next().unwrap();
    assert!(row.contains("2026-11-02") && row.contains("a command on the server's computer"), "{listed}");
    office.command(&["note", "remove", id, "--site", "shop"]);
    assert_eq!(texts(&office), ["2026-11-20 New checkout went live"]);
    let said = crate::program::fail(office.shop.data.path(), &["note", "remove", id, "--site", "shop"]);
    assert!(said.contains("there is no such thing here"), "{said}");
    let said = crate::program::fail(office.shop.data.path(), &["note", "add", "x", "--site", "shop", "--date", "soon"]);
    assert!(said.contains("(`date`)"), "{said}");
}
