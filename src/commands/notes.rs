//! `styk note …`: by the running server, or by one started for the command.

use std::path::Path;

use anyhow::Context;
use comfy_table::{Table, presets};
use serde_json::{Value, json};

use super::client::{Client, site_of};
use crate::cli::NoteCommand;
use crate::config::Settings;
use crate::control::Control;
use crate::report::text;
use crate::server;

pub(super) fn run(settings: &Settings, data: &Path, command: &NoteCommand) -> anyhow::Result<()> {
    let (NoteCommand::Add { site, .. } | NoteCommand::List { site } | NoteCommand::Remove { site, .. }) = command;
    let site = site_of(&Control::open(data)?, site)?;
    let path = format!("/v1/sites/{}/annotations", site.key);
    let client = Client::connect(settings, data)?;
    match command {
        NoteCommand::Add { text, date, .. } => {
            let today = || server::now().date_in(&site.time_zone).map(|date| date.to_string());
            let date = date.clone().or_else(today).context("the clock shows no day of the calendar; write --date")?;
            client.change("POST", &path, Some(&json!({ "date": date, "text": text })))?;
            eprintln!("noted on {date}");
        }
        NoteCommand::List { .. } => {
            print_list(client.get_json(&path)?["annotations"].as_array().map_or(&[], Vec::as_slice));
        }
        NoteCommand::Remove { id, .. } => {
            client.change("DELETE", &format!("{path}/{id}"), None)?;
            eprintln!("removed note {id}");
        }
    }
    client.close();
    Ok(())
}

fn print_list(notes: &[Value]) {
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_header(["id", "date", "note", "by"]);
    for note in notes {
        let words = |name: &str| text::words(&note[name]);
        table.add_row([note["id"].to_string(), words("date"), words("text"), words("created_by")]);
    }
    println!("{table}");
}
