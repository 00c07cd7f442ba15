//! What may be typed of reports.

use clap::{Args, Subcommand};

use super::about::AboutArgs;
use super::form::ReportForm;
use super::overview::{LiveArgs, OrdersArgs, OverviewArgs};
use super::people::{RetentionArgs, VisitorArgs};

/// `styk report …`
#[derive(Debug, Subcommand)]
pub enum ReportCommand {
    /// How many got how far, and where they left
    Funnel(FunnelArgs),
    /// How many carts were left behind, where, why, and what was in them
    Abandonment(AbandonmentArgs),
    /// Which carts there are, or the history of one
    Carts(CartsArgs),
    /// How the shop does, beside the period before
    Overview(OverviewArgs),
    /// Which orders there are, what they come to, and how they agree with the order book
    Orders(OrdersArgs),
    /// Who is here now, where they are, and what happened last
    Live(LiveArgs),
    /// Where visitors left, with what in the cart, and where the others went on to
    Dropoff(DropoffArgs),
    /// Who comes back, by the day, week or month of the first visit or order
    Retention(RetentionArgs),
    /// All that one person did, on all its browsers
    Visitor(VisitorArgs),
}

/// `styk report funnel`
#[derive(Debug, Args)]
pub struct FunnelArgs {
    /// The funnel
    #[command(flatten)]
    pub question: FunnelQuestionArgs,
    /// A saved funnel by its name; --from, --to, --by, --trend and --compare ask it differently this once, --where
    /// and --segment more narrowly
    #[arg(long, value_name = "NAME", conflicts_with_all = ["steps", "window", "unit", "order", "exclude", "hold"])]
    pub saved: Option<String>,
    /// In place of the numbers, the people behind a bar: 3 or 3:reached for who reached step 3, 3:dropped, 3:excluded,
    /// 3:in_progress for who stopped there
    #[arg(long, value_name = "STEP[:OUTCOME]", conflicts_with = "sql")]
    pub people: Option<String>,
    /// So many people
    #[arg(long, default_value_t = 100, requires = "people")]
    pub limit: usize,
    /// The people behind these, as the page before says
    #[arg(long, value_name = "NEXT", requires = "people")]
    pub after: Option<String>,
    /// How it is printed
    #[command(flatten)]
    pub form: ReportForm,
}

/// A funnel as it is typed.
#[derive(Clone, Debug, Args)]
pub struct FunnelQuestionArgs {
    /// Whom it is about
    #[command(flatten)]
    pub about: AboutArgs,
    /// Event names in order, such as view_item,add_to_cart,purchase; `page:/checkout/*`, `touchpoint:cart`,
    /// `stage:purchase` for other kinds of step; `add_to_cart[value>=10 and device=mobile]` with conditions as --where
    /// takes them; a `?` at the end makes a step optional
    #[arg(long, value_delimiter = ',', default_value = "view_item,add_to_cart,begin_checkout,purchase")]
    pub steps: Vec<String>,
    /// From this date or moment; 30 days ago where it is left out
    #[arg(long)]
    pub from: Option<String>,
    /// To this date or moment, excluded; tomorrow where it is left out
    #[arg(long)]
    pub to: Option<String>,
    /// Conversion window, such as 30m, 12h, 7d
    #[arg(long, default_value = "7d")]
    pub window: String,
    /// What is counted
    #[arg(long, default_value = "visitor")]
    pub unit: String,
    /// Which events may fill the steps: sequential, strict (no other event between) or any (in whatever order)
    #[arg(long, default_value = "sequential")]
    pub order: String,
    /// Events that end an attempt, such as remove_from_cart, or remove_from_cart@2-4 between two steps alone; kinds
    /// and conditions as in --steps
    #[arg(long, value_delimiter = ',')]
    pub exclude: Vec<String>,
    /// What all events of an attempt must carry the same value of, such as cart_id or item_id; at most three
    #[arg(long, value_delimiter = ',')]
    pub hold: Vec<String>,
    /// Break down by this field, such as device or channel: its value at step 1; device@3 for another step,
    /// channel@first_touch or channel@last_touch for how visitors came
    #[arg(long)]
    pub by: Option<String>,
    /// Where --where and --segment act: entry, on the event of step 1, or every_step
    #[arg(long, value_name = "SCOPE")]
    pub filter_scope: Option<String>,
    /// Also by hour, day, week or month
    #[arg(long)]
    pub trend: Option<String>,
    /// Compare with the previous period, or another one: previous, or 2026-11-01..2026-11-08
    #[arg(long)]
    pub compare: Option<String>,
}

/// Which carts a report is about, and how it is printed.
#[derive(Debug, Args)]
pub struct CartPeriodArgs {
    /// Whom it is about
    #[command(flatten)]
    pub about: AboutArgs,
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
    pub carts: CartPeriodArgs,
    /// So many rows of each breakdown
    #[arg(long, default_value_t = 10)]
    pub limit: usize,
    /// Compare with the previous period, or another one: previous, or 2026-11-01..2026-11-08
    #[arg(long)]
    pub compare: Option<String>,
}

/// `styk report carts`
#[derive(Debug, Args)]
pub struct CartsArgs {
    /// Which carts
    #[command(flatten)]
    pub carts: CartPeriodArgs,
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
    #[arg(long, value_name = "NUMBER", conflicts_with_all = ["from", "to", "state", "step", "sort", "limit", "offset",
        "conditions", "segment"])]
    pub cart: Option<String>,
}

/// `styk report dropoff`
#[derive(Debug, Args)]
pub struct DropoffArgs {
    /// Whom it is about
    #[command(flatten)]
    pub about: AboutArgs,
    /// From this date or moment; 30 days ago where it is left out
    #[arg(long)]
    pub from: Option<String>,
    /// To this date or moment, excluded; tomorrow where it is left out
    #[arg(long)]
    pub to: Option<String>,
    /// What is counted: session, or visitor over the lookback
    #[arg(long, default_value = "session")]
    pub unit: String,
    /// How many days a visitor is looked back at; 30 where it is left out
    #[arg(long, value_name = "DAYS")]
    pub lookback: Option<u16>,
    /// This touchpoint alone
    #[arg(long, value_name = "KEY")]
    pub touchpoint: Option<String>,
    /// Break the touchpoint down by device, channel or both
    #[arg(long, value_delimiter = ',', requires = "touchpoint")]
    pub by: Vec<String>,
    /// Compare with the previous period, or another one: previous, or 2026-11-01..2026-11-08
    #[arg(long)]
    pub compare: Option<String>,
    /// Show this currency alone, and sort by it
    #[arg(long, value_name = "CODE")]
    pub currency: Option<String>,
    /// So many touchpoints
    #[arg(long, default_value_t = 50)]
    pub limit: usize,
    /// How it is printed
    #[command(flatten)]
    pub form: ReportForm,
}
