//! Breakdowns, the channel of a session, and the SQL that is shown.

use expect_test::expect;
use serde_json::{Value, json};

use super::{check, reached, steps_of};
use crate::shop::Shop;

#[test]
fn a_breakdown_by_device_books_a_visitor_where_the_funnel_began() {
    check(
        "
        ann  10:00  view_item  device=mobile
        ann  11:00  purchase   device=desktop
        bob  10:00  view_item  device=mobile
        cyd  10:00  view_item  device=desktop
        cyd  10:10  purchase   device=desktop
        dan  10:00  view_item  device=tablet
        ",
        json!({ "steps": ["view_item", "purchase"], "breakdown": { "field": "device" } }),
        &expect![[r#"
             step             reached  of first  of previous  dropped  in progress  median time
             1     view_item        4    100.0%            –        2            0            –
             2     purchase         2     50.0%        50.0%        0            0       35 min

                      view_item  purchase  converted
             mobile           2         1      50.0%
             desktop          1         1     100.0%
             tablet           1         0       0.0%

            visitor · 2024-11-20T00:00:00+00:00 to 2024-11-21T00:00:00+00:00 (UTC) · window 7 d · data through now
        "#]],
    );
}

#[test]
fn every_page_of_a_session_carries_the_channel_it_began_with() {
    check(
        "
        # An ad, then two pages of the shop, then back from the payment provider.
        ann  10:00  page_view  page=/caps       gclid=click         referrer=www.google.com
        ann  10:01  view_item  page=/caps/red   referrer=shop.example
        ann  10:09  purchase   page=/thanks     referrer=www.paypal.com
        # A newsletter in the morning; in the afternoon Bob types the address himself.
        bob  09:00  page_view  page=/sale       utm_source=news  utm_medium=email
        bob  09:01  view_item  page=/caps/red
        bob  15:00  view_item  page=/caps/red
        # Search without an ad.
        cyd  10:00  view_item  page=/caps/red   referrer=www.google.com
        cyd  10:10  purchase   page=/thanks
        # The payment took so long that the session ended: coming back from it is no arrival.
        dan  10:00  page_view  page=/checkout
        dan  11:00  view_item  page=/caps/blue  referrer=checkout.stripe.com
        ",
        json!({ "steps": ["view_item", "purchase"], "unit": "session", "breakdown": { "field": "channel" } }),
        &expect![[r#"
             step             reached  of first  of previous  dropped  in progress  median time
             1     view_item        5    100.0%            –        3            0            –
             2     purchase         2     40.0%        40.0%        0            0        9 min

                             view_item  purchase  converted
             Direct                  2         0       0.0%
             Paid Search             1         1     100.0%
             Email                   1         0       0.0%
             Organic Search          1         1     100.0%

            session · 2024-11-20T00:00:00+00:00 to 2024-11-21T00:00:00+00:00 (UTC) · window 7 d · data through now
        "#]],
    );
}

#[test]
fn direct_is_a_channel_like_all_others_to_filters() {
    let shop = Shop::open_with(
        "
        ann  10:00  view_item  gclid=click
        bob  10:00  view_item  page=/
        cyd  10:00  view_item
        ",
    );
    let counted = |op: &str, value: Value| {
        let filter = json!([{ "field": "channel", "op": op, "value": value }]);
        reached(&shop.funnel(json!({ "steps": ["view_item", "purchase"], "where": filter })))[0]
    };
    assert_eq!(counted("eq", json!("Direct")), 2);
    assert_eq!(counted("ne", json!("Direct")), 1);
    assert_eq!(counted("in", json!(["Direct", "Paid Search"])), 3);
    assert_eq!(counted("eq", json!("Paid Search")), 1);
    assert_eq!(counted("contains", json!("paid")), 1);
    assert_eq!(counted("starts_with", json!("dir")), 2);
    assert_eq!(counted("exists", json!(true)), 3);
}

const COUNTRIES: &str = "
    ann  10:00  view_item  country=PL
    ann  10:01  purchase
    bob  10:00  view_item  country=PL
    cyd  10:00  view_item  country=DE
    cyd  10:01  purchase
    dan  10:00  view_item  country=DE
    eve  10:00  view_item  country=DE
    fay  10:00  view_item
    fay  10:01  purchase
    gus  10:00  view_item  country=CZ
    hal  10:00  view_item  country=SK
    ivy  10:00  purchase   country=AT
";

#[test]
fn a_missing_value_has_its_own_row() {
    let asked = json!({ "steps": ["view_item", "purchase"], "breakdown": { "field": "country" } });
    check(
        COUNTRIES,
        asked,
        &expect![[r#"
             step             reached  of first  of previous  dropped  in progress  median time
             1     view_item        8    100.0%            –        5            0            –
             2     purchase         3     37.5%        37.5%        0            0        1 min

                     view_item  purchase  converted
             DE              3         1      33.3%
             PL              2         1      50.0%
             (none)          1         1     100.0%
             CZ              1         0       0.0%
             SK              1         0       0.0%

            visitor · 2024-11-20T00:00:00+00:00 to 2024-11-21T00:00:00+00:00 (UTC) · window 7 d · data through now
        "#]],
    );
}

#[test]
fn values_past_the_limit_are_one_row_and_the_rows_add_up() {
    let shop = Shop::open_with(COUNTRIES);
    let asked = |limit: usize| {
        let breakdown = json!({ "field": "country", "limit": limit });
        json!({ "steps": ["view_item", "purchase"], "breakdown": breakdown })
    };
    expect![[r#"
         step             reached  of first  of previous  dropped  in progress  median time
         1     view_item        8    100.0%            –        5            0            –
         2     purchase         3     37.5%        37.5%        0            0        1 min

                  view_item  purchase  converted
         DE               3         1      33.3%
         PL               2         1      50.0%
         (other)          3         1      33.3%

        visitor · 2024-11-20T00:00:00+00:00 to 2024-11-21T00:00:00+00:00 (UTC) · window 7 d · data through now
    "#]]
    .assert_eq(&shop.funnel_table(asked(2)));
    for limit in [1, 2, 3, 4, 5, 100] {
        let answer = shop.funnel(asked(limit));
        let rows = answer["breakdown"].as_array().unwrap();
        assert_eq!(rows.len(), (limit + 1).min(5), "limit {limit}");
        for (index, total) in steps_of(&answer).iter().enumerate() {
            for count in ["reached", "drop_off", "in_progress", "excluded"] {
                let sum: u64 = rows.iter().map(|row| row["steps"][index][count].as_u64().unwrap()).sum();
                assert_eq!(sum, total[count].as_u64().unwrap(), "{count} of step {} with limit {limit}", index + 1);
            }
        }
    }
}

#[test]
fn the_sql_that_is_shown_is_complete() {
    let shop = Shop::open_with(COUNTRIES);
    let questions = [
        json!({ "steps": ["view_item", "page:/it's/$site/*", "stage:purchase", "touchpoint:a'b"] }),
        json!({ "steps": ["view_item", "purchase"], "unit": "session", "breakdown": { "field": "channel" } }),
        json!({ "steps": ["view_item", "purchase"], "unit": "customer", "filter_scope": "every_step", "where": [
            { "field": "properties.a$b", "op": "gte", "value": 3 },
            { "field": "value", "op": "lt", "value": "3" },
            { "field": "item_id", "op": "ne", "value": "$from_ms" },
            { "field": "country", "op": "contains", "value": "p" },
        ] }),
    ];
    for asked in questions {
        let sql = shop.funnel_sql(asked);
        let plain = without_texts(&sql);
        assert!(!plain.contains('$'), "a name without a value in\n{sql}");
        assert!(plain.trim_start().starts_with("with ") && plain.trim_end().ends_with(';'), "{sql}");
    }
}

/// SQL without what stands between quotes; a quote inside a text is written twice.
fn without_texts(sql: &str) -> String {
    sql.split('\'').step_by(2).collect()
}

const CAMPAIGNS: &str = "
    # Ann came by search, and bought after a newsletter; Bob by a newsletter, and bought by himself; Cyd never came back.
    ann  2024-11-18 10:00  page_view  referrer=www.google.com
    ann  2024-11-20 10:00  view_item  utm_source=news  utm_medium=email
    ann  2024-11-20 10:05  purchase   device=desktop
    bob  2024-11-20 10:00  view_item  utm_source=news  utm_medium=email  device=mobile
    bob  2024-11-20 15:00  purchase   device=tablet
    cyd  2024-11-20 10:00  view_item  referrer=www.google.com
";

#[test]
fn a_breakdown_by_first_touch_looks_back_to_how_the_visitor_first_came() {
    check(
        CAMPAIGNS,
        json!({ "steps": ["view_item", "purchase"], "breakdown": { "field": "channel", "at": "first_touch" } }),
        &expect![[r#"
             step             reached  of first  of previous  dropped  in progress  median time
             1     view_item        3    100.0%            –        1            0            –
             2     purchase         2     66.7%        66.7%        0            0   2 h 32 min

                             view_item  purchase  converted
             Organic Search          2         1      50.0%
             Email                   1         1     100.0%

            visitor · 2024-11-20T00:00:00+00:00 to 2024-11-21T00:00:00+00:00 (UTC) · window 7 d · data through now
        "#]],
    );
}

#[test]
fn a_breakdown_by_last_touch_looks_at_the_session_that_got_furthest() {
    check(
        CAMPAIGNS,
        json!({ "steps": ["view_item", "purchase"], "breakdown": { "field": "channel", "at": "last_touch" } }),
        &expect![[r#"
             step             reached  of first  of previous  dropped  in progress  median time
             1     view_item        3    100.0%            –        1            0            –
             2     purchase         2     66.7%        66.7%        0            0   2 h 32 min

                             view_item  purchase  converted
             Direct                  1         1     100.0%
             Organic Search          1         0       0.0%
             Email                   1         1     100.0%

            visitor · 2024-11-20T00:00:00+00:00 to 2024-11-21T00:00:00+00:00 (UTC) · window 7 d · data through now
        "#]],
    );
}

#[test]
fn a_breakdown_at_a_later_step_keeps_those_apart_who_did_not_get_there() {
    check(
        CAMPAIGNS,
        json!({ "steps": ["view_item", "purchase"], "breakdown": { "field": "device", "step": 2 } }),
        &expect![[r#"
             step             reached  of first  of previous  dropped  in progress  median time
             1     view_item        3    100.0%            –        1            0            –
             2     purchase         2     66.7%        66.7%        0            0   2 h 32 min

                            view_item  purchase  converted
             desktop                1         1     100.0%
             tablet                 1         1     100.0%
             (not reached)          1         0       0.0%

            visitor · 2024-11-20T00:00:00+00:00 to 2024-11-21T00:00:00+00:00 (UTC) · window 7 d · data through now
        "#]],
    );
}

#[test]
fn the_first_touch_of_a_customer_is_that_of_all_her_browsers() {
    let shop = Shop::open_with(
        "
        ann-phone   2024-11-18 10:00  page_view  utm_source=news  utm_medium=email  customer=ann
        ann-laptop  2024-11-20 10:00  view_item  referrer=www.google.com  customer=ann
        ",
    );
    let by_unit = |unit: &str| {
        let breakdown = json!({ "field": "channel", "at": "first_touch" });
        let answer = shop.funnel(json!({ "steps": ["view_item", "purchase"], "unit": unit, "breakdown": breakdown }));
        answer["breakdown"][0]["value"].clone()
    };
    assert_eq!((by_unit("visitor"), by_unit("customer")), (json!("Organic Search"), json!("Email")));
}
