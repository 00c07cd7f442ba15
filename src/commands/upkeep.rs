//! The store built again, and failed events tried again: by the running server, or by one started for the command.

use std::path::Path;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::Value;

use super::client::Client;
use crate::config::Settings;

/// How often the server is asked how far it is.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// `styk rebuild`: a new file, filled with everything that was accepted.
pub(super) fn rebuild(settings: &Settings, data: &Path) -> anyhow::Result<()> {
    let client = Client::connect(settings, data)?;
    client.post("/v1/upkeep/rebuild", b"")?;
    let events = watch_load(&client, "rebuilding")?;
    client.close();
    eprintln!("the store is built again from {events} accepted events; the file before it is in `store/quarantine`");
    Ok(())
}

/// `styk replay`: every failed event once more.
pub(super) fn replay(settings: &Settings, data: &Path) -> anyhow::Result<()> {
    let client = Client::connect(settings, data)?;
    let answer: Value = serde_json::from_str(&client.post("/v1/upkeep/replay", b"")?)?;
    client.close();
    println!("{} loaded, {} still fail", answer["loaded"], answer["failing"]);
    Ok(())
}

/// Shows how far the load is until all that is accepted now is loaded; gives how many events that were.
pub(super) fn watch_load(client: &Client, verb: &'static str) -> anyhow::Result<u64> {
    let accepted = client.metric("styk_journal_next_sequence")?;
    let style = ProgressStyle::with_template("{prefix} {bar:30} {human_pos} of {human_len} events, {eta} left")?;
    let bar = ProgressBar::new(accepted).with_style(style).with_prefix(verb);
    loop {
        let loaded = client.metric("styk_load_next_sequence")?;
        bar.set_position(loaded.min(accepted));
        if accepted <= loaded {
            bar.finish_and_clear();
            return Ok(accepted);
        }
        std::thread::sleep(LOOK_EVERY);
    }
}
