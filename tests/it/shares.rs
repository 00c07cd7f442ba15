//! Share links: one report for whoever has the link, and nothing else.

use serde_json::{Value, json};
use styk::control::{Control, FrozenReport};
use styk::domain::time::{DAY_MS, Timestamp};

use crate::program::{Program, Shop, add_key};

const SHARES: &str = "/v1/sites/shop/shares";
const FUNNEL: &str = "/v1/sites/shop/reports/funnel";

/// A shop that runs, where three looked and one of them bought, today; and a key of its administrator.
pub(crate) fn one_buyer_of_three() -> (Shop, Program, String) {
    let shop = Shop::new();
    let admin = add_key(shop.data.path(), Shop::SITE, "admin");
    let program = shop.start(&[]);
    let event = |visitor: &str, name: &str| json!({ "visitor": visitor, "name": name });
    let events = [event("v1", "view_item"), event("v2", "view_item"), event("v3", "view_item")];
    shop.send(&program, &json!({ "events": events }));
    shop.send(&program, &event("v1", "purchase"));
    program.wait_until_loaded();
    (shop, program, admin)
}

struct Sharing {
    shop: Shop,
    program: Program,
    admin: String,
}

impl Sharing {
    fn start() -> Self {
        let (shop, program, admin) = one_buyer_of_three();
        Self { shop, program, admin }
    }

    fn share(&self, form: &Value) -> (u16, Value) {
        let answer = self.program.post(SHARES, &self.admin, form).unwrap();
        (answer.status, answer.json())
    }

    /// Somebody left a cart behind, an hour and a half ago.
    fn leave_a_cart(&self) {
        let item = json!({ "item_id": "CAP", "price": "19.90", "quantity": 1 });
        self.shop.send(
            &self.program,
            &json!({
                "visitor": "v4", "customer": "C4", "name": "add_to_cart", "age_ms": 5_400_000, "cart_id": "K4",
                "items": [item],
            }),
        );
        self.program.wait_until_loaded();
    }

    fn reached(&self, token: &str, question: &Value) -> Vec<u64> {
        let answer = self.program.post(FUNNEL, token, question).unwrap();
        assert_eq!(answer.status, 200, "{}", answer.text());
        let steps = answer.json();
        steps["steps"].as_array().unwrap().iter().map(|step| step["reached"].as_u64().unwrap()).collect()
    }
}

fn question() -> Value {
    json!({ "last_days": 7, "steps": [{ "event": "view_item" }, { "event": "purchase" }] })
}

#[test]
fn a_link_shows_the_same_numbers_and_answers_nothing_else() {
    let sharing = Sharing::start();
    let (status, made) = sharing.share(&json!({ "name": "Board", "report": "funnel", "question": question() }));
    assert_eq!(status, 201, "{made}");
    let token = made["token"].as_str().unwrap();
    assert_eq!(made["url"], format!("/share#{token}"));
    let lives = |moment: &str| Timestamp::parse(made[moment].as_str().unwrap()).unwrap().as_ms();
    assert_eq!(lives("expires_at") - lives("created_at"), 30 * DAY_MS);

    let seen = sharing.program.get("/v1/share", token).json();
    assert_eq!(
        (&seen["site"]["key"], &seen["question"], &seen["name"]),
        (&json!("shop"), &question(), &json!("Board"))
    );
    assert_eq!(sharing.reached(&sharing.shop.read_key, &question()), [3, 1]);
    assert_eq!(sharing.reached(token, &question()), [3, 1]);

    let refused = |path: &str| sharing.program.get(path, token).json()["error"]["code"].clone();
    assert_eq!(refused("/v1/sites/shop/fields"), "scope");
    assert_eq!(refused("/v1/sites/shop/export/events"), "scope");
    assert_eq!(refused(SHARES), "scope");
    assert_eq!(refused("/v1/me"), "sign_in_required");
    let mut other = question();
    other["last_days"] = json!(8);
    for asked in [other, json!({}), json!(null)] {
        let answer = sharing.program.post(FUNNEL, token, &asked).unwrap();
        assert_eq!((answer.status, &answer.json()["error"]["code"]), (403, &json!("frozen")), "{asked}");
    }
    let shown = sharing.program.post(&format!("{FUNNEL}?show=sql"), token, &question()).unwrap();
    assert!(shown.json()["steps"].is_array(), "{}", shown.text());
}

#[test]
fn a_link_to_abandonment_shows_the_same_numbers_and_no_other_report() {
    let sharing = Sharing::start();
    sharing.leave_a_cart();
    let question = json!({ "last_days": 7, "segment": [{ "cart": "ever_abandoned" }] });
    let (status, made) = sharing.share(&json!({ "report": "abandonment", "question": question }));
    assert_eq!(status, 201, "{made}");
    let token = made["token"].as_str().unwrap();
    let ask = |report: &str, secret: &str, asked: &Value| {
        let path = format!("/v1/sites/shop/reports/{report}");
        sharing.program.post(&path, secret, asked).unwrap()
    };
    let own = ask("abandonment", &sharing.shop.read_key, &question).json();
    assert_eq!(own["total"]["ever_abandoned"], 1);
    assert_eq!(ask("abandonment", token, &question).json()["total"], own["total"]);
    let refused = |report: &str, asked: &Value| ask(report, token, asked).json()["error"]["code"].clone();
    assert_eq!(refused("abandonment", &json!({ "last_days": 8 })), "frozen");
    assert_eq!(refused("carts", &question), "scope");
    assert_eq!(refused("funnel", &question), "scope");
    assert_eq!(refused("funnel/visitors", &question), "scope");
    assert_eq!(sharing.program.get("/v1/sites/shop/funnels", token).json()["error"]["code"], "scope");
    let shown = ask("abandonment?show=sql", token, &question);
    assert!(shown.json()["total"].is_object(), "{}", shown.text());
}

/// What a link to a report never says, whatever the report says itself.
#[test]
fn each_report_can_be_shared_and_its_link_names_nobody() {
    let sharing = Sharing::start();
    sharing.leave_a_cart();
    let asked = [
        ("overview", json!({ "last_days": 7, "compare": "previous" })),
        ("dropoff", json!({ "last_days": 7, "touchpoint": "cart", "by": ["device", "channel"] })),
        ("retention", json!({ "last_days": 7, "cohort": "first_order", "unit": "customer" })),
        ("abandonment", json!({ "last_days": 7, "compare": "previous" })),
        ("funnel", question()),
    ];
    let path = |report: &str| format!("/v1/sites/shop/reports/{report}");
    for (report, question) in &asked {
        let (status, made) = sharing.share(&json!({ "report": report, "question": question }));
        assert_eq!(status, 201, "{made}");
        let token = made["token"].as_str().unwrap();
        let own = sharing.program.post(&path(report), &sharing.shop.read_key, question).unwrap().json();
        let shared = sharing.program.post(&path(report), token, question).unwrap();
        let mut answer = shared.json();
        // Each answer is as of its own moment.
        for moment in ["as_of", "data_through"] {
            if answer.get(moment).is_some() {
                answer[moment] = own[moment].clone();
            }
        }
        assert_eq!(answer, own, "{report}");
        for name in ["C4", "K4", "v4", "\"v1\""] {
            assert!(!shared.text().contains(name), "{report} says {name}: {}", shared.text());
        }
        let shown = sharing.program.post(&format!("{}?show=sql", path(report)), token, question).unwrap();
        assert!(shown.json()["method"].is_object(), "{report}: {}", shown.text());
        for (other, _) in asked.iter().filter(|(other, _)| other != report) {
            let refused = sharing.program.post(&path(other), token, question).unwrap().json();
            assert_eq!(refused["error"]["code"], "scope", "{other} by a link to {report}");
        }
        let changed = json!({ "last_days": 8 });
        assert_eq!(sharing.program.post(&path(report), token, &changed).unwrap().json()["error"]["code"], "frozen");
    }
}

#[test]
fn a_link_names_no_cart_and_no_order() {
    let sharing = Sharing::start();
    let one_cart = json!([{ "field": "cart_id", "op": "eq", "value": "K4" }]);
    let mut in_a_step = question();
    in_a_step["steps"][1]["where"] = json!([{ "field": "transaction_id", "op": "eq", "value": "T1" }]);
    let asked = [
        ("overview", json!({ "last_days": 7, "where": one_cart })),
        ("dropoff", json!({ "last_days": 7, "segment": [{ "did": { "event": "add_to_cart", "where": one_cart } }] })),
        ("funnel", in_a_step),
    ];
    for (report, question) in asked {
        let (status, said) = sharing.share(&json!({ "report": report, "question": question }));
        assert_eq!((status, &said["error"]["field"]), (400, &json!("where")), "{question}");
    }
}

#[test]
fn a_link_to_carts_lists_them_without_naming_anybody() {
    let sharing = Sharing::start();
    sharing.leave_a_cart();
    let question = json!({ "last_days": 7, "states": ["abandoned"] });
    let (status, made) = sharing.share(&json!({ "report": "carts", "question": question }));
    assert_eq!(status, 201, "{made}");
    let token = made["token"].as_str().unwrap();
    let path = "/v1/sites/shop/reports/carts";
    let own = sharing.program.post(path, &sharing.shop.read_key, &question).unwrap().json();
    assert_eq!((&own["carts"][0]["customer"], &own["carts"][0]["cart_id"]), (&json!("C4"), &json!("K4")));
    let shared = sharing.program.post(path, token, &question).unwrap();
    let cart = &shared.json()["carts"][0];
    assert_eq!((&cart["state"], &cart["value_minor"]), (&json!("abandoned"), &json!({ "EUR": 1990 })));
    for name in ["visitor", "customer", "cart_id", "transaction_id"] {
        assert_eq!(cart[name], json!(null), "{name}");
    }
    let history = json!({ "cart": own["carts"][0]["cart"] });
    assert_eq!(sharing.program.post(path, token, &history).unwrap().json()["error"]["code"], "frozen");
    let (status, said) = sharing.share(&json!({ "report": "carts", "question": history }));
    assert_eq!((status, &said["error"]["field"]), (400, &json!("cart")));
    let (status, _) = sharing.share(&json!({ "report": "abandonment", "question": { "last_days": 7, "limit": 0 } }));
    assert_eq!(status, 400);
}

#[test]
fn a_link_is_listed_without_its_token_and_ends_when_it_is_revoked() {
    let sharing = Sharing::start();
    let (_, made) = sharing.share(&json!({ "report": "funnel", "question": question(), "expires_in_days": 365 }));
    let token = made["token"].as_str().unwrap();
    let listed = sharing.program.get(SHARES, &sharing.admin);
    assert_eq!(listed.json()["shares"][0]["id"], made["id"]);
    assert!(!listed.text().contains(token), "{}", listed.text());
    for file in ["control.sqlite", "control.sqlite-wal"] {
        let bytes = std::fs::read(sharing.shop.data.path().join(file)).unwrap();
        let found = bytes.windows(token.len()).any(|window| window == token.as_bytes());
        assert!(!found, "the token itself is in {file}");
    }

    let own = format!("{SHARES}/{}", made["id"]);
    assert_eq!(sharing.program.delete(&own, &sharing.shop.read_key).status, 403);
    assert_eq!(sharing.program.delete(&own, &sharing.admin).status, 204);
    assert_eq!(sharing.program.delete(&own, &sharing.admin).status, 404);
    assert_eq!(sharing.program.post(FUNNEL, token, &question()).unwrap().status, 401);
    assert_eq!(sharing.program.get("/v1/share", token).status, 401);
    assert_eq!(sharing.program.get(SHARES, &sharing.admin).json(), json!({ "shares": [] }));
}

#[test]
fn a_link_that_could_not_answer_is_not_made() {
    let sharing = Sharing::start();
    let form =
        |question: Value, days: u16| json!({ "report": "funnel", "question": question, "expires_in_days": days });
    let refused = [
        (form(json!({ "last_days": 7, "steps": [] }), 30), "steps"),
        (form(json!({ "steps": question()["steps"] }), 30), "from"),
        (form(json!({ "last_days": 0, "steps": question()["steps"] }), 30), "last_days"),
        (form(question(), 0), "expires_in_days"),
        (form(question(), 366), "expires_in_days"),
    ];
    for (form, field) in refused {
        let (status, said) = sharing.share(&form);
        assert_eq!((status, &said["error"]["field"]), (400, &json!(field)), "{form}");
    }
}

#[test]
fn a_link_lives_no_longer_than_it_was_given() {
    let shop = Shop::new();
    let control = Control::open(shop.data.path()).unwrap();
    let site = control.sites()[0].id;
    let now = Timestamp::parse("2026-11-25T10:00:00Z").unwrap();
    let frozen = FrozenReport { name: String::new(), report: "funnel".to_owned(), question: "{}".to_owned() };
    let (share, token) = control.add_share(site, frozen, 30, now).unwrap().unwrap();
    let last = share.expires_at.plus_ms(-1);
    assert_eq!(control.share(&token, last).unwrap(), Some(share.clone()));
    assert_eq!(control.share(&token, share.expires_at).unwrap(), None);
    assert_eq!(control.share(&token[..token.len() - 1], now).unwrap(), None);
    assert_eq!(control.list_shares(site, share.expires_at).unwrap(), []);
}
