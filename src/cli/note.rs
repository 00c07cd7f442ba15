//! What may be typed of notes on a site's days.

use clap::Subcommand;

/// `styk note …`
#[derive(Debug, Subcommand)]
pub enum NoteCommand {
    /// Write a note on a day, which stands on the time axis of reports
    Add {
        /// What happened, such as "new checkout went live"
        text: String,
        /// The site
        #[arg(long)]
        site: String,
        /// The day, such as 2026-11-22; today where it is left out
        #[arg(long)]
        date: Option<String>,
    },
    /// List the notes of a site
    List {
        /// The site
        #[arg(long)]
        site: String,
    },
    /// Remove a note
    Remove {
        /// Its number in the list
        id: u32,
        /// The site
        #[arg(long)]
        site: String,
    },
}
