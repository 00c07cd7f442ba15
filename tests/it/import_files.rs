//! `styk import` on real files: what is sent for each row, what is said of bad ones, and what an interruption changes.

use std::collections::HashSet;
use std::fs;
use std::io::Write as _;
use std::path::PathBuf;

use expect_test::{Expect, expect};
use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::tz::TimeZone;
use serde_json::Value;
use styk::commands::import::{self, Import, Mapping, RefusedEvent, Reply, Summary};

/// A folder with files to import, and a server that writes down what it gets.
struct Desk {
    folder: tempfile::TempDir,
    time_zone: &'static str,
    /// Every event that was acknowledged, in order.
    events: Vec<Value>,
    /// How many events each acknowledged body had.
    bodies: Vec<usize>,
    /// How many bodies are taken before the connection breaks.
    bodies_max: usize,
    /// Everything that was said.
    talk: String,
}

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { folder, time_zone: "UTC", events: vec![], bodies: vec![], bodies_max: usize::MAX, talk: String::new() }
    }

    fn with(name: &str, content: impl AsRef<[u8]>) -> Self {
        let desk = Self::new();
        desk.write(name, content);
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::write(self.path(name), content).unwrap();
    }

    /// Imports `files` as `--map map…` would; a body breaks the connection once `bodies_max` were taken, and an event
    /// named `refuse_me` is refused.
    fn import(&mut self, files: &[&str], map: &[&str]) -> Result<Summary, import::Error> {
        let import = Import {
            site: "shop".to_owned(),
            files: files.iter().map(|name| self.path(name)).collect(),
            mapping: Mapping::parse(&map.iter().map(|&text| text.to_owned()).collect::<Vec<_>>()).unwrap(),
            time_zone: TimeZone::get(self.time_zone).unwrap(),
            data: self.path("data"),
            now: "2026-12-01T00:00:00Z".parse().unwrap(),
        };
        let mut talk = Vec::new();
        let (events, bodies, bodies_max) = (&mut self.events, &mut self.bodies, self.bodies_max);
        let sink = |body: &[u8]| {
            assert!(body.len() <= 900 * 1024, "{} bytes", body.len());
            anyhow::ensure!(bodies.len() < bodies_max, "connection lost");
            let body: Value = serde_json::from_slice(body)?;
            assert_eq!(body["site"], "shop");
            let (mut reply, sent) = (Reply::default(), body["events"].as_array().unwrap());
            for (index, event) in sent.iter().enumerate() {
                if event["name"] == "refuse_me" {
                    let (code, message) = ("bad_name".to_owned(), "another name".to_owned());
                    reply.refused.push(RefusedEvent { index, code, message });
                } else {
                    reply.accepted += 1;
                    events.push(event.clone());
                }
            }
            bodies.push(sent.len());
            Ok(reply)
        };
        let outcome = import::run(&import, sink, &mut talk);
        self.talk = String::from_utf8(talk).unwrap().replace(&format!("{}/", self.folder.path().display()), "");
        outcome
    }

    /// The ids of the acknowledged events, in order.
    fn ids(&self) -> Vec<String> {
        self.events.iter().map(|event| event["id"].as_str().unwrap().to_owned()).collect()
    }

    /// The acknowledged events, one a line, without their ids.
    fn lines(&self) -> String {
        let without_id = |event: &Value| {
            let mut event = event.clone();
            event.as_object_mut().unwrap().remove("id").unwrap();
            format!("{event}\n")
        };
        self.events.iter().map(without_id).collect()
    }
}

/// Imports one file; compares the events with the first text, and what was said with the second.
#[track_caller]
fn check((name, content, map): (&str, &str, &[&str]), events: Expect, talk: Expect) {
    let mut desk = Desk::with(name, content);
    desk.import(&[name], map).unwrap();
    events.assert_eq(&desk.lines());
    talk.assert_eq(&desk.talk);
}

fn packed(text: &str) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
    packer.write_all(text.as_bytes()).unwrap();
    packer.finish().unwrap()
}

/// A CSV file of `rows` rows, in which each row stands twice and every hundredth is bad.
fn long_csv(rows: usize) -> String {
    let mut text = "name,occurred_at,visitor,Note\n".to_owned();
    for row in 0..rows {
        let name = if row % 100 == 99 { "" } else { "page_view" };
        text.push_str(&format!("{name},{},v{},\"a\nb\"\n", 1_790_000_000 + row / 2, row / 2));
    }
    text
}

#[test]
fn csv_of_another_shop_system_is_mapped() {
    check(
        (
            "orders.csv",
            "\u{feff}Datum;Kunde;Betrag;Artikel;Farbe;currency;Notiz\r\n\
             2026-11-01;c1;19,90;\"[{\"\"item_id\"\":\"\"A\"\"}]\";rot;EUR;x\r\n\
             \r\n\
             2026-11-02 10:00;c2;1200;;\"grün;hell\"\r\n",
            &[
                "occurred_at=Datum",
                "customer=Kunde",
                "value=Betrag",
                "items=Artikel",
                "properties.color=Farbe",
                "name==purchase",
            ],
        ),
        expect![[r#"
            {"currency":"EUR","customer":"c1","items":[{"item_id":"A"}],"name":"purchase","occurred_at":"2026-11-01T00:00:00.000Z","properties":{"color":"rot"},"value":"19.90"}
            {"customer":"c2","name":"purchase","occurred_at":"2026-11-02T10:00:00.000Z","properties":{"color":"grün;hell"},"value":"1200"}
        "#]],
        expect![[r#"
            2 of 2 rows are in; ignored columns: Notiz
        "#]],
    );
}

#[test]
fn json_lines_are_taken_as_they_are() {
    check(
        (
            "events.jsonl",
            "{\"id\":\"o-1\",\"name\":\"a\",\"occurred_at\":1790000000,\"value\":19.90,\"properties\":{\"k\":[1]}}\n\n  \n\
             {\"id\":2,\"type\":\"b\",\"name\":\"c\",\"occurred_at\":\"2026-11-01T10:00:00+01:00\",\"visitor\":null}\n",
            &["properties.kind=type"],
        ),
        expect![[r#"
            {"name":"a","occurred_at":"2026-09-21T14:13:20.000Z","properties":{"k":[1]},"value":19.9}
            {"name":"c","occurred_at":"2026-11-01T09:00:00.000Z","properties":{"kind":"b"}}
        "#]],
        expect![[r#"
            2 of 2 rows are in
        "#]],
    );
}

#[test]
fn parquet_rows_are_events() {
    let mut desk = Desk::new();
    let table = "copy (select unnest(['view_item', null, 'purchase']) as name, timestamp '2026-07-01 10:00:00' as \
        occurred_at, 19.90::decimal(10, 2) as value, [{'item_id': 'A', 'quantity': 2}] as items, 'red' as Colour) to";
    let path = desk.path("events.parquet");
    let connection = duckdb::Connection::open_in_memory().unwrap();
    connection.execute_batch(&format!("{table} '{}' (format parquet)", path.display())).unwrap();
    desk.time_zone = "Europe/Warsaw";
    desk.import(&["events.parquet"], &["properties.color=Colour"]).unwrap();
    expect![[r#"
        {"items":[{"item_id":"A","quantity":2}],"name":"view_item","occurred_at":"2026-07-01T08:00:00.000Z","properties":{"color":"red"},"value":19.9}
        {"items":[{"item_id":"A","quantity":2}],"name":"purchase","occurred_at":"2026-07-01T08:00:00.000Z","properties":{"color":"red"},"value":19.9}
    "#]].assert_eq(&desk.lines());
    expect![[r#"
        events.parquet row 2 has no `name`
        2 of 3 rows are in; 1 was left out
    "#]]
    .assert_eq(&desk.talk);
    fs::write(&path, "not parquet").unwrap();
    assert!(matches!(desk.import(&["events.parquet"], &[]), Err(import::Error::Read { .. })));
}

#[test]
fn gzip_and_several_files_give_the_same_events() {
    let (csv, jsonl) = ("name,occurred_at\na,20261101\n", "{\"name\":\"b\",\"occurred_at\":1790000000000}\n");
    let mut plain = Desk::with("a.csv", csv);
    plain.write("b.jsonl", jsonl);
    plain.import(&["a.csv", "b.jsonl"], &[]).unwrap();
    let mut zipped = Desk::with("other.csv.gz", packed(csv));
    zipped.write("b.jsonl.gz", packed(jsonl));
    zipped.import(&["other.csv.gz", "b.jsonl.gz"], &[]).unwrap();
    assert_eq!(plain.events.len(), 2);
    assert_eq!(plain.events, zipped.events, "neither the name of a file nor gzip is in an id");
}

#[test]
fn local_times_are_those_of_the_time_zone() {
    let text =
        "name,occurred_at\na,2026-03-29 02:30\na,2026-10-25T02:30:00\na,2026-10-25T02:30:00+01:00\na,2026-07-01\n";
    let mut desk = Desk::with("a.csv", text);
    desk.time_zone = "Europe/Warsaw";
    desk.import(&["a.csv"], &[]).unwrap();
    let times: Vec<&Value> = desk.events.iter().map(|event| &event["occurred_at"]).collect();
    let expected = [
        "2026-03-29T01:30:00.000Z",
        "2026-10-25T00:30:00.000Z",
        "2026-10-25T01:30:00.000Z",
        "2026-06-30T22:00:00.000Z",
    ];
    assert_eq!(times, expected);
}

#[test]
fn bad_rows_are_named_with_their_line_and_stop_nothing() {
    let mut text =
        b"name,occurred_at,items\na,\"2026-11-01\n00:00\",\nrefuse_me,20261101,\n\"a\nb\",20261101,x\n".to_vec();
    text.extend(b"a,20261101\n\xff,20261101\na,1,2,3\n");
    text.extend(vec![b'x'; 1_000_000]);
    text.extend(b"\n,20261101\na,\na,20990101,\na,20261101,[]\n\"a,20261101\nlast,20261101");
    let mut desk = Desk::with("bad.csv", text);
    let summary = desk.import(&["bad.csv"], &[]).unwrap();
    expect![[r#"
        {"name":"a","occurred_at":"2026-11-01T00:00:00.000Z"}
        {"items":[],"name":"a","occurred_at":"2026-11-01T00:00:00.000Z"}
        {"name":"last","occurred_at":"2026-11-01T00:00:00.000Z"}
    "#]]
    .assert_eq(&desk.lines());
    expect![[r#"
        bad.csv line 2 has a time in another form than 2026-11-22T10:00:00+01:00, 2026-11-22 10:00:00, 2026-11-22 or epoch seconds
        bad.csv line 5 has `items` that are not JSON
        bad.csv line 8 is not UTF-8
        bad.csv line 9 has more cells than the header; put quotes around texts that hold the delimiter
        bad.csv line 10 is longer than 256 KiB
        bad.csv line 11 has no `name`
        bad.csv line 12 has no `occurred_at`
        bad.csv line 13 has a time in the future or before 1970
        bad.csv line 15 begins a text in quotes that does not end
        bad.csv line 4 was refused: another name (bad_name)
        3 of 13 rows are in; 10 were left out
    "#]].assert_eq(&desk.talk);
    assert!(summary.succeeded());
    let text = format!("{{\"name\":\"a\",\"occurred_at\":1}}\n[]\n{{\n\"{}\"\nnull\n", "x".repeat(1 << 20));
    check(
        ("bad.jsonl", &text, &[]),
        expect![[r#"
        {"name":"a","occurred_at":"1970-01-01T00:00:01.000Z"}
    "#]],
        expect![[r#"
        bad.jsonl line 2 is not one JSON object
        bad.jsonl line 3 is not one JSON object
        bad.jsonl line 4 is longer than 256 KiB
        bad.jsonl line 5 is not one JSON object
        1 of 5 rows are in; 4 were left out
    "#]],
    );
}

#[test]
fn many_bad_rows_are_counted_by_reason() {
    let mut desk = Desk::with("a.csv", format!("name,occurred_at\n{}{}", "a,soon\n".repeat(19), ",\n".repeat(12)));
    let summary = desk.import(&["a.csv"], &[]).unwrap();
    assert!(!summary.succeeded());
    assert_eq!(desk.talk.matches("a.csv line").count(), 20);
    let end = desk.talk.lines().skip(20).collect::<Vec<_>>().join("\n");
    expect![[r#"
        rows left out, by reason (the row …):
              12  has no `name`
              19  has a time in another form than 2026-11-22T10:00:00+01:00, 2026-11-22 10:00:00, 2026-11-22 or epoch seconds
        0 of 31 rows are in; 31 were left out"#]].assert_eq(&end);
}

#[test]
fn nothing_is_sent_while_a_column_is_missing() {
    let good = "name,occurred_at\na,20261101\n";
    let refusal = |name: &str, text: &str, map: &[&str]| {
        let mut desk = Desk::with("good.csv", good);
        desk.write(name, text);
        let error = desk.import(&["good.csv", name], map).unwrap_err();
        assert!(error.is_usage(), "{error}");
        assert_eq!((desk.bodies.len(), desk.path("data").exists()), (0, false));
        error.to_string().replace(&desk.folder.path().display().to_string(), "…")
    };
    let messages = [
        refusal("a.csv", "Event,Date\na,20261101\n", &[]),
        refusal("b.jsonl", "{\"name\":\"a\"}\n{\"x\":1}\n", &[]),
        refusal("c.csv", "name,occurred_at,name\n", &[]),
        refusal("c.csv", "name,occurred_at\n", &["value=Total"]),
        refusal("c.csv", "occurred_at,visitor,x\n", &["visitor=occurred_at"]),
        refusal("d.xlsx", "", &[]),
    ];
    expect![[r#"
        `…/a.csv` has no column for `name`, `name` is missing; say which with --map name=COLUMN, or name==TEXT for one text in all rows; its columns are: Event, Date
        `…/b.jsonl` has no column for `occurred_at`, `occurred_at` is missing; say which with --map occurred_at=COLUMN, or occurred_at==TEXT for one text in all rows; its columns are: name, x
        `…/c.csv` has two columns `name`; rename one of them
        `…/good.csv` has no column for `value`, `Total` is missing; say which with --map value=COLUMN, or value==TEXT for one text in all rows; its columns are: name, occurred_at
        `…/good.csv` has no column for `occurred_at`; say which with --map occurred_at=COLUMN, or occurred_at==TEXT for one text in all rows; its columns are: name, occurred_at
        `…/d.xlsx` is of no kind that can be imported; use .csv, .csv.gz, .jsonl, .jsonl.gz or .parquet"#]].assert_eq(&messages.join("\n"));
    let mut empty = Desk::with("empty.csv", "");
    empty.write("empty.jsonl", "\n");
    assert_eq!(empty.import(&["empty.csv", "empty.jsonl"], &[]).unwrap(), Summary::default());
}

#[test]
fn a_rare_column_is_found_before_it_is_said_to_be_missing() {
    let common = "{\"name\":\"a\",\"occurred_at\":20261101}\n".repeat(5_000);
    let rare = "{\"name\":\"b\",\"occurred_at\":20261101,\"order\":\"7\"}\n";
    let mut desk = Desk::with("a.jsonl", common + rare);
    desk.import(&["a.jsonl"], &["transaction_id=order"]).unwrap();
    assert_eq!(desk.events.len(), 5_001);
    assert_eq!(desk.events[5_000]["transaction_id"], "7");
}

#[test]
fn an_interrupted_import_goes_on_with_the_same_ids() {
    let text = long_csv(3_210);
    let mut whole = Desk::with("a.csv", &text);
    let all = whole.import(&["a.csv"], &[]).unwrap();
    assert_eq!((all.accepted, all.bad_rows(), all.rows), (3_178, 32, 3_210));
    assert_eq!(whole.bodies, [500, 500, 500, 500, 500, 500, 178]);
    assert_eq!(whole.ids().iter().collect::<HashSet<_>>().len(), 3_178, "equal rows are different events");
    for breaks_after in 0..7 {
        let mut desk = Desk::with("renamed.csv", &text);
        desk.bodies_max = breaks_after;
        assert!(matches!(desk.import(&["renamed.csv"], &[]), Err(import::Error::Send { .. })));
        assert_eq!(desk.bodies.len(), breaks_after);
        desk.bodies_max = usize::MAX;
        let rest = desk.import(&["renamed.csv"], &[]).unwrap();
        assert_eq!(desk.talk.contains("going on behind row"), 0 < breaks_after, "{}", desk.talk);
        assert_eq!(desk.ids(), whole.ids(), "broken after {breaks_after}");
        assert_eq!(rest.rows + rest.skipped, 3_210);
    }
}

#[test]
fn what_was_acknowledged_but_not_heard_is_sent_again_under_the_same_id() {
    let text = long_csv(1_200);
    let mut desk = Desk::with("a.csv", &text);
    desk.bodies_max = 1;
    desk.import(&["a.csv"], &[]).unwrap_err();
    fs::remove_dir_all(desk.path("data")).unwrap();
    desk.bodies_max = usize::MAX;
    desk.import(&["a.csv"], &[]).unwrap();
    let ids = desk.ids();
    assert_eq!((ids.len(), ids.iter().collect::<HashSet<_>>().len()), (500 + 1_188, 1_188));
}

#[test]
fn a_finished_import_starts_anew_and_a_changed_one_is_another() {
    let mut desk = Desk::with("a.csv", long_csv(700));
    desk.import(&["a.csv"], &[]).unwrap();
    let first = desk.ids();
    desk.import(&["a.csv"], &[]).unwrap();
    assert_eq!(desk.ids()[first.len()..], first);
    desk.events.clear();
    desk.bodies_max = desk.bodies.len() + 1;
    desk.import(&["a.csv"], &[]).unwrap_err();
    desk.bodies_max = usize::MAX;
    let other = desk.import(&["a.csv"], &["properties.note=Note"]).unwrap();
    assert_eq!((other.skipped, other.accepted), (0, 693), "another mapping is another import");
    let same = desk.import(&["a.csv"], &[]).unwrap();
    assert_eq!(same.skipped, 505);
}

#[test]
fn bodies_stay_below_their_limit() {
    let note = "ż".repeat(100_000);
    let rows = format!("{{\"name\":\"a\",\"occurred_at\":20261101,\"properties\":\"{note}\"}}\n").repeat(9);
    let mut desk = Desk::with("a.jsonl", rows.replace("\"properties\"", "\"url\""));
    desk.import(&["a.jsonl"], &[]).unwrap();
    assert_eq!(desk.bodies, [4, 4, 1]);
}

#[test]
fn a_file_that_breaks_off_gives_what_it_has() {
    let whole = packed(&long_csv(5_000));
    let mut desk = Desk::with("a.csv.gz", &whole[..whole.len() / 2]);
    assert!(matches!(desk.import(&["a.csv.gz"], &[]), Err(import::Error::Read { .. })));
    let before = desk.ids();
    assert!(500 < before.len() && !before.len().is_multiple_of(500), "{}", before.len());
    desk.write("a.csv.gz", whole);
    desk.import(&["a.csv.gz"], &[]).unwrap();
    assert_eq!(desk.ids()[before.len()..][..before.len()], before);
}
