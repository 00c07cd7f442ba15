//! `styk demo`: a believable shop, filled through the real endpoint, with visitors who keep coming.
//!
//! The shop itself is simulated in the other files: who comes ([`visitors`]), what they do ([`behaviour`], [`walk`],
//! [`checkout`]), what went wrong ([`stories`]), all of the past ([`history`]) and the present ([`live`]).

mod behaviour;
mod chance;
mod checkout;
mod crowd;
mod history;
mod live;
mod plan;
mod rhythm;
mod shop;
mod stories;
mod visitors;
mod walk;
mod wire;

use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context, bail};
use indicatif::{ProgressBar, ProgressStyle};

pub use self::history::{History, Simulation};
pub use self::live::Live;
pub use self::stories::Stories;
pub use self::wire::{Properties, Property, Text, WireBatch, WireEvent, WireItem};

use super::client::{Client, refusal};
use super::funnels::funnel_question;
use super::serve::{termination, until_stopped};
use crate::cli::{AboutArgs, DemoArgs, FunnelQuestionArgs};
use crate::collect::Scripts;
use crate::config::Settings;
use crate::control::{NewSite, Role, Scope, Site};
use crate::domain::money::Currency;
use crate::domain::name::SiteKey;
use crate::report::text;
use crate::server::{self, Running};

/// The demo's site.
const SITE: &str = "demo";
/// How long the shop's past is: the 30 days that screens show at first, and as many before them to compare with.
const DAYS: u32 = 60;
/// Who may look at the demo.
const EMAIL: &str = "demo@styk.example";
/// The steps that the terminal shows.
const STEPS: &str = "view_item,add_to_cart,begin_checkout,add_shipping_info,add_payment_info,purchase";

pub(super) fn run(settings: &Settings, args: &DemoArgs) -> anyhow::Result<ExitCode> {
    let began = Instant::now();
    let data = tempfile::Builder::new().prefix("styk-demo-").tempdir().context("no temporary directory")?;
    let runtime = tokio::runtime::Runtime::new().context("no threads to run on")?;
    let running = runtime.block_on(server::start(settings, data.path()))?;
    let site = add_site(&running)?;
    let secret = running.control.add_key(&site.key, Scope::Collect, "the demo's shop")?;
    let password = password();
    running.control.add_user(EMAIL, &password, Role::Owner)?;

    let simulation = Simulation {
        seed: args.seed,
        now: jiff::Timestamp::from_millisecond(server::now().as_ms()).context("the clock is out of range")?,
        days: DAYS,
        visitors: args.visitors,
        site: SITE.to_owned(),
        origin: "https://shop.example".to_owned(),
    };
    let client = Client::new(&running.address.to_string(), running.admin_secret.clone(), None);
    let events = fill(&client, &secret, &simulation)?;
    print_funnel(&client, &site)?;
    eprintln!("{events} events of {} visitors in {:.0} s", args.visitors, began.elapsed().as_secs_f64());
    if args.once {
        runtime.block_on(running.stop());
        return Ok(ExitCode::SUCCESS);
    }
    let scripts = Scripts::new(&settings.collect_options()?.paths);
    print_addresses(&running, &site, &scripts, &password);
    std::thread::spawn(move || keep_coming(&client, &secret, &simulation));
    // The data directory goes when everything that writes into it has ended.
    let code = runtime.block_on(async { until_stopped(running, termination()?).await });
    data.close().context("the demo's data stays behind")?;
    code
}

fn add_site(running: &Running) -> anyhow::Result<std::sync::Arc<Site>> {
    let site = NewSite {
        key: SiteKey::parse(SITE).context("the demo's site key")?,
        domains: vec!["shop.example".to_owned(), "localhost".to_owned(), "127.0.0.1".to_owned()],
        time_zone: "Europe/Warsaw".to_owned(),
        currency: Currency::parse("EUR").context("the demo's currency")?,
    };
    Ok(running.control.add_site(site)?)
}

/// Fresh for every demo: it may listen on more than loopback.
fn password() -> String {
    let letters = std::iter::repeat_with(fastrand::alphanumeric);
    letters.take(12).collect()
}

/// Sends the shop's past and waits until it is loaded; gives the number of events.
fn fill(client: &Client, secret: &str, simulation: &Simulation) -> anyhow::Result<u64> {
    let style = ProgressStyle::with_template("{msg} {bar:30} {human_pos} events, {per_sec}").context("progress bar")?;
    let bar = ProgressBar::new(u64::from(simulation.visitors) * 15).with_style(style).with_message("filling the shop");
    let mut events = 0;
    for batch in History::new(simulation) {
        send(client, secret, &batch)?;
        events += batch.events.len() as u64;
        bar.set_position(events);
    }
    bar.finish_and_clear();
    client.wait_until_loaded()?;
    Ok(events)
}

fn send(client: &Client, secret: &str, batch: &WireBatch) -> anyhow::Result<()> {
    let answer = client.post_with("/v1/events", &serde_json::to_vec(batch)?, secret)?;
    let parsed: serde_json::Value = serde_json::from_str(&answer.text).unwrap_or_default();
    if answer.status == 202 && parsed["accepted"] == batch.events.len() {
        return Ok(());
    }
    bail!("the server answered {} to the shop's events: {}", answer.status, refusal(&answer.text))
}

fn print_funnel(client: &Client, site: &Site) -> anyhow::Result<()> {
    let args = FunnelQuestionArgs {
        about: AboutArgs { site: SITE.to_owned(), time_zone: None, conditions: Vec::new(), segment: Vec::new() },
        steps: STEPS.split(',').map(str::to_owned).collect(),
        from: None,
        to: None,
        window: "7d".to_owned(),
        unit: "visitor".to_owned(),
        order: "sequential".to_owned(),
        exclude: Vec::new(),
        hold: Vec::new(),
        by: Some("device".to_owned()),
        filter_scope: None,
        trend: None,
        compare: None,
    };
    let question = funnel_question(&args, site)?;
    let answer = client.post(&format!("/v1/sites/{SITE}/reports/funnel"), question.to_string().as_bytes())?;
    println!("{}", text::funnel_table(&serde_json::from_str(&answer)?));
    Ok(())
}

fn print_addresses(running: &Running, site: &Site, scripts: &Scripts, password: &str) {
    let origin = format!("http://{}", running.address);
    println!("dashboard   {origin}/sites/{SITE}/overview");
    println!("sign in     {EMAIL}   password  {password}");
    println!("script tag  {}", scripts.tags(&origin, &site.key).following);
    println!("visitors keep coming until Ctrl-C; then the demo's data is gone");
}

/// Sends live visitors as they come, until the program ends or the server is gone.
fn keep_coming(client: &Client, secret: &str, simulation: &Simulation) {
    let now = jiff::Timestamp::from_millisecond(server::now().as_ms()).unwrap_or(simulation.now);
    for (wait, batch) in Live::new(&Simulation { now, ..simulation.clone() }) {
        std::thread::sleep(wait);
        if let Err(error) = send(client, secret, &batch) {
            eprintln!("no more live visitors: {error:#}");
            return;
        }
    }
}
