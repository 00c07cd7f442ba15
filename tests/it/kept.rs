//! What is kept in memory of the rows that questions read is what the store holds, whatever happens to it meanwhile; and
//! it is no more than is allowed, for no longer than somebody asks.

use serde_json::{Value, json};
use styk::domain::id::{SiteId, VisitorId};
use styk::domain::link::Unlink;
use styk::domain::removal::{CustomerMarks, Removals};
use styk::domain::time::{MINUTE_MS, Timestamp};
use styk::store::{Columns, Error, Options, Part, Query, Snapshot, Store};

use crate::merging::{options, shop_of_many_runs};
use crate::program::{Program, Shop};
use crate::store_damage::{send, visits};

/// The first site of a new installation.
const SITE: SiteId = SiteId(1);

/// A row: what it is sorted by, and the columns of the part as text.
type Seen = (u64, i64, u64, [Option<String>; 2]);

/// Parts with and without conditions; each has two columns of text, `one` and `other`.
fn parts() -> [Part; 3] {
    let part = |columns: &'static str, condition: &'static str| {
        let (mut sql, mut wanted) = (Query::new(), Query::new());
        sql.push(columns);
        wanted.push(condition);
        Part::new(SITE, sql, wanted)
    };
    [
        part("name::varchar as one, properties as other", "true"),
        part("customer as one, event_id::varchar as other", "customer is not null"),
        part("value_minor::varchar as one, page::varchar as other", "1000 < value_minor"),
    ]
}

fn row(columns: &Columns, row: usize) -> Seen {
    let text = |name: &str| columns.text(name, row).map(str::to_owned);
    let place = (columns.unsigned("visitor")[row], columns.numbers("at_ms")[row], columns.unsigned("sequence")[row]);
    (place.0, place.1, place.2, [text("one"), text("other")])
}

fn kept(snapshot: &Snapshot, part: &Part) -> Vec<Seen> {
    let rows = snapshot.kept_rows(part).unwrap();
    let mut seen = Vec::new();
    rows.ascending(|piece, range| seen.extend(range.map(|place| row(rows.piece(piece), place))));
    seen
}

fn queried(snapshot: &Snapshot, part: &Part) -> Vec<Seen> {
    let mut seen = Vec::new();
    snapshot
        .stream(&part.query(snapshot), |columns| seen.extend((0..columns.rows()).map(|place| row(&columns, place))))
        .unwrap();
    seen
}

/// Compares all parts, and gives how many rows they have together.
fn compare(snapshot: &Snapshot, when: &str) -> usize {
    let compared = parts().map(|part| {
        let (kept, queried) = (kept(snapshot, &part), queried(snapshot, &part));
        assert!(kept == queried, "{when}: {} rows are kept of {}", kept.len(), queried.len());
        kept.len()
    });
    compared.iter().sum()
}

fn open(shop: &Shop, kept_mib: u32) -> (Store, styk::store::Writer) {
    let store = Store::new(Options { kept_mib, ..options(shop.data.path()) });
    let writer = store.open().unwrap();
    (store, writer)
}

fn kept_bytes(store: &Store) -> u64 {
    store.snapshot().unwrap().size().unwrap().kept_bytes
}

/// A shop of many runs in which some say who they are.
fn shop_of_known_people() -> Shop {
    let (shop, _) = shop_of_many_runs();
    let program = shop.start(&[("STYK_STORE_FLUSH_ROWS", "200"), ("STYK_STORE_MERGE_RUNS", "1000")]);
    send(&shop, &program, &(0..220).map(login).collect::<Vec<_>>());
    program.wait_until_loaded();
    program.terminate();
    shop
}

fn login(person: u64) -> Value {
    json!({
        "id": format!("login-{person}"), "visitor": format!("v{}", person * 3), "name": "login",
        "customer": format!("c{}", person % 150), "occurred_at": "2026-11-20T10:05:00Z",
    })
}

#[test]
fn kept_rows_are_those_of_one_query_in_every_state_of_the_store() {
    let shop = shop_of_known_people();
    let (store, mut writer) = open(&shop, 64);
    let all = compare(&store.snapshot().unwrap(), "many runs");
    assert!(4_000 < all, "{all} rows show little");
    let patient = store.snapshot().unwrap();
    for turn in 0..12 {
        writer.tidy(styk::server::now()).unwrap();
        assert_eq!(compare(&store.snapshot().unwrap(), &format!("turn {turn} of merging")), all);
    }
    // Who began before the merge goes on with the runs of before.
    assert_eq!(compare(&patient, "the runs of before"), all);
    drop(patient);

    let known = kept(&store.snapshot().unwrap(), &parts()[1]);
    let (erased, undone) = (VisitorId(known[0].0), VisitorId(known[1].0));
    let hide = |erased: Option<VisitorId>| {
        let mut removals = Removals::none(CustomerMarks::new(&[7; 32]));
        erased.into_iter().for_each(|visitor| removals.add_visitor(SITE, visitor, u64::MAX >> 1));
        store.hide(|| Ok::<_, Error>(removals)).unwrap();
    };
    hide(Some(erased));
    let without = compare(&store.snapshot().unwrap(), "somebody is to be gone");
    assert!(without < all && kept(&store.snapshot().unwrap(), &parts()[0]).iter().all(|seen| seen.0 != erased.0));
    hide(None);
    let unlink = Unlink { site: SITE, visitor: undone, customer: None };
    store.undo_links(|| Ok::<_, Error>(vec![unlink])).unwrap();
    assert_eq!(compare(&store.snapshot().unwrap(), "a link is undone"), all - 1);
    store.undo_links(|| Ok::<_, Error>(Vec::new())).unwrap();
    assert_eq!(compare(&store.snapshot().unwrap(), "as before"), all);
}

#[test]
fn no_more_is_kept_than_is_allowed_and_nothing_that_nobody_asks_for() {
    const MIB: u64 = 1 << 20;
    let shop = shop_of_known_people();
    let (store, writer) = open(&shop, 0);
    let all = compare(&store.snapshot().unwrap(), "nothing may be kept");
    assert_eq!(kept_bytes(&store), 0);
    drop(writer);
    store.close();

    let (store, mut writer) = open(&shop, 1);
    let mut most = 0;
    for limit in 0..40 {
        let (mut columns, mut condition) = (Query::new(), Query::new());
        columns.push("name::varchar as one, properties as other");
        condition.push_numbered("{n} <= sequence", limit);
        let part = Part::new(SITE, columns, condition);
        let snapshot = store.snapshot().unwrap();
        assert!(kept(&snapshot, &part) == queried(&snapshot, &part), "from {limit}");
        most = most.max(kept_bytes(&store));
        assert!(kept_bytes(&store) <= MIB, "{} bytes", kept_bytes(&store));
    }
    assert!(MIB / 2 < most, "{most} bytes show little");
    assert_eq!(compare(&store.snapshot().unwrap(), "after much was let go"), all);

    let now = styk::server::now();
    let mut later = |minutes: i64| writer.tidy(Timestamp::from_ms(now.as_ms() + minutes * MINUTE_MS)).unwrap();
    later(0);
    later(6);
    let used = kept_bytes(&store);
    assert!(0 < used, "what was asked for a moment ago is kept");
    later(12);
    assert_eq!(kept_bytes(&store), 0);
    assert_eq!(compare(&store.snapshot().unwrap(), "after everything was let go"), all);
}

#[test]
fn reports_that_were_asked_for_all_the_time_say_what_those_say_that_keep_nothing() {
    const SMALL: [(&str, &str); 2] = [("STYK_STORE_FLUSH_ROWS", "200"), ("STYK_STORE_MERGE_RUNS", "3")];
    let shop = Shop::new();
    let program = shop.start(&SMALL);
    for part in 0..8 {
        send(&shop, &program, &visits(part * 150, 150));
        send(&shop, &program, &(part * 25..part * 25 + 25).map(login).collect::<Vec<_>>());
        program.wait_until_loaded();
        assert_eq!(answers(&shop, &program).len(), 14);
    }
    let asked_before = answers(&shop, &program);
    program.terminate();
    let program = shop.start(&[SMALL[0], SMALL[1], ("STYK_STORE_KEPT_MIB", "0")]);
    program.wait_until_loaded();
    for ((question, kept), (_, anew)) in asked_before.iter().zip(&answers(&shop, &program)) {
        assert_eq!(kept, anew, "{question}");
    }
}

/// The answers to questions of every kind that read kept rows.
fn answers(shop: &Shop, program: &Program) -> Vec<(String, Value)> {
    let steps = json!([{ "event": "view_item" }, { "event": "add_to_cart" }, { "event": "purchase" }]);
    let dear = json!([{ "event": "view_item" }, { "event": "purchase", "where": [{ "field": "value", "op": "gte", "value": 20 }] }]);
    let mobile = json!([{ "field": "device", "op": "eq", "value": "mobile" }]);
    let questions = [
        ("overview", json!({ "compare": "previous" })),
        ("overview", json!({ "where": mobile })),
        ("orders", json!({})),
        ("abandonment", json!({})),
        ("carts", json!({})),
        ("funnel", json!({ "steps": steps })),
        ("funnel", json!({ "steps": steps, "order": "strict" })),
        ("funnel", json!({ "steps": steps, "order": "any", "hold": ["device"] })),
        ("funnel", json!({ "steps": dear, "breakdown": { "field": "page" } })),
        ("live", json!({})),
        ("dropoff", json!({})),
        ("dropoff", json!({ "unit": "visitor" })),
        ("retention", json!({ "by": "day" })),
        ("retention", json!({ "cohort": "first_order", "by": "day" })),
    ];
    let answer = |(report, question): (&str, Value)| {
        let mut asked = question;
        let fields = asked.as_object_mut().unwrap();
        if report == "live" {
            fields.insert("as_of".to_owned(), json!("2026-11-20T10:06:00Z"));
        } else {
            fields.insert("from".to_owned(), json!("2026-11-20"));
            fields.insert("to".to_owned(), json!("2026-11-21"));
        }
        let path = format!("/v1/sites/{}/reports/{report}", Shop::SITE);
        let answer = program.post(&path, &shop.read_key, &asked).unwrap();
        assert_eq!(answer.status, 200, "{report} {asked}: {}", answer.text());
        (format!("{report} {asked}"), answer.json())
    };
    questions.map(answer).into()
}
