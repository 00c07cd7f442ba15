//! Bad files for `styk import`: what is said of each, and that nothing of it harms the server that runs.
//!
//! A line of an expectation (`imports/*.txt`) is the file, the exit code and what was said; 0 where a row came in or none was bad, 1 where
//! none came in or the file cannot be read, 2 where no row was sent because of the way it was asked.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use expect_test::{ExpectFile, expect_file};
use flate2::Compression;
use flate2::write::GzEncoder;

use super::target::Target;
use crate::program::{Shop, command};

/// A server, and a folder for files.
struct Desk {
    target: Target,
    folder: tempfile::TempDir,
}

impl Desk {
    fn new() -> Self {
        Self { target: Target::start(&[]), folder: tempfile::tempdir().unwrap() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Imports the file of this name: exit code and what was said, without our folder.
    fn import(&self, name: &str, map: &[&str]) -> String {
        let path = self.path(name).display().to_string();
        let mapped: &[&str] = if map.is_empty() { &[] } else { &["--map"] };
        let words = [&["import", "--site", Shop::SITE, &path][..], mapped, map].concat();
        let output = command(&[], self.target.shop.data.path()).args(words).output().unwrap();
        let code = output.status.code().expect("no signal ends it");
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(!said.contains("hostile"), "what is in a file is echoed: {said}");
        assert!(!said.contains("panicked"), "{said}");
        self.target.send_good();
        self.target.check_counters();
        let said = said.replace(&format!("{}/", self.folder.path().display()), "");
        let lines = said.lines().filter(|line| !line.is_empty()).map(|line| format!("    {line}\n"));
        format!("{name}: {code}\n{}", lines.collect::<String>())
    }
}

/// Imports files of these contents, each named by what is wrong with it; compares what was said.
#[track_caller]
fn check(ending: &str, files: &[(&str, Vec<u8>)], expected: ExpectFile) {
    let desk = Desk::new();
    let mut said = String::new();
    for (what, content) in files {
        let name = format!("{what}.{ending}");
        fs::write(desk.path(&name), content).unwrap();
        said += &desk.import(&name, &[]);
    }
    expected.assert_eq(&said);
    desk.target.check();
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

/// A good row behind the bad ones, to show that they stop nothing.
fn csv(columns: &str, rows: &str) -> Vec<u8> {
    format!("name,occurred_at{columns}\n{rows}\nlast,20261101\n").into()
}

#[test]
fn the_form_of_csv() {
    let long = "h".repeat(300_000);
    let columns: String = (0..10_000).map(|number| format!(",c{number}")).collect();
    check(
        "csv",
        &[
            ("nothing", vec![]),
            ("a mark alone", "\u{feff}".into()),
            ("line breaks alone", "\r\n\n\r\n".into()),
            ("a header alone", "name,occurred_at".into()),
            ("two marks", "\u{feff}\u{feff}name,occurred_at\na,20261101\n".into()),
            ("UTF-16", "name,occurred_at\na,20261101\n".encode_utf16().flat_map(u16::to_le_bytes).collect()),
            ("bars", "name|occurred_at\na|20261101\n".into()),
            ("old line ends", "name,occurred_at\ra,20261101\r".into()),
            ("a NUL in the header", "name,occurred_at,\0\na,20261101,hostile\n".into()),
            ("an open quote in the header", "\"name,occurred_at\na,20261101\n".into()),
            ("a header of 300 KB", format!("name,occurred_at,{long}\na,20261101\n").into()),
            ("10,000 columns", csv(&columns, "a,20261101")),
            ("twin columns", csv(",name", "a,20261101,b")),
            ("an open quote", csv("", "\"hostile,20261101")),
            ("quotes within", csv("", "a\"b\"c,20261101\n\"a\"b,20261101\n\"\"\"\",20261101")),
            ("a row of 300 KB", csv("", &format!("{long},20261101"))),
            ("10 MB without an end", vec![b'"'; 10 << 20]),
            ("more cells", csv("", &format!("a,20261101{}", ",hostile".repeat(1_000)))),
            ("fewer cells", csv("", "hostile")),
            ("no UTF-8", [&b"name,occurred_at\n\xff\xfe,20261101\n"[..], b"last,20261101\n"].concat()),
            ("a NUL", csv("", "hos\0tile,20261101")),
        ],
        expect_file!["imports/csv.txt"],
    );
}

#[test]
fn what_cells_say() {
    let cells = |column: &str, cells: &[&str]| {
        let rows: Vec<_> = cells.iter().map(|cell| format!("a,20261101,\"{}\"", cell.replace('"', "\"\""))).collect();
        csv(&format!(",{column}"), &rows.join("\n"))
    };
    let names: Vec<_> = ["<hostile>", "=hostile()", "hos tile", &"h".repeat(65), "\u{202e}elitsoh"]
        .iter()
        .map(|name| format!("\"{name}\",20261101"))
        .collect();
    let times: Vec<_> = ["hostile", "99991231", "-1", "1969-12-31T23:59:59Z", "2026-02-30", "1e9", &"9".repeat(30)]
        .iter()
        .map(|time| format!("a,{time}"))
        .collect();
    let deep = format!("{}1{}", "[".repeat(10_000), "]".repeat(10_000));
    check(
        "csv",
        &[
            ("names", csv("", &names.join("\n"))),
            ("times", csv("", &times.join("\n"))),
            (
                "amounts",
                cells(
                    "value",
                    &["NaN", "Infinity", "1e999", "-1", "9223372036854775807", "€5", "0x10", "1 000", "1,5"],
                ),
            ),
            ("currencies", cells("currency", &["EURO", "978", "XXX", "ＥＵＲ"])),
            (
                "items",
                cells(
                    "items",
                    &["hostile", "{}", "[null]", "[{\"price\":\"NaN\"}]", "[{\"item_id\":1,\"quantity\":-1}]", &deep],
                ),
            ),
            ("properties", cells("properties", &["hostile", "[]", "{\"a\":{\"b\":{}}}", &deep])),
            ("addresses", cells("url", &["javascript:alert(1)", "file:///etc/passwd", "hostile", "https://"])),
            ("ids", cells("id", &[&"h".repeat(201), "same", "same"])),
            ("people", cells("consent", &["hostile"])),
            ("places", cells("country", &["POL", "🇵🇱"])),
            ("ip addresses", cells("ip", &["hostile", "192.0.2.1:80"])),
            (
                "dangerous texts",
                cells("cart_id", &["'; DROP TABLE events;--", "=cmd|' /C calc'!A0", "${jndi:ldap://x}"]),
            ),
        ],
        expect_file!["imports/cells.txt"],
    );
}

#[test]
fn lines_of_json() {
    let good = r#"{"name":"last","occurred_at":20261101}"#;
    let lines = |lines: &[&str]| [lines, &[good]].concat().join("\n").into_bytes();
    let event = |fields: &str| format!(r#"{{"name":"a","occurred_at":20261101,{fields}}}"#);
    let deep = |depth: usize| event(&format!(r#""properties":{}1{}"#, "[".repeat(depth), "]".repeat(depth)));
    check(
        "jsonl",
        &[
            ("nothing", vec![]),
            ("a mark", format!("\u{feff}{good}").into()),
            ("no objects", lines(&["null", "[]", "5", "\"hostile\"", "[{\"name\":\"a\"}]"])),
            ("cut short", lines(&[r#"{"name":"hostile"#])),
            ("more behind it", lines(&[&format!("{good} {good}"), &format!("{good}]")])),
            ("one list of all", format!("[{good},\n{good}]").into()),
            ("nested", lines(&[&deep(100), &deep(10_000)])),
            ("a field twice", lines(&[r#"{"name":"a","name":"hostile","occurred_at":20261101}"#])),
            ("half a character", lines(&[&event(r#""cart_id":"\ud800""#)])),
            ("a NUL", lines(&[&event(r#""cart_id":"\u0000""#)])),
            ("no numbers", lines(&[&event(r#""value":NaN"#), &event(r#""value":1e999"#), &event(r#""value":-0"#)])),
            ("100,000 digits", lines(&[&event(&format!(r#""value":{}"#, "9".repeat(100_000)))])),
            ("1 MB", lines(&[&event(&format!(r#""cart_id":"{}""#, "h".repeat(1 << 20)))])),
            ("wrong kinds", lines(&[r#"{"name":{},"occurred_at":20261101}"#, r#"{"name":"a","occurred_at":[]}"#])),
        ],
        expect_file!["imports/json_lines.txt"],
    );
}

#[test]
fn packed_files() {
    let good = b"name,occurred_at\na,20261101\n";
    let whole = packed(&[&good[..], &b"a,20261101\n".repeat(1_000)].concat());
    check(
        "csv.gz",
        &[
            ("nothing", vec![]),
            ("not packed", good.to_vec()),
            ("cut short", whole[..whole.len() / 2].to_vec()),
            ("more behind it", [&packed(good)[..], b"hostile"].concat()),
            ("packed twice", packed(&packed(good))),
            ("a bomb of one line", packed(&vec![b' '; 64 << 20])),
            ("a bomb of lines", packed(&[&good[..], &vec![b'\n'; 64 << 20]].concat())),
        ],
        expect_file!["imports/packed.txt"],
    );
}

/// A file of the rows that a query gives.
fn write_parquet(path: &Path, select: &str) {
    let path = path.display().to_string().replace('\'', "''");
    let connection = duckdb::Connection::open_in_memory().unwrap();
    connection.execute_batch(&format!("copy ({select}) to '{path}' (format parquet)")).unwrap();
}

#[test]
fn rows_of_parquet() {
    let with = |columns: &str| format!("select 'a' as name, timestamp '2026-11-01' as occurred_at, {columns}");
    let desk = Desk::new();
    let mut said = String::new();
    for (what, select) in [
        ("no rows", with("1 as x where false")),
        ("no columns of ours", "select 1 as x".into()),
        ("it's; drop table events;--", with("1 as x")),
        ("a column's name", with("1 as \"a'\"\"; drop table events;--\"")),
        ("no numbers", with("unnest(['nan', 'inf', '-inf']::double[]) as value")),
        ("38 digits", with("99999999999999999999999999999999999999::decimal(38, 0) as value")),
        (
            "times beyond time",
            "select 'a' as name, unnest(['infinity', '290000-01-01']::timestamp[]) as occurred_at".into(),
        ),
        ("bytes", "select '\\xff\\x00'::blob as name, timestamp '2026-11-01' as occurred_at".into()),
        ("lists for texts", "select ['hostile'] as name, timestamp '2026-11-01' as occurred_at".into()),
        (
            "other kinds",
            with("interval 1 day as value, uuid() as cart_id, map {'hostile': 1} as properties, true as url"),
        ),
        ("300 KB in a row", with("repeat('h', 300000) as cart_id")),
        ("deep", with(&format!("'{}1{}' as properties", "[".repeat(10_000), "]".repeat(10_000)))),
    ] {
        let name = format!("{what}.parquet");
        write_parquet(&desk.path(&name), &select);
        said += &desk.import(&name, &[]);
    }
    expect_file!["imports/parquet_rows.txt"].assert_eq(&said);
    desk.target.check();
}

#[test]
fn the_form_of_parquet() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("whole");
    write_parquet(&path, "select 'a' as name, 20261101 as occurred_at, unnest(range(10000)) as value");
    let whole = fs::read(path).unwrap();
    let (middle, end) = (whole.len() / 2, whole.len() - 8);
    let mut flipped = whole.clone();
    flipped[middle] ^= 0x10;
    check(
        "parquet",
        &[
            ("nothing", vec![]),
            ("not Parquet", "hostile".into()),
            ("its marks alone", "PAR1PAR1".into()),
            ("cut short", whole[..middle].into()),
            ("without its head", whole[middle..].into()),
            ("an end that is too long", [&whole[..end], b"\xff\xff\xff\x7fPAR1"].concat()),
            ("an end of zeros", [&whole[..end - 100], &[0; 100], &whole[end..]].concat()),
            ("a bit flipped", flipped),
        ],
        expect_file!["imports/parquet.txt"],
    );
}

#[test]
fn files_that_are_none() {
    let desk = Desk::new();
    fs::create_dir(desk.path("folder.csv")).unwrap();
    std::os::unix::fs::symlink(desk.path("loop.csv"), desk.path("loop.csv")).unwrap();
    fs::write(desk.path("table.xlsx"), "PK").unwrap();
    fs::write(desk.path("good.csv"), csv("", "a,20261101")).unwrap();
    let mut said = String::new();
    for name in ["missing.csv", "missing.parquet", "folder.csv", "loop.csv", "table.xlsx", "../../etc/passwd"] {
        said += &desk.import(name, &[]);
    }
    for map in ["value=", "=value", "value==NaN", "hostility=name", "name=name", "properties.=name"] {
        said += &format!("--map {map} ");
        said += &desk.import("good.csv", &[map]);
    }
    expect_file!["imports/none.txt"].assert_eq(&said);
    desk.target.check();
}
