//! What may be typed of reports about people.

use clap::Args;

use super::about::AboutArgs;
use super::form::ReportForm;

/// `styk report retention`
#[derive(Debug, Args)]
pub struct RetentionArgs {
    /// Whom it is about
    #[command(flatten)]
    pub about: AboutArgs,
    /// Firsts from this date or moment on make cohorts; 90 days ago where it is left out
    #[arg(long)]
    pub from: Option<String>,
    /// Firsts before this date or moment; tomorrow where it is left out. Cohorts are followed beyond it
    #[arg(long)]
    pub to: Option<String>,
    /// What is counted: visitor, or customer (on all devices)
    #[arg(long, default_value = "visitor")]
    pub unit: String,
    /// By what people are put together: first_visit or first_order
    #[arg(long, default_value = "first_visit")]
    pub cohort: String,
    /// What coming back is: visit or order
    #[arg(long, default_value = "visit")]
    pub returning: String,
    /// Cohorts by day, week or month
    #[arg(long, default_value = "week")]
    pub by: String,
    /// So many cells of each cohort, that of its own day, week or month included
    #[arg(long, default_value_t = 13)]
    pub cells: usize,
    /// Whoever has not bought for so many days has churned
    #[arg(long, default_value_t = 90, value_name = "DAYS")]
    pub churned_after: u16,
    /// Nothing after this date or moment is looked at; the newest data where it is left out
    #[arg(long, value_name = "MOMENT")]
    pub as_of: Option<String>,
    /// Show this currency alone
    #[arg(long, value_name = "CODE")]
    pub currency: Option<String>,
    /// How it is printed
    #[command(flatten)]
    pub form: ReportForm,
}

/// `styk report visitor`
#[derive(Debug, Args)]
pub struct VisitorArgs {
    /// The site
    #[arg(long)]
    pub site: String,
    /// The id that the shop sent, or the number that exports show; the customer that it is linked to is meant
    #[arg(long, value_name = "ID", required_unless_present = "customer", conflicts_with = "customer")]
    pub visitor: Option<String>,
    /// The shop's own id of the person, or the e-mail address
    #[arg(long, value_name = "ID")]
    pub customer: Option<String>,
    /// In which times are told, such as Europe/Warsaw; the site's own time zone where it is left out
    #[arg(long, value_name = "ZONE")]
    pub time_zone: Option<String>,
    /// Show this currency alone
    #[arg(long, value_name = "CODE")]
    pub currency: Option<String>,
    /// So many events, the latest
    #[arg(long, default_value_t = 100)]
    pub limit: usize,
    /// Those before, as the page before said
    #[arg(long, value_name = "NEXT")]
    pub before: Option<String>,
    /// Nothing after this date or moment is looked at; the newest data where it is left out
    #[arg(long, value_name = "MOMENT")]
    pub as_of: Option<String>,
    /// How it is printed
    #[command(flatten)]
    pub form: ReportForm,
}
