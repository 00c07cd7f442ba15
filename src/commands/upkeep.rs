//! The store built again, and failed events tried again: by the running server, or by one started for the command.

use std::path::Path;

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::Value;

use super::client::Client;
use crate::config::Settings;

/// `styk rebuild`: a new file, filled with everything that was accepted.
pub(super) fn rebuild(settings: &Settings, data: &Path) -> anyhow::Result<()> {
    // Not waited for: what is there may be what has to go.
    let client = Client::running(data)?.map_or_else(|| Client::start(settings, data), Ok)?;
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
    let style = ProgressStyle::with_template("{prefix} {bar:30} {human_pos} of {human_len} events, {eta} left")?;
    let bar = ProgressBar::no_length().with_style(style).with_prefix(verb);
    let events = client.watch_load(|loaded, accepted| {
        bar.set_length(accepted);
        bar.set_position(loaded);
    })?;
    bar.finish_and_clear();
    Ok(events)
}
