//! What may be typed.
//!
//! **Promise.** What clap lets through has the form that `--help` says; wrong usage ends with 2 before anything is done.
//!
//! **Shape.** Plain values, one struct a command; [`commands`](crate::commands) gives them meaning.
//!
//! **Never.** No meaning, no I/O, and no default that `config/default.toml` has.
//!
//! **To add a command**, add a variant to [`Command`] and a function in [`commands`](crate::commands).

mod about;
mod condition;
mod form;
mod funnel;
mod identity;
mod note;
mod overview;
mod people;
mod report;

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub use about::AboutArgs;
pub use condition::{BadCondition, FieldCondition, VisitorCondition};
pub use form::ReportForm;
pub use funnel::{FunnelCommand, NamedFunnel};
pub use identity::{IdentityCommand, LinkArgs};
pub use note::NoteCommand;
pub use overview::{LiveArgs, OrdersArgs, OverviewArgs};
pub use people::{RetentionArgs, VisitorArgs};
pub use report::{
    AbandonmentArgs, CartPeriodArgs, CartsArgs, DropoffArgs, FunnelArgs, FunnelQuestionArgs, ReportCommand,
};

/// Touchpoint analytics for shops: one script tag, exact funnels, nothing lost.
#[derive(Debug, Parser)]
#[command(name = "styk", version, about, max_term_width = 110)]
pub struct Cli {
    /// Where all data lies
    #[arg(long, global = true, env = "STYK_DATA", default_value = "styk-data", value_name = "DIR")]
    pub data: PathBuf,
    /// A file of settings; `styk config` lists every key
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// What to do
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Show a believable shop: fill it through the real endpoint, print the URLs, keep visitors coming; its data lies
    /// in a temporary directory, whatever --data says
    Demo(DemoArgs),
    /// Run the server
    Serve(ServeArgs),
    /// Add, list, change and remove sites
    #[command(subcommand)]
    Site(SiteCommand),
    /// Add, list and revoke keys
    #[command(subcommand)]
    Key(KeyCommand),
    /// Add, list, change and remove users of the dashboard
    #[command(subcommand)]
    User(UserCommand),
    /// See which customers a visitor is linked to, undo a link, take that back
    #[command(subcommand)]
    Identity(IdentityCommand),
    /// Bring in events of the past from CSV, JSON lines or Parquet; importing a file again within 7 days changes nothing
    Import(ImportArgs),
    /// Write every stored event, or every session, as Parquet, CSV or JSON lines
    Export(ExportArgs),
    /// Save, list, show and remove funnels that a site keeps by name
    #[command(subcommand)]
    Funnel(FunnelCommand),
    /// Write, list and remove notes on a site's days
    #[command(subcommand)]
    Note(NoteCommand),
    /// Ask a question in the terminal
    #[command(subcommand)]
    Report(Box<ReportCommand>),
    /// Check that journal, archive and store are whole and agree; exit 1 where they do not
    Check,
    /// Build the store again from everything that was accepted, with progress; the file before it goes to quarantine
    Rebuild,
    /// Try the events again that could not be loaded
    Replay,
    /// Erase a visitor or a customer from everything, and print the receipt
    Erase(EraseArgs),
    /// Copy everything that cannot be made again, while the server runs too, and read it back
    Backup {
        /// A folder that is empty or not there
        #[arg(value_name = "DIR")]
        directory: PathBuf,
    },
    /// Bring a backup into an empty data directory, and build its store
    Restore {
        /// What `styk backup` wrote
        #[arg(value_name = "DIR")]
        directory: PathBuf,
        /// Erase again who was erased since: the data directory as it was last, or a newer backup
        #[arg(long, value_name = "DIR")]
        erasures_of: Option<PathBuf>,
    },
    /// Print the settings in force and where each came from
    Config,
}

/// `styk demo`
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// Where to listen
    #[arg(long, default_value = "127.0.0.1:8417")]
    pub listen: SocketAddr,
    /// How many visitors come in the 60 days
    #[arg(long, default_value_t = 40_000)]
    pub visitors: u32,
    /// Another seed, another shop
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Fill the shop, print the funnel, and end
    #[arg(long)]
    pub once: bool,
}

/// `styk serve`
#[derive(Debug, Args)]
pub struct ServeArgs {
    /// Where to listen, such as 127.0.0.1:8417
    #[arg(long)]
    pub listen: Option<SocketAddr>,
}

/// `styk site …`
#[derive(Debug, Subcommand)]
pub enum SiteCommand {
    /// Add a site and print its script tag
    Add {
        /// Its public key: lower-case letters, digits, `-`, `_`, `.`
        key: String,
        #[command(flatten)]
        fields: NewSiteFields,
    },
    /// List the sites
    List,
    /// Print the script tags of a site: one that follows new versions, and one for this version's very bytes
    Show {
        /// Its key
        key: String,
        /// The address the world knows this server by
        #[arg(long, value_name = "ORIGIN")]
        origin: Option<String>,
    },
    /// Change a site
    Set {
        /// Its key
        key: String,
        #[command(flatten)]
        fields: SiteFields,
    },
    /// Remove a site; its events stay in the data until they are erased
    Remove {
        /// Its key
        key: String,
    },
}

/// What a new site needs.
#[derive(Debug, Args)]
pub struct NewSiteFields {
    /// Host names of the shop; subdomains are included
    #[arg(long, required = true, num_args = 1.., value_name = "HOST")]
    pub domain: Vec<String>,
    /// Where its days begin
    #[arg(long, default_value = "UTC", value_name = "ZONE")]
    pub time_zone: String,
    /// Currency of amounts that name none
    #[arg(long, default_value = "EUR", value_name = "CODE")]
    pub currency: String,
}

/// What may change.
#[derive(Debug, Args)]
pub struct SiteFields {
    /// What people call it; empty: by its key again
    #[arg(long, value_name = "TEXT")]
    pub name: Option<String>,
    /// Host names of the shop; replaces the ones before
    #[arg(long, num_args = 1.., value_name = "HOST")]
    pub domain: Option<Vec<String>>,
    /// Where its days begin
    #[arg(long, value_name = "ZONE")]
    pub time_zone: Option<String>,
    /// Currency of amounts that name none
    #[arg(long, value_name = "CODE")]
    pub currency: Option<String>,
    /// What is taken of visitors
    #[arg(long, value_name = "PRESET")]
    pub privacy: Option<PrivacyPreset>,
    /// Events leave so many days after the day of their arrival; 0 keeps them for ever
    #[arg(long, value_name = "DAYS")]
    pub retention_days: Option<u16>,
    /// Addresses and networks whose browsers are not counted, such as 203.0.113.7 or 10.0.0.0/8; replaces the ones
    /// before, and none stands for none
    #[arg(long, num_args = 0.., value_name = "ADDRESS")]
    pub exclude: Option<Vec<String>>,
}

/// What is taken of visitors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum PrivacyPreset {
    /// What consent allows
    Default,
    /// What may be measured in France without asking, and 25 months of it
    Cnil,
}

/// `styk key …`
#[derive(Debug, Subcommand)]
pub enum KeyCommand {
    /// Add a key; its secret is printed once, alone on the last line
    Add {
        /// The site it opens
        #[arg(long)]
        site: String,
        /// What it may do
        #[arg(long)]
        scope: KeyScope,
        /// What it is for
        #[arg(long, default_value = "")]
        name: String,
    },
    /// List keys
    List {
        /// Of this site only
        #[arg(long)]
        site: Option<String>,
    },
    /// Revoke a key at once
    Revoke {
        /// Its number in the list
        id: i64,
    },
}

/// What a key may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum KeyScope {
    /// Send events, dated in the past too
    Collect,
    /// Ask and export
    Read,
    /// All of it
    Admin,
}

/// `styk user …`
#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// Add a user; the password comes from a prompt or STYK_PASSWORD
    Add {
        /// The address to sign in with
        email: String,
        /// What the user may do
        #[arg(long, default_value = "viewer")]
        role: UserRole,
    },
    /// List users
    List,
    /// Change a user's role
    Set {
        /// The address
        email: String,
        /// What the user may do from now on
        #[arg(long)]
        role: UserRole,
    },
    /// Remove a user
    Remove {
        /// The address
        email: String,
    },
}

/// What a user may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum UserRole {
    /// Everything
    Owner,
    /// Everything but users and sites
    Editor,
    /// Look
    Viewer,
}

/// `styk import`
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// The site the events belong to
    #[arg(long)]
    pub site: String,
    /// Files: .csv[.gz], .jsonl[.gz], .parquet
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    /// Where a field is found, such as `occurred_at=Date` or `properties.color=Colour`
    #[arg(long, num_args = 1.., value_name = "FIELD=COLUMN")]
    pub map: Vec<String>,
    /// Time zone of dates that name none
    #[arg(long, value_name = "ZONE")]
    pub time_zone: Option<String>,
    /// The rows are the shop's own order book: `transaction_id` and `occurred_at`, best with `value` and `currency`.
    /// Nothing that visitors did; `styk report orders` compares it with the orders
    #[arg(long)]
    pub order_book: bool,
}

/// `styk erase`
#[derive(Debug, Args)]
pub struct EraseArgs {
    /// The site
    #[arg(long)]
    pub site: String,
    /// The id that the shop sent, or the number that exports show
    #[arg(long, value_name = "ID", required_unless_present = "customer", conflicts_with = "customer")]
    pub visitor: Option<String>,
    /// The shop's own id of the person, or the e-mail address: all visitors that ever named it
    #[arg(long, value_name = "ID")]
    pub customer: Option<String>,
}

/// `styk export`
#[derive(Debug, Args)]
pub struct ExportArgs {
    /// The site
    #[arg(long)]
    pub site: String,
    /// From this date or moment
    #[arg(long)]
    pub from: Option<String>,
    /// To this date or moment, excluded
    #[arg(long)]
    pub to: Option<String>,
    /// Which rows
    #[arg(long, default_value = "events")]
    pub what: ExportWhat,
    /// The form
    #[arg(long, default_value = "parquet")]
    pub format: ExportFormat,
    /// A file, or a folder to put it in
    #[arg(long)]
    pub out: PathBuf,
}

/// Which rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ExportWhat {
    /// Every stored event
    Events,
    /// Every cart, opened from and to the dates
    Carts,
    /// Every order, placed from and to the dates
    Orders,
    /// One row a session that began in the period
    Sessions,
}

/// The form of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ExportFormat {
    /// Parquet with zstd
    Parquet,
    /// CSV with a header
    Csv,
    /// One JSON object a line
    Jsonl,
}
