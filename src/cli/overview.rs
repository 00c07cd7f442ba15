//! What may be typed of the overview, of orders, and of the present.

use clap::Args;

use super::about::AboutArgs;
use super::form::ReportForm;

/// `styk report overview`
#[derive(Debug, Args)]
pub struct OverviewArgs {
    /// Whom it is about
    #[command(flatten)]
    pub about: AboutArgs,
    /// From this date or moment; 30 days ago where it is left out
    #[arg(long)]
    pub from: Option<String>,
    /// To this date or moment, excluded; tomorrow where it is left out
    #[arg(long)]
    pub to: Option<String>,
    /// Compare with the previous period, or another one: previous, or 2026-11-01..2026-11-08
    #[arg(long, default_value = "previous")]
    pub compare: String,
    /// By hour, day, week or month; what suits the period where it is left out
    #[arg(long)]
    pub trend: Option<String>,
    /// What carts and orders were at this date or moment; at the newest data where it is left out
    #[arg(long, value_name = "MOMENT")]
    pub as_of: Option<String>,
    /// Show this currency alone
    #[arg(long, value_name = "CODE")]
    pub currency: Option<String>,
    /// So many channels, pages, touchpoints, devices and countries
    #[arg(long, default_value_t = 10)]
    pub limit: usize,
    /// How it is printed
    #[command(flatten)]
    pub form: ReportForm,
}

/// `styk report orders`
#[derive(Debug, Args)]
pub struct OrdersArgs {
    /// Whom it is about
    #[command(flatten)]
    pub about: AboutArgs,
    /// Orders placed from this date or moment on; 30 days ago where it is left out
    #[arg(long)]
    pub from: Option<String>,
    /// Orders placed before this date or moment; tomorrow where it is left out
    #[arg(long)]
    pub to: Option<String>,
    /// What they were at this date or moment; at the newest data where it is left out
    #[arg(long, value_name = "MOMENT")]
    pub as_of: Option<String>,
    /// Show this currency alone, and sort by it
    #[arg(long, value_name = "CODE")]
    pub currency: Option<String>,
    /// List orders that are: placed, partly_refunded, refunded, cancelled
    #[arg(long, value_delimiter = ',', value_name = "STATUS")]
    pub status: Vec<String>,
    /// List first orders of their buyers (new), or the others (returning)
    #[arg(long)]
    pub buyer: Option<String>,
    /// What comes first: ordered_at or value
    #[arg(long, default_value = "ordered_at")]
    pub sort: String,
    /// So many
    #[arg(long, default_value_t = 50)]
    pub limit: usize,
    /// After so many
    #[arg(long, default_value_t = 0)]
    pub offset: usize,
    /// How it is printed
    #[command(flatten)]
    pub form: ReportForm,
}

/// `styk report live`
#[derive(Debug, Args)]
pub struct LiveArgs {
    /// Whom it is about
    #[command(flatten)]
    pub about: AboutArgs,
    /// At this moment; now where it is left out
    #[arg(long, value_name = "MOMENT")]
    pub as_of: Option<String>,
    /// Show this currency alone
    #[arg(long, value_name = "CODE")]
    pub currency: Option<String>,
    /// So many pages and touchpoints
    #[arg(long, default_value_t = 10)]
    pub limit: usize,
    /// How it is printed
    #[command(flatten)]
    pub form: ReportForm,
}
