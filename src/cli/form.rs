//! How reports are printed.

use clap::Args;

/// How a report is printed.
#[derive(Debug, Args)]
pub struct ReportForm {
    /// Print a table (the default)
    #[arg(long, conflicts_with_all = ["json", "sql"])]
    pub table: bool,
    /// Print the API's answer
    #[arg(long, conflicts_with = "sql")]
    pub json: bool,
    /// Print the SQL that is run
    #[arg(long)]
    pub sql: bool,
}
