//! `styk check`: journal, archive and store, each by itself, and whether they agree.

use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use comfy_table::{Table, presets};

use super::client::Client;
use crate::config::Settings;
use crate::control;
use crate::journal;
use crate::store::Store;
use crate::store::archive::{Archive, ArchiveCheck, Sequences, StoreCheck};

/// So many faults of one kind are listed; the rest is only counted.
const LISTED_MAX: usize = 20;

/// What was looked at, and what was found.
struct Findings {
    table: Table,
    faults: u64,
}

impl Findings {
    fn new() -> Self {
        let mut table = Table::new();
        table.load_preset(presets::NOTHING).set_header(["part", "found", ""]);
        Self { table, faults: 0 }
    }

    fn good(&mut self, part: &str, found: String) {
        self.table.add_row([part, &found, "ok"]);
    }

    fn bad(&mut self, part: &str, found: String) {
        self.faults += 1;
        self.table.add_row([part, &found, "BAD"]);
    }

    /// Bad things of one kind, not all of them if there are many.
    fn all_bad(&mut self, part: &str, found: impl IntoIterator<Item = String>) {
        let mut found = found.into_iter();
        found.by_ref().take(LISTED_MAX).for_each(|found| self.bad(part, found));
        let more = found.count();
        if 0 < more {
            self.bad(part, format!("and {more} more"));
        }
    }
}

/// Checks everything in `data`. Exit 0: all is whole and agrees; 1: something is not.
///
/// While a server runs, it counts its store itself, since it alone can read that file; the rest is read from disk.
pub(super) fn run(settings: &Settings, data: &Path) -> anyhow::Result<ExitCode> {
    let archive_path = data.join("archive");
    let mut findings = Findings::new();
    let client = Client::running(data)?;
    // Held so that no server starts in between.
    let lock = client.is_none().then(|| control::lock_data_dir(data)).transpose()?;
    // In this order: what is archived was stored before, and what is stored was in the journal before.
    let archive = Archive::open(&archive_path)?;
    let archived = archive.check()?;
    let bound = archive.next_sequence();
    let store = match &client {
        Some(client) => client.check_store(bound).map(Some),
        None => check_closed_store(settings, data, bound),
    };
    let durable = client.as_ref().map(|client| client.metric("styk_journal_next_sequence")).transpose()?;
    let journal = journal::check(&data.join("journal"), durable)?;

    tell_journal(&mut findings, &journal);
    tell_archive(&mut findings, &archive, &archived);
    let by = if client.is_some() { "counted by the running server" } else { "counted here" };
    match &store {
        Ok(store) => {
            tell_store(&mut findings, store.as_ref(), by);
            tell_agreement(&mut findings, &journal, &archive, &archived, store.as_ref());
        }
        Err(error) => {
            findings.bad("store", format!("{error:#}; `styk rebuild` makes it anew from archive and journal"))
        }
    }
    drop(lock);
    println!("{}", findings.table);
    match findings.faults {
        0 => Ok(ExitCode::SUCCESS),
        faults => {
            eprintln!("{faults} of these are not as they should be");
            Ok(ExitCode::FAILURE)
        }
    }
}

/// `None`: there is no file.
fn check_closed_store(settings: &Settings, data: &Path, bound: u64) -> anyhow::Result<Option<StoreCheck>> {
    let directory = data.join("store");
    if !Store::exists(&directory)? {
        return Ok(None);
    }
    let store = Store::new(settings.store_options(directory));
    let writer = store.open().context("the store does not open")?;
    let checked = store.snapshot()?.check(bound);
    drop(writer);
    Ok(Some(checked?))
}

fn tell_journal(findings: &mut Findings, journal: &journal::Checked) {
    let journal::Checked { segments, records, first_sequence, next_sequence, gaps } = journal;
    findings.good(
        "journal",
        format!("{records} records in {segments} segments, sequences {first_sequence} to {next_sequence}"),
    );
    findings.all_bad(
        "journal",
        gaps.iter().map(|gap| {
            let lost = match gap.is_empty() {
                true => "no sequence is lost".to_owned(),
                false => format!("sequences {} to {} are lost", gap.from_sequence, gap.to_sequence),
            };
            format!("{:?} in `{}` at byte {}: {lost}", gap.reason, gap.segment.display(), gap.offset)
        }),
    );
}

fn tell_archive(findings: &mut Findings, archive: &Archive, checked: &ArchiveCheck) {
    let (events, failed) = (checked.events.count(), checked.failed.count());
    findings.good(
        "archive",
        format!(
            "{events} events and {failed} failed ones in {} files of {} rounds, sequences 0 to {}",
            checked.files,
            checked.rounds,
            archive.next_sequence()
        ),
    );
    findings.all_bad("archive", checked.losses.iter().map(ToString::to_string));
    findings.all_bad("archive", checked.strays.iter().map(|path| format!("`{path}` belongs to no round")));
}

fn tell_store(findings: &mut Findings, store: Option<&StoreCheck>, by: &str) {
    let Some(store) = store else {
        return findings.good("store", "none; the next start makes it from archive and journal".to_owned());
    };
    let found =
        format!("{} events in {} runs, sequences 0 to {}, {by}", store.rows_found, store.runs, store.flushed_through);
    if store.rows_found == store.rows_recorded && store.runs_wrong == 0 {
        findings.good("store", found);
    } else {
        findings.bad(
            "store",
            format!(
                "{found}; {} were recorded, and {} runs differ from the manifest",
                store.rows_recorded, store.runs_wrong
            ),
        );
    }
}

fn tell_agreement(
    findings: &mut Findings,
    journal: &journal::Checked,
    archive: &Archive,
    archived: &ArchiveCheck,
    store: Option<&StoreCheck>,
) {
    let part = "agreement";
    let archive_ends = archive.next_sequence();
    if 0 < journal.segments && archive_ends < journal.first_sequence {
        let (from, to) = (archive_ends, journal.first_sequence);
        findings.bad(part, format!("sequences {from} to {to} are in neither archive nor journal"));
    }
    let Some(store) = store else { return };
    if journal.next_sequence.max(archive_ends) < store.flushed_through {
        let ends = journal.next_sequence;
        findings.bad(part, format!("the store is at {}, the journal ends at {ends}", store.flushed_through));
    }
    // A store that is being made again has not come as far as the archive.
    let bound = archive_ends.min(store.flushed_through);
    let below = |set: &Sequences| set.below(bound);
    let stored = Sequences::of(&store.stored);
    let unreadable = archive.unreadable();
    let missing = below(&archived.events).without(&stored);
    // A failed event that was tried again with success is a row now.
    let foreign = below(&stored).without(&archived.events).without(&archived.failed).without(&unreadable);
    findings.all_bad(part, told(&missing, "archived, but not in the store"));
    findings.all_bad(part, told(&foreign, "in the store, but not archived"));
    if missing.count() == 0 && foreign.count() == 0 {
        findings.good(part, format!("archive and store hold the same events below {bound}"));
    }
}

fn told(set: &Sequences, what: &str) -> Vec<String> {
    set.ranges().iter().map(|range| format!("sequences {} to {} are {what}", range.start, range.end)).collect()
}
