//! What may be typed of who is who.

use clap::{Args, Subcommand};

/// `styk identity …`
#[derive(Debug, Subcommand)]
pub enum IdentityCommand {
    /// Show the customers that a visitor is linked to, since when, and what was undone
    Show {
        /// The site
        #[arg(long)]
        site: String,
        /// The id that the shop sent, or the number that exports show
        #[arg(long, value_name = "ID")]
        visitor: String,
    },
    /// Undo a link: from now on and for the past it counts as never made; the events stay as they are
    Unlink(LinkArgs),
    /// Take back that a link was undone
    Relink(LinkArgs),
}

/// Which link.
#[derive(Debug, Args)]
pub struct LinkArgs {
    /// The site
    #[arg(long)]
    pub site: String,
    /// The id that the shop sent, or the number that exports show
    #[arg(long, value_name = "ID")]
    pub visitor: String,
    /// The shop's own id of the person, or the e-mail address; each customer where it is left out, those to come too
    #[arg(long, value_name = "ID")]
    pub customer: Option<String>,
}
