//! The command line, typed as a shop's administrator types it: what stands on stdout, and how each command ends.

use std::path::Path;
use std::process::{Command, Stdio};

use expect_test::{Expect, expect};
use serde_json::Value;

use crate::program::Program;

/// What a command left behind.
struct Ran {
    code: i32,
    stdout: String,
    stderr: String,
}

/// Runs `styk` with the arguments of `typed`, split at spaces.
fn styk(data: &Path, typed: &str) -> Ran {
    styk_with(data, typed, &[])
}

/// The same with environment variables.
fn styk_with(data: &Path, typed: &str, environment: &[(&str, &str)]) -> Ran {
    let mut command = Command::new(env!("CARGO_BIN_EXE_styk"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("STYK_")) {
        command.env_remove(name);
    }
    command.env("STYK_DATA", data).envs(environment.iter().copied()).stdin(Stdio::null()).current_dir(data);
    let output = command.args(typed.split_whitespace()).output().unwrap();
    Ran {
        code: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// The stdout of a command that must succeed.
#[track_caller]
fn said(data: &Path, typed: &str) -> String {
    let ran = styk(data, typed);
    assert_eq!(ran.code, 0, "styk {typed}\n{}", ran.stderr);
    ran.stdout
}

/// A data directory with the site `shop`.
fn shop() -> tempfile::TempDir {
    let data = tempfile::tempdir().unwrap();
    said(data.path(), "site add shop --domain shop.example");
    data
}

#[track_caller]
fn check_table(shown: &str, expected: &Expect) {
    let trimmed: String = shown.lines().map(|line| line.trim().to_owned() + "\n").collect();
    expected.assert_eq(&trimmed);
}

#[test]
fn sites_are_added_listed_changed_and_removed() {
    let data = tempfile::tempdir().unwrap();
    let data = data.path();
    let tag = said(data, "site add shop --domain shop.example caps.example --time-zone Europe/Warsaw --currency PLN");
    assert!(tag.contains(r#"data-styk-site="shop""#), "{tag}");
    said(data, "site add hats --domain hats.example");
    check_table(
        &said(data, "site list"),
        &expect![[r#"
            site  domains                    time zone      currency  privacy  kept
            shop  shop.example caps.example  Europe/Warsaw  PLN       default  for ever
            hats  hats.example               UTC            EUR       default  for ever
        "#]],
    );
    said(data, "site set hats --domain www.hats.example --time-zone Europe/Berlin");
    said(data, "site remove shop");
    check_table(
        &said(data, "site list"),
        &expect![[r#"
            site  domains           time zone      currency  privacy  kept
            hats  www.hats.example  Europe/Berlin  EUR       default  for ever
        "#]],
    );
    let again = styk(data, "site add hats --domain hats.example");
    assert_eq!((again.code, again.stdout.as_str()), (1, ""));
    assert_eq!(again.stderr, "error: site `hats` exists already\n");
    assert_eq!(styk(data, "site remove shop").code, 1);
    assert_eq!(styk(data, "site set shop --currency EUR").code, 1);
}

#[test]
fn a_keys_secret_stands_alone_on_the_last_line_and_is_never_shown_again() {
    let data = shop();
    let data = data.path();
    for scope in ["collect", "read", "admin"] {
        let shown = said(data, &format!("key add --site shop --scope {scope} --name till"));
        let secret = shown.lines().last().unwrap();
        assert!(secret.starts_with(&format!("styk_{scope}_")) && !secret.contains(' '), "{shown}");
        assert!(!said(data, "key list").contains(secret));
    }
    assert_eq!(said(data, "key list --site shop").matches("till").count(), 3);
    said(data, "key revoke 2");
    let left = said(data, "key list");
    assert!(left.contains("collect") && !left.contains("read") && left.contains("admin"), "{left}");
    assert_eq!(styk(data, "key revoke 2").code, 1);
    assert_eq!(styk(data, "key add --site other --scope read").code, 1);
}

#[test]
fn a_user_is_added_with_the_password_of_the_environment() {
    let data = shop();
    let data = data.path();
    let password = [("STYK_PASSWORD", "correct horse battery staple")];
    assert_eq!(styk_with(data, "user add ann@shop.example --role owner", &password).code, 0);
    assert_eq!(styk_with(data, "user add bob@shop.example", &password).code, 0);
    let short = styk_with(data, "user add cyd@shop.example", &[("STYK_PASSWORD", "1234")]);
    assert_eq!(short.code, 1, "{}", short.stderr);
    assert!(!short.stderr.contains("1234"), "a password is never shown");
    said(data, "user set bob@shop.example --role editor");
    check_table(
        &said(data, "user list"),
        &expect![[r#"
            email             role
            ann@shop.example  owner
            bob@shop.example  editor
        "#]],
    );
    said(data, "user remove bob@shop.example");
    assert!(!said(data, "user list").contains("bob"));
}

#[test]
fn wrong_usage_and_wrong_settings_end_with_2() {
    let data = shop();
    let data = data.path();
    std::fs::write(data.join("unknown.toml"), "[store]\nthread = 2\n").unwrap();
    std::fs::write(data.join("rows.csv"), "name\nview_item\n").unwrap();
    let wrong = [
        "",
        "sell",
        "site add",
        "site add caps",
        "site list --loudly",
        "key add --site shop --scope all",
        "key revoke first",
        "report funnel",
        "report funnel --site shop --json --sql",
        "serve --listen nowhere",
        "export --site shop --format xml --out x",
        "import --site shop",
        "import --site shop rows.csv --map name",
        "import --site shop rows.csv --map nom=name",
        "config --config missing.toml",
        "config --config unknown.toml",
    ];
    for typed in wrong {
        let ran = styk(data, typed);
        assert_eq!(ran.code, 2, "styk {typed}\n{}{}", ran.stdout, ran.stderr);
        assert!(ran.stdout.is_empty() && !ran.stderr.is_empty(), "styk {typed}: talk belongs on stderr");
    }
    let settings = [
        ("STYK_STORE_THREADS", "many"),
        ("STYK_JOURNAL_SEGMENT_MIB", "-1"),
        ("STYK_COLLECT_TRUSTED_PROXIES", r#"["nonsense"]"#),
    ];
    for (name, value) in settings {
        let ran = styk_with(data, "serve --listen 127.0.0.1:0", &[(name, value)]);
        assert_eq!(ran.code, 2, "{name}={value}\n{}", ran.stderr);
    }
}

#[test]
fn what_cannot_be_done_ends_with_1_and_says_why() {
    let data = shop();
    let data = data.path();
    let failed = [
        ("report funnel --site caps", "there is no site `caps`"),
        ("report funnel --site shop --steps view_item", "a funnel has 2 to 20 steps"),
        ("export --site caps --out x", "there is no site `caps`"),
        ("import --site caps rows.csv", "there is no site `caps`"),
    ];
    for (typed, why) in failed {
        let ran = styk(data, typed);
        assert_eq!((ran.code, ran.stdout.as_str()), (1, ""), "styk {typed}\n{}", ran.stderr);
        assert!(ran.stderr.contains(why), "styk {typed}: {}", ran.stderr);
    }
}

#[test]
fn config_prints_every_setting_and_where_it_came_from() {
    let data = tempfile::tempdir().unwrap();
    let data = data.path();
    std::fs::write(data.join("styk.toml"), "[journal]\nsegment_mib = 8\n[store]\nthreads = 3\n").unwrap();
    let ran = styk_with(data, "config --config styk.toml", &[("STYK_STORE_THREADS", "4")]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    for line in [
        "analyze.session_gap_minutes = 30  # default",
        "journal.segment_mib = 8  # file styk.toml",
        "store.threads = 4  # environment STYK_STORE_THREADS",
    ] {
        assert!(ran.stdout.lines().any(|shown| shown == line), "no `{line}` in\n{}", ran.stdout);
    }
    let keys = styk::config::DEFAULT_TOML.lines().filter(|line| line.contains(" = ") && !line.starts_with('#'));
    assert_eq!(ran.stdout.lines().count(), keys.count());
}

/// Orders as a shop's own system writes them.
const ORDERS: &str = "\
Who,When,Action,Price,Colour
ann,2024-11-20 10:00,view_item,19.90,red
ann,2024-11-20 10:05,purchase,19.90,red
bob,2024-11-20 11:00,view_item,5.00,blue
bob,2024-11-20 11:00,view_item,5.00,blue
cyd,2024-11-20 12:00,purchase,7.50,
";
const MAP: &str = "--map visitor=Who occurred_at=When name=Action value=Price properties.colour=Colour";
const FUNNEL: &str = "report funnel --site shop --steps view_item,purchase --from 2024-11-20 --to 2024-11-21";

/// A shop with [`ORDERS`] imported; no server ran before and none runs after.
fn shop_with_orders() -> tempfile::TempDir {
    let data = shop();
    std::fs::write(data.path().join("orders.csv"), ORDERS).unwrap();
    said(data.path(), &format!("import --site shop orders.csv {MAP}"));
    data
}

#[test]
fn a_report_says_the_same_with_a_server_and_without() {
    let data = shop_with_orders();
    let data = data.path();
    let forms = [
        "",
        " --table",
        " --json",
        " --sql",
        " --by device",
        " --unit session --window 4m",
        " --steps view_item,scroll?,purchase",
        " --order strict --hold properties.colour --exclude scroll@1-2,page:/help/* --trend day --compare previous",
        " --order any --by channel@first_touch",
        " --by device@2 --compare 2024-11-01..2024-11-08",
    ];
    let ask = || forms.map(|form| said(data, &format!("{FUNNEL}{form}")));
    let alone = ask();
    let answer: Value = serde_json::from_str(&alone[2]).unwrap();
    let through = answer["data_through"].as_str().unwrap();
    check_table(
        &alone[0].replace(through, "the import"),
        &expect![[r#"
            step             reached  of first  of previous  dropped  in progress  median time
            1     view_item        2    100.0%            –        1            0            –
            2     purchase         1     50.0%        50.0%        0            0        5 min

            visitor · 2024-11-20T00:00:00+00:00 to 2024-11-21T00:00:00+00:00 (UTC) · window 7 d · data through the import
        "#]],
    );
    assert_eq!(alone[0], alone[1], "a table is the default");
    assert!(alone[3].starts_with("with ") && alone[3].ends_with(";\n"), "{}", alone[3]);
    check_table(
        &alone[5].replace(through, "the import"),
        &expect![[r#"
            step             reached  of first  of previous  dropped  in progress  median time
            1     view_item        2    100.0%            –        2            0            –
            2     purchase         0      0.0%         0.0%        0            0            –

            session · 2024-11-20T00:00:00+00:00 to 2024-11-21T00:00:00+00:00 (UTC) · window 4 min · data through the import
        "#]],
    );
    check_table(
        &alone[7].replace(through, "the import"),
        &expect![[r#"
        step             reached  of first  of previous  dropped  in progress  excluded  median time
        1     view_item        2    100.0%            –        1            0         0            –
        2     purchase         1     50.0%        50.0%        0            0         0        5 min

        entered  converted   rate
        2024-11-20T00:00:00+00:00        2          1  50.0%

        converted: 50.0%, and – of 0 from 2024-11-19T00:00:00+00:00 to 2024-11-20T00:00:00+00:00 (too few for a comparison)

        visitor · order strict · same properties.colour · 2024-11-20T00:00:00+00:00 to 2024-11-21T00:00:00+00:00 (UTC) · window 7 d · data through the import
    "#]],
    );
    let _server = Program::start(data, &[]);
    let asked = ask();
    for (index, form) in forms.iter().enumerate().filter(|(index, _)| *index != 3) {
        assert_eq!(asked[index], alone[index], "report funnel{form}");
    }
}

#[test]
fn importing_the_same_rows_again_changes_nothing() {
    let data = shop_with_orders();
    let data = data.path();
    let before = reached(data);
    assert_eq!(before, [2, 1]);
    std::fs::write(data.join("copy.csv"), ORDERS).unwrap();
    said(data, &format!("import --site shop orders.csv {MAP}"));
    said(data, &format!("import --site shop copy.csv {MAP}"));
    assert_eq!(reached(data), before);
    assert_eq!(exported_lines(data), 5, "Bob's two equal rows are two events, however often they are sent");
    let keys = said(data, "key list");
    assert!(!keys.contains("styk import"), "an import leaves no key behind:\n{keys}");
}

#[test]
fn an_import_goes_through_the_server_that_runs() {
    let data = shop();
    let data = data.path();
    std::fs::write(data.join("orders.csv"), format!("{ORDERS}dan,yesterday,view_item,1.00,\n")).unwrap();
    let _server = Program::start(data, &[]);
    let ran = styk(data, &format!("import --site shop orders.csv {MAP}"));
    assert!(ran.stdout.is_empty() && ran.stderr.contains("orders.csv line 7"), "the bad row is named: {}", ran.stderr);
    assert_eq!(reached(data), [2, 1], "and stops nothing");
}

/// `reached` of every step, as the command tells it.
fn reached(data: &Path) -> Vec<u64> {
    let answer: Value = serde_json::from_str(&said(data, &format!("{FUNNEL} --json"))).unwrap();
    answer["steps"].as_array().unwrap().iter().map(|step| step["reached"].as_u64().unwrap()).collect()
}

fn exported_lines(data: &Path) -> usize {
    said(data, "export --site shop --format jsonl --out lines.jsonl");
    std::fs::read_to_string(data.join("lines.jsonl")).unwrap().lines().count()
}

#[test]
fn an_export_is_a_file_in_each_format() {
    let data = shop_with_orders();
    let data = data.path();
    std::fs::create_dir(data.join("out")).unwrap();
    for format in ["parquet", "csv", "jsonl"] {
        let shown = said(data, &format!("export --site shop --format {format} --out out"));
        assert_eq!(shown, "", "data goes into the file, talk to stderr");
    }
    let read = |format: &str| std::fs::read(data.join(format!("out/shop-events.{format}"))).unwrap();
    let (parquet, csv, lines) = (read("parquet"), read("csv"), read("jsonl"));
    assert!(parquet.starts_with(b"PAR1") && parquet.ends_with(b"PAR1"));
    assert_eq!(csv::Reader::from_reader(csv.as_slice()).records().filter(Result::is_ok).count(), 5);
    let rows: Vec<Value> =
        String::from_utf8(lines).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(rows.len(), 5);
    assert!(rows.iter().all(|row| row["event_id"].is_string()), "{}", rows[0]);
    said(
        data,
        "export --site shop --format jsonl --from 2024-11-20T11:00:00Z --to 2024-11-20T12:00:00Z --out lines.jsonl",
    );
    assert_eq!(std::fs::read_to_string(data.join("lines.jsonl")).unwrap().lines().count(), 2);
}
