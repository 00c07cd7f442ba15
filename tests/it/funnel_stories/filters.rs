//! Rule 12, and what a step may be: filters on steps and on the funnel; events, pages, touchpoints and stages.

use expect_test::expect;
use serde_json::{Value, json};

use super::{check, reached};
use crate::shop::Shop;

#[test]
fn a_steps_own_filter_acts_on_the_events_that_may_fill_it() {
    check(
        "
        ann  10:00  view_item
        ann  10:01  add_to_cart  value=9.99
        ann  10:02  purchase     value=9.99
        bob  10:00  view_item
        bob  10:01  add_to_cart  value=4.00
        bob  10:02  add_to_cart  value=10.00   # the second one is dear enough
        bob  10:03  purchase     value=14.00
        ",
        json!({
            "steps": [
                "view_item",
                {
                    "event": "add_to_cart", "label": "Cart of 10 or more",
                    "where": [{ "field": "value", "op": "gte", "value": "10.00" }],
                },
                "purchase",
            ],
        }),
        &expect![[r#"
             step                      reached  of first  of previous  dropped  in progress  median time
             1     view_item                 2    100.0%            –        1            0            –
             2     Cart of 10 or more        1     50.0%        50.0%        0            0        2 min
             3     purchase                  1     50.0%       100.0%        0            0        1 min

            visitor · 2024-11-20T00:00:00+00:00 to 2024-11-21T00:00:00+00:00 (UTC) · window 7 d · data through now
        "#]],
    );
}

const PHONE_THEN_DESK: &str = "
    ann  10:00  view_item  device=mobile
    ann  11:00  purchase   device=desktop
    bob  10:00  view_item  device=mobile
    bob  10:10  purchase   device=mobile
    cyd  10:00  view_item  device=desktop
    cyd  10:10  purchase   device=mobile
";

#[test]
fn the_funnels_filter_acts_on_who_entered() {
    let on_phones = json!([{ "field": "device", "op": "eq", "value": "mobile" }]);
    check(
        PHONE_THEN_DESK,
        json!({ "steps": ["view_item", "purchase"], "where": on_phones }),
        &expect![[r#"
             step             reached  of first  of previous  dropped  in progress  median time
             1     view_item        2    100.0%            –        0            0            –
             2     purchase         2    100.0%       100.0%        0            0       35 min

            visitor · 2024-11-20T00:00:00+00:00 to 2024-11-21T00:00:00+00:00 (UTC) · window 7 d · data through now
        "#]],
    );
}

#[test]
fn the_funnels_filter_acts_on_every_step_where_that_is_asked_for() {
    let on_phones = json!([{ "field": "device", "op": "eq", "value": "mobile" }]);
    let asked = json!({ "steps": ["view_item", "purchase"], "where": on_phones, "filter_scope": "every_step" });
    check(
        PHONE_THEN_DESK,
        asked,
        &expect![[r#"
             step             reached  of first  of previous  dropped  in progress  median time
             1     view_item        2    100.0%            –        1            0            –
             2     purchase         1     50.0%        50.0%        0            0       10 min

            visitor · 2024-11-20T00:00:00+00:00 to 2024-11-21T00:00:00+00:00 (UTC) · window 7 d · data through now
        "#]],
    );
}

const CARTS: &str = "
    ann  10:00  add_to_cart  value=19.90  cart_id=c1  item=CAP/Hats  item=SOCK/Hosiery colour=Red score=7 country=PL
    bob  10:00  add_to_cart  value=20.00  cart_id=c2  item=COAT/Coats colour=blue score=12 country=DE
    cyd  10:00  add_to_cart  value=0.00   item=CAP/Hats score=many
    dan  10:00  add_to_cart
    eve  10:00  add_to_cart  value=2000   currency=JPY  sku.new=yes
";

/// A field, an operator and a JSON value each.
const FILTERS: &str = r#"
    value gte "19.90"
    value gt 19.9
    value lt "0.01"
    value eq "20.00"
    value ne "20"
    value exists true
    value exists false
    currency eq "JPY"
    item_id eq "CAP"
    item_id ne "CAP"
    item_id in ["COAT","SOCK"]
    item_category contains "HAT"
    item_category starts_with "ho"
    item_id exists false
    cart_id eq "c1"
    cart_id not_in ["c1","c2"]
    cart_id exists true
    properties.colour eq "Red"
    properties.colour contains "E"
    properties.colour ne "Red"
    properties.score gte 7
    properties.score lt "7.5"
    properties.score exists true
    properties.sku.new eq "yes"
    country in ["PL","DE"]
    country not_in ["PL"]
    country exists false
    country eq "Nowhere"
    country in []
    trusted eq true
    trusted eq "false"
"#;

#[test]
fn filters_find_the_rows_they_name_and_no_others() {
    let shop = Shop::open_with(CARTS);
    let found: String = FILTERS.trim().lines().map(|filter| found(&shop, filter.trim())).collect();
    expect![[r#"
        value gte "19.90": 2
        value gt 19.9: 1
        value lt "0.01": 1
        value eq "20.00": 1
        value ne "20": 4
        value exists true: 4
        value exists false: 1
        currency eq "JPY": 1
        item_id eq "CAP": 2
        item_id ne "CAP": 3
        item_id in ["COAT","SOCK"]: 2
        item_category contains "HAT": 2
        item_category starts_with "ho": 1
        item_id exists false: 2
        cart_id eq "c1": 1
        cart_id not_in ["c1","c2"]: 3
        cart_id exists true: 2
        properties.colour eq "Red": 1
        properties.colour contains "E": 2
        properties.colour ne "Red": 4
        properties.score gte 7: 2
        properties.score lt "7.5": 1
        properties.score exists true: 3
        properties.sku.new eq "yes": 1
        country in ["PL","DE"]: 2
        country not_in ["PL"]: 4
        country exists false: 3
        country eq "Nowhere": 0
        country in []: 0
        trusted eq true: 5
        trusted eq "false": 0
    "#]]
    .assert_eq(&found);
}

/// The filter, and how many visitors have a cart that fits it.
fn found(shop: &Shop, filter: &str) -> String {
    let words: Vec<&str> = filter.splitn(3, ' ').collect();
    let value: Value = serde_json::from_str(words[2]).unwrap();
    let filters = json!([{ "field": words[0], "op": words[1], "value": value }]);
    let answer = shop.funnel(json!({ "steps": ["add_to_cart", "purchase"], "where": filters }));
    format!("{filter}: {}\n", reached(&answer)[0])
}

#[test]
fn steps_may_be_pages_touchpoints_and_stages() {
    let shop = Shop::open_with(
        "
        ann  10:00  page_view       page=/caps/red  gclid=click
        ann  10:01  view_item       page=/caps/red
        ann  10:02  begin_checkout  page=/checkout/address
        ann  10:03  purchase        page=/thank_you
        bob  10:00  page_view       page=/caps/blue
        bob  10:02  page_view       page=/checkoutX
        bob  10:03  page_view       page=/thankXyou
        cyd  10:00  page_view       page=/caps/100%25
        ",
    );
    let counted = |steps: Value| reached(&shop.funnel(json!({ "steps": steps })));
    assert_eq!(counted(json!(["page:/caps/*", "page:/checkout/*"])), [3, 1]);
    assert_eq!(counted(json!(["page:/caps/*", "page:/thank_you"])), [3, 1], "`_` is no wildcard");
    assert_eq!(
        counted(json!(["page:*", "page:/caps/blue"])),
        [3, 0],
        "one event fills one step, and Bob's is his first"
    );
    assert_eq!(counted(json!(["touchpoint:ad", "touchpoint:product_page"])), [1, 1]);
    assert_eq!(counted(json!(["stage:awareness", "view_item", "stage:purchase", "purchase"])), [1, 1, 1, 1]);
}

#[test]
fn an_optional_step_is_counted_and_stands_in_nobodys_way() {
    check(
        "
        ann  10:00  view_item
        ann  10:01  view_cart
        ann  10:02  purchase
        bob  10:00  view_item
        bob  10:02  purchase
        cyd  10:00  view_item
        cyd  10:01  view_cart
        ",
        json!({ "steps": ["view_item", "view_cart?", "purchase"] }),
        &expect![[r#"
             step             reached  of first  of previous  dropped  in progress  median time
             1     view_item        3    100.0%            –        0            0            –
             2     view_cart        2     66.7%        66.7%        1            0        1 min
             3     purchase         2     66.7%        66.7%        0            0   1 min 30 s

            visitor · 2024-11-20T00:00:00+00:00 to 2024-11-21T00:00:00+00:00 (UTC) · window 7 d · data through now
        "#]],
    );
}

#[test]
fn values_are_summed_by_currency_and_never_across() {
    let shop = Shop::open_with(
        "
        ann  10:00  view_item  value=19.90
        ann  10:01  purchase   value=24.89
        bob  10:00  view_item  value=0.10
        bob  10:01  purchase   value=2000  currency=JPY
        ",
    );
    let answer = shop.funnel(json!({ "steps": ["view_item", "purchase"] }));
    let values = [0, 1].map(|step| answer["steps"][step]["value_minor"].to_string());
    assert_eq!(values, [r#"{"EUR":2000}"#, r#"{"EUR":2489,"JPY":2000}"#]);
}
