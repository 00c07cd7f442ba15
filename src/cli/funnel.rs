//! What may be typed of saved funnels.

use clap::{Args, Subcommand};

use super::report::FunnelQuestionArgs;

/// `styk funnel …`
#[derive(Debug, Subcommand)]
pub enum FunnelCommand {
    /// List the funnels that a site keeps
    List {
        /// The site
        #[arg(long)]
        site: String,
    },
    /// Print the question of a saved funnel
    Show(NamedFunnel),
    /// Save a funnel under a name, in place of the one that has it; the flags are those of `styk report funnel`
    Save {
        /// Its name
        name: String,
        /// The funnel; without --from and --to it moves with the calendar: the last 30 days
        #[command(flatten)]
        question: Box<FunnelQuestionArgs>,
    },
    /// Forget a saved funnel
    Remove(NamedFunnel),
}

/// One saved funnel.
#[derive(Debug, Args)]
pub struct NamedFunnel {
    /// Its name
    pub name: String,
    /// The site
    #[arg(long)]
    pub site: String,
}
