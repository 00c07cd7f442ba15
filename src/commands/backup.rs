//! Copies of everything that cannot be made again, and back: control file, secret, journal, archive.
//!
//! The store is not among them: it is built again. Nor is the salt of the day: with an old one, two days of a
//! visitor could be linked; without it, visitors of the day of the backup who did not consent count as new once.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, bail};

use super::client::Client;
use super::upkeep::watch_load;
use crate::config::Settings;
use crate::control::{self, Control};
use crate::journal;
use crate::store::archive::Archive;
use crate::store::{Backup, Sealed, folder_is_empty};

/// How often the server is asked whether it is done.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// `styk backup DIR`: while the server runs, or without one. Holds every event acknowledged before it began.
pub(super) fn backup(data: &Path, directory: &Path) -> anyhow::Result<()> {
    let client = Client::running(data)?;
    // Without a server nobody may start one and write meanwhile.
    let _lock = if client.is_none() { Some(control::lock_data_dir(data)?) } else { None };
    let accepted = match &client {
        Some(client) => client.metric("styk_journal_next_sequence")?,
        None => u64::MAX,
    };
    let journal_directory = data.join("journal");
    if folder_is_empty(&journal_directory)? {
        bail!("`{}` holds no events: no server has run on it", data.display());
    }
    let mut backup = Backup::begin(directory).with_context(|| empty_first(directory))?;
    let survey = journal::survey(&journal_directory, accepted)?;
    let what = || format!("`{}` cannot be copied", data.display());
    for (path, bytes) in &survey.segments {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        backup.add(path, &format!("journal/{name}"), *bytes).with_context(what)?;
    }
    // After the journal: a segment that went meanwhile is in the archive.
    let archive_directory = data.join("archive");
    for path in Archive::open(&archive_directory)?.paths()? {
        backup.add(&archive_directory.join(&path), &format!("archive/{path}"), u64::MAX).with_context(what)?;
    }
    backup.add(&data.join("secret"), "secret", u64::MAX).with_context(what)?;
    let control = Control::open(data)?;
    backup.add_written("control.sqlite", |path| anyhow::Ok(control.copy_to(path)?)).with_context(what)?;
    let sealed = backup.seal(survey.next_sequence).context("the backup does not read as it was written")?;

    let copied = journal::survey(&directory.join("journal"), u64::MAX)?;
    if copied.next_sequence != survey.next_sequence || copied.gaps.len() != survey.gaps.len() {
        bail!("the copied journal reads up to {}, not {}", copied.next_sequence, survey.next_sequence);
    }
    for gap in &copied.gaps {
        eprintln!("events {} to {} were damaged before, and are in the backup", gap.from_sequence, gap.to_sequence);
    }
    let (files, mebibytes) = (sealed.files(), sealed.bytes() >> 20);
    eprintln!("copied {files} files, {mebibytes} MiB, with events up to {}; all read back", sealed.next_sequence());
    Ok(())
}

/// `styk restore DIR`: into an empty data directory; then the store is built. Who was erased after the backup is in it
/// still, so `erasures_of` names what knows of that: the data directory as it was last, or a newer backup.
pub(super) fn restore(
    settings: &Settings,
    data: &Path,
    directory: &Path,
    erasures_of: Option<&Path>,
) -> anyhow::Result<()> {
    if !folder_is_empty(data)? {
        bail!("{}", empty_first(data));
    }
    let sealed = Sealed::open(directory).with_context(|| format!("`{}` is no whole backup", directory.display()))?;
    sealed.restore(data).with_context(|| format!("`{}` cannot be filled", data.display()))?;
    let control = Control::open(data)?;
    match erasures_of {
        Some(later) => {
            let taken = control.take_erasures_of(later, sealed.next_sequence())?;
            eprintln!("{taken} erasures were asked for after the backup, and are done again");
        }
        None => eprintln!("who was erased after the backup is back; `--erasures-of DIR` would erase them again"),
    }
    let client = Client::start(settings, data)?;
    let events = watch_load(&client, "loading")?;
    while !control.waiting_erasures()?.is_empty() {
        std::thread::sleep(LOOK_EVERY);
    }
    client.close();
    if events < sealed.next_sequence() {
        bail!("the backup says {} events, and {events} came back", sealed.next_sequence());
    }
    eprintln!("restored; events up to {events} are loaded");
    Ok(())
}

fn empty_first(directory: &Path) -> String {
    format!("`{}` is not empty; name a folder that is empty or not there", directory.display())
}
