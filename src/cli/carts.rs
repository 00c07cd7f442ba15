//! What may be typed of reports about carts.

use clap::Args;

use super::ReportForm;

/// Which carts a report is about, and how it is printed.
#[derive(Debug, Args)]
pub struct CartPeriodArgs {
    /// The site
    #[arg(long)]
    pub site: String,
    /// Carts opened from this date or moment on; 30 days ago where it is left out
    #[arg(long)]
    pub from: Option<String>,
    /// Carts opened before this date or moment; tomorrow where it is left out
    #[arg(long)]
    pub to: Option<String>,
    /// What they were at this date or moment; at the newest data where it is left out
    #[arg(long, value_name = "MOMENT")]
    pub as_of: Option<String>,
    /// Show this currency alone, and sort by it
    #[arg(long, value_name = "CODE")]
    pub currency: Option<String>,
    /// How it is printed
    #[command(flatten)]
    pub form: ReportForm,
}

/// `styk report abandonment`
#[derive(Debug, Args)]
pub struct AbandonmentArgs {
    /// Which carts
    #[command(flatten)]
    pub about: CartPeriodArgs,
    /// So many rows of each breakdown
    #[arg(long, default_value_t = 10)]
    pub limit: usize,
}

/// `styk report carts`
#[derive(Debug, Args)]
pub struct CartsArgs {
    /// Which carts
    #[command(flatten)]
    pub about: CartPeriodArgs,
    /// Carts in these states: open, idle, abandoned, recovered, purchased, emptied, expired
    #[arg(long, value_delimiter = ',', value_name = "STATE")]
    pub state: Vec<String>,
    /// Carts that got at least so far: cart, checkout, shipping or payment
    #[arg(long)]
    pub step: Option<String>,
    /// What comes first: value, opened_at or last_activity_at
    #[arg(long, default_value = "value")]
    pub sort: String,
    /// So many
    #[arg(long, default_value_t = 50)]
    pub limit: usize,
    /// After so many
    #[arg(long, default_value_t = 0)]
    pub offset: usize,
    /// One cart by the number in the list, with its history
    #[arg(long, value_name = "NUMBER", conflicts_with_all = ["from", "to", "state", "step", "sort", "limit", "offset"])]
    pub cart: Option<String>,
}
