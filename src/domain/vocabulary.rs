//! The event names that mean something to reports.
//!
//! GA4's recommended ones, the snippet's own, and those of the register of touchpoints that Styk brings along. Any other
//! name is kept and counted as it is, at a touchpoint called like it.

/// Sorted, so that it can be searched.
const KNOWN: &[&str] = &[
    "ad_impression",
    "add_payment_info",
    "add_shipping_info",
    "add_to_cart",
    "add_to_wishlist",
    "begin_checkout",
    "call",
    "campaign_details",
    "checkout_leave",
    "checkout_stage",
    "click",
    "close_convert_lead",
    "close_unconvert_lead",
    "contact_answered",
    "contact_opened",
    "coupon_applied",
    "coupon_denied",
    "disqualify_lead",
    "download",
    "engagement",
    "error",
    "exception",
    "first_visit",
    "form_error",
    "generate_lead",
    "join_group",
    "login",
    "order_book_entry",
    "order_cancelled",
    "order_delivered",
    "order_shipped",
    "outbound",
    "page_view",
    "payment_failed",
    "payment_redirect",
    "product_reviewed",
    "purchase",
    "qualify_lead",
    "rage_click",
    "refund",
    "remove_from_cart",
    "return_requested",
    "review",
    "screen_view",
    "scroll",
    "search",
    "select_content",
    "select_item",
    "select_promotion",
    "session_start",
    "share",
    "shipping_quoted",
    "sign_up",
    "store_purchase",
    "store_visit",
    "survey_answered",
    "survey_ces",
    "survey_csat",
    "survey_dismissed",
    "survey_nps",
    "survey_shown",
    "user_engagement",
    "video_complete",
    "video_progress",
    "video_start",
    "view_cart",
    "view_item",
    "view_item_list",
    "view_promotion",
    "view_search_results",
    "working_lead",
];

/// Whether reports know what this name means.
pub fn is_known(name: &str) -> bool {
    KNOWN.binary_search(&name).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_are_sorted_and_hold_all_that_the_register_knows() {
        assert!(KNOWN.is_sorted());
        let register = include_str!("../../config/touchpoints.toml");
        let rules = register.lines().filter(|line| !line.starts_with('#'));
        let unknown: Vec<_> = rules
            .flat_map(|line| line.split("event = \"").skip(1))
            .filter_map(|rest| rest.split('"').next())
            .filter(|name| !is_known(name))
            .collect();
        assert_eq!(unknown, [""; 0]);
        assert!(!is_known("addToCart") && !is_known(""));
    }
}
