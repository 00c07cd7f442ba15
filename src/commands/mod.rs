//! What the commands mean: each function runs one, data on stdout, talk on stderr.
//!
//! **Promise.** Exit 0 done, 1 failed, 2 wrong usage or settings. Commands work while the server runs.
//!
//! **Shape.** Sites, keys and users go straight to the control file, which the server follows. Questions, imports
//! and exports speak HTTP to the running server, or to one that the command starts for itself ([`client`]).
//!
//! **Never.** No logic that the server does not have too.
//!
//! **To add a command**, add a variant in [`cli`](crate::cli) and a function here.

mod about;
mod ask;
mod asked;
mod backup;
mod carts;
mod check;
mod client;
pub mod demo;
mod dropoff;
mod erase;
mod funnels;
mod identity;
pub mod import;
mod manage;
mod notes;
mod overview;
mod people;
mod serve;
mod upkeep;

use std::path::Path;
use std::process::ExitCode;

use crate::cli::{Cli, Command};
use crate::config::{self, Settings};

/// Wrong usage or settings.
const WRONG_SETTINGS: u8 = 2;

/// Runs one command.
///
/// # Errors
/// Anything that ends in exit code 1, with the reason.
pub fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    let flags = match &cli.command {
        Command::Serve(serve) => serve.listen.map(|listen| ("serve.listen", listen.to_string())),
        Command::Demo(demo) => Some(("serve.listen", demo.listen.to_string())),
        _ => None,
    };
    let flags: Vec<_> = flags.into_iter().collect();
    let read = config::read(cli.config.as_deref(), std::env::vars(), &flags);
    // What only makes sense or not once it is taken apart is wrong usage too.
    let whole = |read: config::Read| {
        read.settings.collect_options()?;
        read.settings.pauses()?;
        Ok(read)
    };
    let read = match read.and_then(whole) {
        Ok(read) => read,
        Err(error) => {
            eprintln!("error: {:#}", anyhow::Error::new(error));
            return Ok(ExitCode::from(WRONG_SETTINGS));
        }
    };
    run_command(cli.command, &cli.data, &read)
}

fn run_command(command: Command, data: &Path, read: &config::Read) -> anyhow::Result<ExitCode> {
    let settings: &Settings = &read.settings;
    match command {
        Command::Serve(_) => return serve::run(settings, data),
        Command::Demo(args) => return demo::run(settings, &args),
        Command::Site(command) => manage::site(command, settings, data)?,
        Command::Key(command) => manage::key(command, data)?,
        Command::User(command) => manage::user(command, data)?,
        Command::Import(args) => return ask::import(settings, data, &args),
        Command::Export(args) => ask::export(settings, data, &args)?,
        Command::Funnel(command) => funnels::run(settings, data, &command)?,
        Command::Note(command) => notes::run(settings, data, &command)?,
        Command::Report(command) => ask::report(settings, data, &command)?,
        Command::Check => return check::run(settings, data),
        Command::Rebuild => upkeep::rebuild(settings, data)?,
        Command::Replay => upkeep::replay(settings, data)?,
        Command::Identity(command) => identity::identity(settings, data, &command)?,
        Command::Erase(args) => erase::erase(settings, data, &args)?,
        Command::Backup { directory } => backup::backup(data, &directory)?,
        Command::Restore { directory, erasures_of } => {
            backup::restore(settings, data, &directory, erasures_of.as_deref())?;
        }
        Command::Config => print_settings(read),
    }
    Ok(ExitCode::SUCCESS)
}

fn print_settings(read: &config::Read) {
    for (key, (value, origin)) in &read.origins {
        println!("{key} = {value}  # {origin}");
    }
}
