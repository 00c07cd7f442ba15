//! Users, invited and dismissed on the screen; the passwords they choose.

use serde_json::{Value, json};
use styk::control::{Control, PASSWORD_LINK_DAYS, Role, UserId};
use styk::domain::time::DAY_MS;

use super::{Office, PASSWORD, Person};

const USERS: &str = "/v1/users";
const NEW_PASSWORD: &str = "seven hats in a row";

fn invite(office: &Office, email: &str, role: &str) -> (Value, String) {
    let said = office.owner.ask("POST", USERS, Some(&json!({ "email": email, "role": role }))).expect(201, "");
    (said["user"].clone(), token_of(&said["link"]))
}

/// What a link is good for stands before the address that it is for.
fn token_of(link: &Value) -> String {
    let (token, _) = link["url"].as_str().unwrap().strip_prefix("/password#").unwrap().split_once(':').unwrap();
    token.to_owned()
}

fn choose(person: &mut Person, token: &str, password: &str) -> super::Said {
    person.ask_and_keep("/v1/password", &json!({ "token": token, "password": password }))
}

#[test]
fn who_is_invited_chooses_a_password_by_the_link_once_and_is_signed_in() {
    let office = Office::open();
    let (user, token) = invite(&office, " Bob@Shop.Example ", "viewer");
    assert_eq!(user, json!({ "id": 2, "email": "bob@shop.example", "role": "viewer", "invited": true }));
    let mut bob = Person::nobody(&office.program);
    let empty = bob.ask_and_keep("/v1/login", &json!({ "email": "bob@shop.example", "password": "" }));
    empty.expect(401, "wrong_email_or_password");

    assert_eq!(choose(&mut bob, &token, "short").field("weak_password"), "password");
    choose(&mut bob, &token, NEW_PASSWORD).expect(204, "");
    assert_eq!(bob.role().expect(200, "")["role"], "viewer");
    choose(&mut Person::nobody(&office.program), &token, "another long password").expect(403, "link_used");
    Person::sign_in(&office.program, "bob@shop.example", NEW_PASSWORD);
    assert_eq!(office.owner.get(USERS)["users"][1]["invited"], false);
    assert!(office.command(&["user", "list"]).contains("bob@shop.example"));
}

#[test]
fn a_new_link_voids_the_one_before_and_ends_the_logins_once_it_is_used() {
    let office = Office::open();
    let bob = office.hire("bob@shop.example", Role::Editor);
    let link = || office.owner.ask("POST", "/v1/users/2/link", None).expect(201, "");
    let (first, second) = (token_of(&link()), token_of(&link()));
    choose(&mut Person::nobody(&office.program), &first, NEW_PASSWORD).expect(403, "link_used");
    assert_eq!(bob.role().status, 200, "a link alone changes nothing");
    choose(&mut Person::nobody(&office.program), &second, NEW_PASSWORD).expect(204, "");
    bob.role().expect(401, "sign_in_required");
    office.owner.ask("POST", "/v1/users/9/link", None).expect(404, "not_found");
}

#[test]
fn a_link_is_over_after_seven_days() {
    let directory = tempfile::tempdir().unwrap();
    let control = Control::open(directory.path()).unwrap();
    let now = styk::server::now();
    let (user, link) = control.invite_user("bob@shop.example", Role::Viewer, now).unwrap();
    let late = now.plus_ms(PASSWORD_LINK_DAYS * DAY_MS);
    assert_eq!(link.expires_at, late);
    assert_eq!(control.use_password_link(&link.token, NEW_PASSWORD, late).unwrap(), None);
    let used = control.use_password_link(&link.token, NEW_PASSWORD, late.plus_ms(-1)).unwrap().unwrap();
    assert_eq!((used.id, used.invited), (user.id, false));
    assert_eq!(control.add_password_link(UserId(9), now).unwrap().map(|(user, _)| user), None);
}

#[test]
fn a_role_changes_at_once_and_the_last_owner_stays() {
    let office = Office::open();
    let bob = office.hire("bob@shop.example", Role::Viewer);
    let set = |id: u32, role: &str| office.owner.ask("PUT", &format!("{USERS}/{id}"), Some(&json!({ "role": role })));
    assert_eq!(set(2, "editor").expect(200, "")["role"], "editor");
    assert_eq!(bob.role().expect(200, "")["role"], "editor");
    bob.ask("GET", USERS, None).expect(403, "role");
    assert_eq!(set(2, "king").field("bad_request"), "role");
    set(9, "viewer").expect(404, "not_found");

    set(1, "viewer").expect(400, "last_owner");
    office.owner.ask("DELETE", "/v1/users/1", None).expect(400, "last_owner");
    // Who was invited only cannot sign in, and is no owner to leave the server to.
    invite(&office, "cyd@shop.example", "owner");
    office.owner.ask("DELETE", "/v1/users/1", None).expect(400, "last_owner");
    assert_eq!(office.owner.role().expect(200, "")["role"], "owner");

    set(2, "owner").expect(200, "");
    office.owner.ask("DELETE", "/v1/users/1", None).expect(204, "");
    office.owner.role().expect(401, "sign_in_required");
    bob.ask("DELETE", "/v1/users/1", None).expect(404, "not_found");
}

#[test]
fn what_is_no_user_is_refused() {
    let office = Office::open();
    let refused = |form: Value, code: &str| office.owner.ask("POST", USERS, Some(&form)).field(code);
    assert_eq!(refused(json!({ "email": "bob", "role": "viewer" }), "bad_email"), "email");
    assert_eq!(refused(json!({ "email": "ANN@shop.example", "role": "viewer" }), "user_taken"), "email");
    assert_eq!(refused(json!({ "email": "bob@shop.example", "role": "" }), "bad_request"), "role");
    assert_eq!(refused(json!({ "email": "bob@shop.example", "role": "viewer", "password": "x" }), "bad_json"), "");
    assert_eq!(office.owner.get(USERS)["users"].as_array().unwrap().len(), 1);
}

#[test]
fn ones_own_password_changes_with_the_one_that_holds_and_other_browsers_are_signed_out() {
    let mut office = Office::open();
    let elsewhere = Person::sign_in(&office.program, "ann@shop.example", PASSWORD);
    let form = |current: &str, password: &str| json!({ "current": current, "password": password });
    let path = "/v1/me/password";
    assert_eq!(
        office.owner.ask_and_keep(path, &form("wrong horse battery", NEW_PASSWORD)).field("wrong_password"),
        "current"
    );
    assert_eq!(office.owner.ask_and_keep(path, &form(PASSWORD, "short")).field("weak_password"), "password");
    assert_eq!(elsewhere.role().status, 200);
    office.owner.ask_and_keep(path, &form(PASSWORD, NEW_PASSWORD)).expect(204, "");
    assert_eq!(office.owner.role().status, 200);
    elsewhere.role().expect(401, "sign_in_required");
    Person::sign_in(&office.program, "ann@shop.example", NEW_PASSWORD);
}
