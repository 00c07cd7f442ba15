//! What may be typed of whom a report is about: the same of every report.

use clap::Args;

use super::condition::{FieldCondition, VisitorCondition};

/// Whom a report is about.
#[derive(Clone, Debug, Args)]
pub struct AboutArgs {
    /// The site
    #[arg(long)]
    pub site: String,
    /// Where days begin, such as Europe/Warsaw; the site's own time zone where it is left out
    #[arg(long, value_name = "ZONE")]
    pub time_zone: Option<String>,
    /// What must be true of the events, such as channel=Email, country=PL,DE, device!=mobile, value>=10.00,
    /// page^=/sale/ (begins with), page*=caps (contains), properties.coupon? (there is one); may be repeated: all hold
    #[arg(long = "where", value_name = "CONDITION")]
    pub conditions: Vec<FieldCondition>,
    /// Of which visitors, such as 'did add_to_cart', 'did not purchase where value>=50', 'did page:/sale/*', 'cart
    /// ever_abandoned', 'no cart recovered'; with ', ever' at its end whenever that was, else in the period; may be
    /// repeated: all hold of one visitor
    #[arg(long, value_name = "CONDITION")]
    pub segment: Vec<VisitorCondition>,
}
