//! `styk erase`: by the running server, or by one started for the command; the receipt on stdout.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, bail};
use comfy_table::{Table, presets};
use serde_json::{Value, json};

use super::client::Client;
use crate::cli::EraseArgs;
use crate::config::Settings;
use crate::domain::name::SiteKey;

/// How often the server is asked whether it is done.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// The lines of the receipt: what the server calls it, and what people do.
const PLACES: [(&str, &str); 8] = [
    ("store_events", "events of the store"),
    ("store_failed_events", "failed events of the store"),
    ("archive_events", "events of the archive"),
    ("archive_failed_events", "failed events of the archive"),
    ("archive_files", "archive files that held them"),
    ("journal_events", "events of the journal"),
    ("damaged_copies", "copies of damaged files, all of them"),
    ("unreadable_files", "damaged files that stay: nobody can say what they hold"),
];

/// Returns once no file holds what was to be erased.
pub(super) fn erase(settings: &Settings, data: &Path, args: &EraseArgs) -> anyhow::Result<()> {
    SiteKey::parse(&args.site).with_context(|| format!("site key `{}`", args.site))?;
    let client = Client::connect(settings, data)?;
    let body = match (&args.visitor, &args.customer) {
        (Some(visitor), _) => json!({ "visitor": visitor }),
        (None, customer) => json!({ "customer": customer }),
    };
    let path = format!("/v1/sites/{}/erasures", args.site);
    let asked: Value = serde_json::from_str(&client.post(&path, body.to_string().as_bytes())?)?;
    let path = format!("{path}/{}", asked["id"]);
    eprintln!("no answer has it any more; the files are being rewritten");
    let receipt = loop {
        let seen: Value = serde_json::from_reader(client.get(&path)?)?;
        if seen["status"] == "done" {
            break seen;
        }
        std::thread::sleep(LOOK_EVERY);
    };
    client.close();
    print_receipt(&receipt)
}

fn print_receipt(receipt: &Value) -> anyhow::Result<()> {
    let Some(removed) = receipt["removed"].as_object() else { bail!("the server's answer is not what was expected") };
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_header(["removed", ""]);
    for (name, words) in PLACES {
        table.add_row([words, &removed[name].to_string()]);
    }
    println!("{table}");
    let text = |name: &str| receipt[name].as_str().unwrap_or_default().to_owned();
    println!("erasure {} of {} visitor ids", receipt["id"], receipt["visitors"]);
    println!("asked at {} by {}, done at {}", text("asked_at"), text("asked_by"), text("finished_at"));
    Ok(())
}
