//! `styk identity …`: by the running server, or by one started for the command; the visitor's links on stdout.

use std::path::Path;

use anyhow::Context;
use comfy_table::{Table, presets};
use serde_json::{Value, json};

use super::client::Client;
use crate::cli::{IdentityCommand, LinkArgs};
use crate::config::Settings;
use crate::domain::name::SiteKey;

/// What a link that holds shows.
const DASH: &str = "–";

pub(super) fn identity(settings: &Settings, data: &Path, command: &IdentityCommand) -> anyhow::Result<()> {
    let (site, visitor) = match command {
        IdentityCommand::Show { site, visitor } => (site, visitor),
        IdentityCommand::Unlink(LinkArgs { site, visitor, .. })
        | IdentityCommand::Relink(LinkArgs { site, visitor, .. }) => (site, visitor),
    };
    SiteKey::parse(site).with_context(|| format!("site key `{site}`"))?;
    let path = format!("/v1/sites/{site}/visitors/{}", encoded(visitor));
    let client = Client::connect(settings, data)?;
    let answer = match command {
        IdentityCommand::Show { .. } => std::io::read_to_string(client.get(&path)?)?,
        IdentityCommand::Unlink(LinkArgs { customer: None, .. }) => {
            client.change("DELETE", &format!("{path}/links"), None)?
        }
        IdentityCommand::Unlink(LinkArgs { customer: Some(customer), .. }) => {
            client.change("DELETE", &format!("{path}/links/{}", encoded(customer)), None)?
        }
        IdentityCommand::Relink(LinkArgs { customer, .. }) => {
            let body = customer.as_ref().map_or_else(|| json!({}), |customer| json!({ "customer": customer }));
            client.post(&format!("{path}/links"), body.to_string().as_bytes())?
        }
    };
    client.close();
    let answer: Value = serde_json::from_str(&answer).context("the server's answer is not JSON")?;
    answer["visitors"].as_array().into_iter().flatten().for_each(print_visitor);
    Ok(())
}

fn print_visitor(visitor: &Value) {
    println!(
        "visitor {}: {}, {} events from {} to {}",
        word(&visitor["visitor"]),
        visitor["customer"].as_str().map_or("nobody known".to_owned(), |customer| format!("customer {customer}")),
        visitor["events"],
        word(&visitor["first_seen_at"]),
        word(&visitor["last_seen_at"]),
    );
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_header(["customer", "since", "last named at", "events", "undone"]);
    for link in visitor["links"].as_array().into_iter().flatten() {
        let (since, last) = (word(&link["since"]), word(&link["last_named_at"]));
        table.add_row([word(&link["customer"]), since, last, link["events"].to_string(), said(&link["undone"])]);
    }
    println!("{table}");
    let mut facts = Table::new();
    facts.load_preset(presets::NOTHING).set_header(["undone: not", "said", "taken back"]);
    for fact in visitor["unlinks"].as_array().into_iter().flatten() {
        let customer = fact["customer"].as_str().unwrap_or("any customer").to_owned();
        facts.add_row([customer, said(&fact["made"]), said(&fact["taken_back"])]);
    }
    if !facts.is_empty() {
        println!("\n{facts}");
    }
}

fn said(said: &Value) -> String {
    if said.is_object() { format!("{} by {}", word(&said["at"]), word(&said["by"])) } else { DASH.to_owned() }
}

fn word(value: &Value) -> String {
    value.as_str().unwrap_or(DASH).to_owned()
}

/// An id as a part of a path.
fn encoded(id: &str) -> String {
    // A form's `+` would stay one in a path.
    url::form_urlencoded::byte_serialize(id.as_bytes()).collect::<String>().replace('+', "%20")
}
