//! Commands that ask the server: reports, exports, imports.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, bail};
use serde_json::Value;

use super::asked::Asked;
use super::client::{Client, error_part, refusal, site_of};
use super::import::{self, Import, Mapping, Reply};
use super::{carts, dropoff, funnels, overview, people};
use crate::cli::{ExportArgs, ExportFormat, ExportWhat, ImportArgs, ReportCommand};
use crate::config::Settings;
use crate::control::{Control, Scope};
use crate::server;

/// `styk report …`
pub(super) fn report(settings: &Settings, data: &Path, command: &ReportCommand) -> anyhow::Result<()> {
    let key = match command {
        ReportCommand::Funnel(args) => &args.question.about.site,
        ReportCommand::Abandonment(args) => &args.carts.about.site,
        ReportCommand::Carts(args) => &args.carts.about.site,
        ReportCommand::Overview(args) => &args.about.site,
        ReportCommand::Orders(args) => &args.about.site,
        ReportCommand::Live(args) => &args.about.site,
        ReportCommand::Dropoff(args) => &args.about.site,
        ReportCommand::Retention(args) => &args.about.site,
        ReportCommand::Visitor(args) => &args.site,
    };
    let site = site_of(&Control::open(data)?, key)?;
    let client = Client::connect(settings, data)?;
    let asked = match command {
        ReportCommand::Funnel(args) => funnels::report(args, &site, &client)?,
        ReportCommand::Abandonment(args) => carts::abandonment(args, &site)?,
        ReportCommand::Carts(args) => carts::carts(args, &site)?,
        ReportCommand::Overview(args) => overview::overview(args, &site)?,
        ReportCommand::Orders(args) => overview::orders(args, &site)?,
        ReportCommand::Live(args) => overview::live(args),
        ReportCommand::Dropoff(args) => dropoff::dropoff(args, &site)?,
        ReportCommand::Retention(args) => people::retention(args, &site)?,
        ReportCommand::Visitor(args) => people::visitor(args),
    };
    print_answer(&client, key, &asked)?;
    client.close();
    Ok(())
}

fn print_answer(client: &Client, site: &str, asked: &Asked<'_>) -> anyhow::Result<()> {
    let show = if asked.form.sql { "?show=sql" } else { "" };
    let path = format!("/v1/sites/{site}/reports/{}{show}", asked.report);
    let answer = client.try_post(&path, asked.question.to_string().as_bytes())?;
    if 300 <= answer.status {
        bail!("{}", refused(&answer.text));
    }
    let answer = answer.text;
    if asked.form.sql {
        print!("{answer}");
    } else if asked.form.json {
        println!("{answer}");
    } else {
        let answer: Value = serde_json::from_str(&answer).context("the server's answer is not JSON")?;
        print!("{}", (asked.table)(&answer));
    }
    Ok(())
}

/// What the server said of the question, with the flag that the field was typed by.
fn refused(text: &str) -> String {
    match (error_part(text, "message"), error_part(text, "field")) {
        (Some(message), Some(field)) => format!("{message} ({}, `{field}`)", flag_of(&field)),
        _ => refusal(text),
    }
}

/// Most flags are called like the field.
fn flag_of(field: &str) -> String {
    let field = field.split(['.', '[']).next().unwrap_or_default();
    let flag = match field {
        "window_seconds" => "window",
        "breakdown" => "by",
        "lookback_days" => "lookback",
        "churned_after_days" => "churned-after",
        "states" => "state",
        "statuses" => "status",
        "outcome" => "people",
        other => other,
    };
    format!("--{}", flag.replace('_', "-"))
}

/// `styk export`
pub(super) fn export(settings: &Settings, data: &Path, args: &ExportArgs) -> anyhow::Result<()> {
    site_of(&Control::open(data)?, &args.site)?;
    let what = match args.what {
        ExportWhat::Events => "events",
        ExportWhat::Carts => "carts",
        ExportWhat::Orders => "orders",
        ExportWhat::Sessions => "sessions",
    };
    let format = match args.format {
        ExportFormat::Parquet => "parquet",
        ExportFormat::Csv => "csv",
        ExportFormat::Jsonl => "jsonl",
    };
    let mut path = format!("/v1/sites/{}/export/{what}?format={format}", args.site);
    for (name, value) in [("from", &args.from), ("to", &args.to)] {
        if let Some(value) = value {
            let encoded: String = url::form_urlencoded::byte_serialize(value.as_bytes()).collect();
            path.push_str(&format!("&{name}={encoded}"));
        }
    }
    let client = Client::connect(settings, data)?;
    let out =
        if args.out.is_dir() { args.out.join(format!("{}-{what}.{format}", args.site)) } else { args.out.clone() };
    let bytes = crate::store::write_whole(&out, &mut client.get(&path)?)
        .with_context(|| format!("`{}` cannot be written", out.display()))?;
    client.close();
    eprintln!("wrote {bytes} bytes to {}", out.display());
    Ok(())
}

/// Wrong usage, as clap has it.
const WRONG_USAGE: u8 = 2;

/// `styk import`
pub(super) fn import(settings: &Settings, data: &Path, args: &ImportArgs) -> anyhow::Result<ExitCode> {
    let control = Control::open(data)?;
    let site = site_of(&control, &args.site)?;
    let read = if args.order_book { Mapping::of_order_book } else { Mapping::parse };
    let mapping = match read(&args.map) {
        Ok(mapping) => mapping,
        Err(error) => return Ok(wrong_usage(&error)),
    };
    let zone = args.time_zone.as_deref().unwrap_or_else(|| site.time_zone_name());
    let import = Import {
        site: args.site.clone(),
        files: args.files.clone(),
        mapping,
        time_zone: jiff::tz::TimeZone::get(zone).with_context(|| format!("time zone `{zone}` is not known"))?,
        data: data.to_owned(),
        now: jiff::Timestamp::from_millisecond(server::now().as_ms())?,
    };
    let client = Client::connect(settings, data)?;
    // A key for this import alone: events enter by the same door as everybody's.
    let key_name = format!("styk import {}", std::process::id());
    let secret = control.add_key(&site.key, Scope::Collect, &key_name)?;
    let result = import::run(&import, |body| send(&client, &secret, body), &mut std::io::stderr());
    revoke(&control, &key_name)?;
    let code = match result {
        Ok(summary) if summary.succeeded() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) if error.is_usage() => wrong_usage(&error),
        Err(error) => return Err(error.into()),
    };
    client.wait_until_loaded()?;
    client.close();
    Ok(code)
}

fn wrong_usage(error: &dyn std::error::Error) -> ExitCode {
    eprintln!("error: {error}");
    ExitCode::from(WRONG_USAGE)
}

/// Ends the import's key.
fn revoke(control: &Control, name: &str) -> anyhow::Result<()> {
    for key in control.list_keys()?.iter().filter(|key| key.name == name) {
        control.revoke_key(key.id)?;
    }
    Ok(())
}

/// A new key is known to the server within a second or two.
const KEY_TRIES_MAX: u32 = 40;

fn send(client: &Client, secret: &str, body: &[u8]) -> anyhow::Result<Reply> {
    for _ in 0..KEY_TRIES_MAX {
        let answer = client.post_with("/v1/events", body, secret)?;
        match answer.status {
            202 | 400 => return serde_json::from_str(&answer.text).context("the server's answer is not JSON"),
            401 => std::thread::sleep(std::time::Duration::from_millis(100)),
            _ => bail!("the server refused the events: {}", refusal(&answer.text)),
        }
    }
    bail!("the server does not take the import's key")
}
