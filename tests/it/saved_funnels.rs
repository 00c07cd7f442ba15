//! Saved funnels: questions that a site keeps by name; for those who read, those who write, and on the command line.

use serde_json::{Value, json};
use styk::control::{Control, Deed, FUNNELS_PER_SITE_MAX};
use styk::domain::name::Label;
use styk::domain::time::Timestamp;

use crate::program::{Program, Shop, add_key, add_site, agent, fail, run, wait_for};
use crate::shares::one_buyer_of_three;

const FUNNELS: &str = "/v1/sites/shop/funnels";
const REPORT: &str = "/v1/sites/shop/reports/funnel";

struct Saving {
    shop: Shop,
    program: Program,
    admin: String,
}

impl Saving {
    fn start() -> Self {
        let (shop, program, admin) = one_buyer_of_three();
        Self { shop, program, admin }
    }

    fn save(&self, form: &Value) -> (u16, Value) {
        let answer = self.program.post(FUNNELS, &self.admin, form).unwrap();
        (answer.status, answer.json())
    }

    /// Puts a change to a path: what the server says, and with which status.
    fn put(&self, path: &str, secret: &str, change: &Value) -> (u16, Value) {
        let request = agent().put(format!("{}{path}", self.program.base_url()));
        let request = request.header("authorization", format!("Bearer {secret}"));
        let mut response = request.send(change.to_string()).unwrap();
        let said = response.body_mut().read_to_string().unwrap();
        (response.status().as_u16(), serde_json::from_str(&said).unwrap())
    }

    fn names(&self) -> Vec<String> {
        let list = self.program.get(FUNNELS, &self.shop.read_key).json();
        let funnels = list["funnels"].as_array().unwrap().iter();
        funnels.map(|saved| saved["name"].as_str().unwrap().to_owned()).collect()
    }
}

fn question() -> Value {
    json!({ "last_days": 7, "steps": [{ "event": "view_item" }, { "event": "purchase" }], "unit": "visitor" })
}

#[test]
fn a_funnel_is_saved_whole_listed_changed_copied_and_removed() {
    let saving = Saving::start();
    let (status, made) = saving.save(&json!({ "name": "Checkout", "question": question() }));
    assert_eq!((status, &made["name"], &made["question"]), (201, &json!("Checkout"), &question()), "{made}");
    assert_eq!((&made["problem"], &made["created_by"]), (&json!(null), &json!("a key of the site")));
    assert_eq!(made["created_at"], made["changed_at"]);

    let copy = json!({ "name": "Another checkout", "question": made["question"] });
    assert_eq!(saving.save(&copy).0, 201);
    assert_eq!(saving.names(), ["Another checkout", "Checkout"]);

    let own = format!("{FUNNELS}/{}", made["id"]);
    let mut shorter = question();
    shorter["window_seconds"] = json!(3_600);
    let (_, changed) = saving.put(&own, &saving.admin, &json!({ "question": shorter }));
    assert_eq!((&changed["name"], &changed["question"]), (&json!("Checkout"), &shorter));
    let (_, renamed) = saving.put(&own, &saving.admin, &json!({ "name": "Till" }));
    assert_eq!((&renamed["name"], &renamed["question"]), (&json!("Till"), &shorter));
    assert_eq!(saving.program.get(&own, &saving.shop.read_key).json(), renamed);

    let answer = saving.program.post(REPORT, &saving.shop.read_key, &renamed["question"]).unwrap().json();
    assert_eq!((&answer["steps"][0]["reached"], &answer["steps"][1]["reached"]), (&json!(3), &json!(1)));

    assert_eq!(saving.program.delete(&own, &saving.admin).status, 204);
    assert_eq!(saving.program.delete(&own, &saving.admin).status, 404);
    assert_eq!(saving.program.get(&own, &saving.admin).status, 404);
    assert_eq!(saving.names(), ["Another checkout"]);
}

#[test]
fn a_name_is_one_funnels_and_a_funnel_that_could_not_answer_is_not_saved() {
    let saving = Saving::start();
    let (_, made) = saving.save(&json!({ "name": "Checkout", "question": question() }));
    saving.save(&json!({ "name": "Till", "question": question() }));
    let own = format!("{FUNNELS}/{}", made["id"]);
    let taken = |(status, said): (u16, Value)| (status, said["error"]["code"].clone(), said["error"]["field"].clone());
    let refused = (400, json!("name_taken"), json!("name"));
    assert_eq!(taken(saving.save(&json!({ "name": " Checkout ", "question": question() }))), refused);
    assert_eq!(taken(saving.put(&own, &saving.admin, &json!({ "name": "Till" }))), refused);
    let (kept, _) = saving.put(&own, &saving.admin, &json!({ "name": "Checkout" }));
    assert_eq!(kept, 200, "its own name stays its own");

    let mut no_steps = question();
    no_steps["steps"] = json!([]);
    let mut no_field = question();
    no_field["steps"][1]["where"] = json!([{ "field": "colour", "op": "eq", "value": "red" }]);
    let bad = [
        (json!({ "name": "", "question": question() }), "name"),
        (json!({ "name": "x".repeat(101), "question": question() }), "name"),
        (json!({ "name": "a\nb", "question": question() }), "name"),
        (json!({ "name": "New", "question": no_steps }), "question.steps"),
        (json!({ "name": "New", "question": no_field }), "question.steps[1].where[0]"),
        (json!({ "name": "New", "question": { "steps": question()["steps"] } }), "question.from"),
    ];
    for (form, field) in bad {
        let (status, said) = saving.save(&form);
        assert_eq!((status, &said["error"]["field"]), (400, &json!(field)), "{form}");
    }
    assert_eq!(saving.names(), ["Checkout", "Till"]);
}

#[test]
fn another_site_sees_nothing_of_it_and_who_only_reads_changes_nothing() {
    let saving = Saving::start();
    let (_, made) = saving.save(&json!({ "name": "Checkout", "question": question() }));
    add_site(saving.shop.data.path(), "other");
    let other = add_key(saving.shop.data.path(), "other", "admin");
    let elsewhere = format!("/v1/sites/other/funnels/{}", made["id"]);
    wait_for("the other site to be known", || saving.program.get("/v1/sites/other/funnels", &other).status == 200);
    assert_eq!(saving.program.get("/v1/sites/other/funnels", &other).json(), json!({ "funnels": [] }));
    assert_eq!(saving.program.get(&elsewhere, &other).status, 404);
    assert_eq!(saving.put(&elsewhere, &other, &json!({ "name": "Mine" })).0, 404);
    assert_eq!(saving.program.delete(&elsewhere, &other).status, 404);
    let own = format!("{FUNNELS}/{}", made["id"]);
    let reader = &saving.shop.read_key;
    let form = json!({ "name": "New", "question": question() });
    assert_eq!(saving.program.post(FUNNELS, reader, &form).unwrap().status, 403);
    assert_eq!(saving.put(&own, reader, &json!({ "name": "New" })).0, 403);
    assert_eq!(saving.program.delete(&own, reader).status, 403);
    assert_eq!(saving.names(), ["Checkout"]);
}

#[test]
fn a_question_that_this_version_does_not_take_is_told_and_hurts_nothing_else() {
    let shop = Shop::new();
    let control = Control::open(shop.data.path()).unwrap();
    let site = control.sites()[0].id;
    let by = Deed { by: "an older version".to_owned(), at: Timestamp::parse("2026-11-25T10:00:00Z").unwrap() };
    let save = |name: &str, question: &str| {
        control.add_funnel(site, &Label::parse(name).unwrap(), question, &by).unwrap();
    };
    save("Old", r#"{"last_days":7,"steps":[{"event":"view_item"},{"moon":"full"}]}"#);
    save("Sound", &question().to_string());
    let program = shop.start(&[]);
    let list = program.get(FUNNELS, &shop.read_key).json();
    let problem = |place: usize| list["funnels"][place]["problem"].clone();
    assert!(problem(0).as_str().unwrap().starts_with("the question does not read"), "{list}");
    assert_eq!(problem(1), json!(null));

    let report = |name: &'static str| ["report", "funnel", "--site", "shop", "--saved", name];
    let said = fail(shop.data.path(), &report("Old"));
    assert!(said.contains("the saved funnel `Old` does not read any more"), "{said}");
    run(shop.data.path(), &report("Sound"));
}

#[test]
fn a_site_keeps_a_limited_number() {
    let shop = Shop::new();
    let control = Control::open(shop.data.path()).unwrap();
    let site = control.sites()[0].id;
    let by = Deed { by: "somebody".to_owned(), at: Timestamp::from_ms(0) };
    let save = |number: u32| {
        let name = Label::parse(&format!("funnel {number}")).unwrap();
        control.add_funnel(site, &name, "{}", &by).unwrap()
    };
    (0..FUNNELS_PER_SITE_MAX).for_each(|number| assert!(save(number).is_some(), "{number}"));
    assert_eq!(save(FUNNELS_PER_SITE_MAX), None);
    let program = shop.start(&[]);
    let admin = add_key(shop.data.path(), Shop::SITE, "admin");
    wait_for("the key to be known", || program.get(FUNNELS, &admin).status == 200);
    let said = program.post(FUNNELS, &admin, &json!({ "name": "One more", "question": question() })).unwrap();
    assert_eq!((said.status, &said.json()["error"]["code"]), (400, &json!("too_many_funnels")));
}

#[test]
fn the_command_line_saves_lists_shows_asks_and_removes() {
    let saving = Saving::start();
    let data = saving.shop.data.path();
    let funnel = |words: &[&str]| run(data, &[&["funnel"], words, &["--site", "shop"]].concat());
    funnel(&["save", "Till", "--steps", "view_item,purchase", "--window", "1d"]);
    let shown: Value = serde_json::from_str(&funnel(&["show", "Till"])).unwrap();
    assert_eq!((&shown["last_days"], &shown["window_seconds"]), (&json!(30), &json!(86_400)));
    assert!(shown.get("from").is_none(), "{shown}");
    funnel(&["save", "Till", "--steps", "view_item,purchase", "--window", "2d"]);
    let listed = funnel(&["list"]);
    assert!(listed.contains("Till") && listed.contains("a command on the server's computer"), "{listed}");

    let report = |words: &[&str]| -> Value {
        let typed = [&["report", "funnel", "--site", "shop", "--saved", "Till", "--json"], words].concat();
        serde_json::from_str(&run(data, &typed)).unwrap()
    };
    let mut asked = question();
    asked["last_days"] = json!(30);
    asked["window_seconds"] = json!(172_800);
    let answer = saving.program.post(REPORT, &saving.shop.read_key, &asked).unwrap().json();
    assert_eq!(report(&[]), answer);
    let long_ago = report(&["--from", "2024-01-01", "--to", "2024-02-01", "--by", "device"]);
    assert_eq!((&long_ago["steps"][0]["reached"], &long_ago["method"]["window_seconds"]), (&json!(0), &json!(172_800)));

    asked["step"] = json!(1);
    asked["outcome"] = json!("in_progress");
    asked["limit"] = json!(1);
    let people = saving.program.post(&format!("{REPORT}/visitors"), &saving.shop.read_key, &asked).unwrap().json();
    let first = report(&["--people", "1:in_progress", "--limit", "1"]);
    assert_eq!(first, people);
    assert_eq!((&first["total"], first["visitors"].as_array().unwrap().len()), (&json!(2), 1));
    let second = report(&["--people", "1:in_progress", "--after", first["next"].as_str().unwrap()]);
    assert_eq!((&second["next"], second["visitors"].as_array().unwrap().len()), (&json!(null), 1));
    assert_ne!(first["visitors"][0]["visitor"], second["visitors"][0]["visitor"]);
    let typed = ["report", "funnel", "--site", "shop", "--saved", "Till", "--people", "2"];
    let table = run(data, &typed);
    assert!(table.contains("step 2") && table.contains("\n1 of 1 · data through "), "{table}");

    funnel(&["remove", "Till"]);
    let gone = fail(data, &["funnel", "show", "Till", "--site", "shop"]);
    assert!(gone.contains("there is no funnel `Till`"), "{gone}");
}
