//! The headers of every answer.

use std::collections::BTreeMap;
use std::fmt::Write;

use expect_test::expect;

use super::Asker;
use super::tried::Shop;

#[test]
fn every_answer_carries_the_headers_that_keep_it_where_it_belongs() {
    let shop = Shop::open();
    let mut kinds: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for operation in shop.operations() {
        for asker in [Asker::Nobody, Asker::Owner] {
            let answer = shop.ask(&operation, asker, "shop");
            let routes = kinds.entry(answer.headers_shown()).or_default();
            routes.push(format!("{} {} {}", answer.status, operation.method, operation.path));
        }
    }
    for (method, path) in [("GET", "/nothing/is/here"), ("PUT", "/v1/me"), ("PUT", "/s"), ("POST", "/login")] {
        let answer = shop.send(method, path, &[], "");
        kinds.entry(answer.headers_shown()).or_default().push(format!("{} {method} {path}", answer.status));
    }
    let mut shown = String::new();
    for (headers, mut routes) in kinds {
        routes.dedup();
        writeln!(shown, "{}\n{headers}", routes.join("\n")).unwrap();
    }
    expect![[r#"
        204 OPTIONS /s
        204 OPTIONS /v1/events
            access-control-allow-headers: content-type, content-encoding, authorization
            access-control-allow-methods: POST, OPTIONS
            access-control-allow-origin: *
            access-control-expose-headers: retry-after
            access-control-max-age: 86400
            cache-control: no-store
            content-security-policy: default-src 'none'; frame-ancestors 'none'; sandbox
            cross-origin-resource-policy: cross-origin
            referrer-policy: no-referrer
            x-content-type-options: nosniff
            x-robots-tag: noindex, nofollow

        405 PUT /s
            access-control-allow-origin: *
            access-control-expose-headers: retry-after
            allow: POST,OPTIONS
            cache-control: no-store
            content-security-policy: default-src 'none'; frame-ancestors 'none'; sandbox
            content-type: application/json
            cross-origin-resource-policy: cross-origin
            referrer-policy: no-referrer
            x-content-type-options: nosniff
            x-robots-tag: noindex, nofollow

        202 POST /s
        202 POST /v1/events
            access-control-allow-origin: *
            access-control-expose-headers: retry-after
            cache-control: no-store
            content-security-policy: default-src 'none'; frame-ancestors 'none'; sandbox
            content-type: application/json
            cross-origin-resource-policy: cross-origin
            referrer-policy: no-referrer
            x-content-type-options: nosniff
            x-robots-tag: noindex, nofollow

        200 GET /s.js
            access-control-allow-origin: *
            access-control-expose-headers: retry-after
            cache-control: public, max-age=3600
            content-security-policy: default-src 'none'; frame-ancestors 'none'; sandbox
            content-type: text/javascript; charset=utf-8
            cross-origin-resource-policy: cross-origin
            referrer-policy: no-referrer
            x-content-type-options: nosniff
            x-robots-tag: noindex, nofollow

        405 PUT /v1/me
            allow: GET,HEAD
            cache-control: no-store
            content-security-policy: default-src 'none'; frame-ancestors 'none'; sandbox
            content-type: application/json
            cross-origin-resource-policy: same-origin
            referrer-policy: no-referrer
            x-content-type-options: nosniff
            x-robots-tag: noindex, nofollow

        405 POST /login
            allow: GET,HEAD
            cache-control: no-store
            content-security-policy: default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'
            content-type: application/json
            cross-origin-opener-policy: same-origin
            cross-origin-resource-policy: same-origin
            referrer-policy: no-referrer
            x-content-type-options: nosniff
            x-robots-tag: noindex, nofollow

        200 GET /assets/{path}
            cache-control: no-cache
            content-security-policy: default-src 'none'; frame-ancestors 'none'; sandbox
            content-type: text/javascript; charset=utf-8
            cross-origin-resource-policy: same-origin
            referrer-policy: no-referrer
            x-content-type-options: nosniff
            x-robots-tag: noindex, nofollow

        200 GET /
        200 GET /login
        200 GET /setup
        200 GET /share
        200 GET /sites/{rest}
            cache-control: no-cache
            content-security-policy: default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'
            content-type: text/html; charset=utf-8
            cross-origin-opener-policy: same-origin
            cross-origin-resource-policy: same-origin
            referrer-policy: no-referrer
            x-content-type-options: nosniff
            x-robots-tag: noindex, nofollow

        200 GET /v1/sites/{site}/export/{what}
            cache-control: no-store
            content-disposition: attachment; filename="shop-events.parquet"
            content-security-policy: default-src 'none'; frame-ancestors 'none'; sandbox
            content-type: application/vnd.apache.parquet
            cross-origin-resource-policy: same-origin
            referrer-policy: no-referrer
            x-content-type-options: nosniff
            x-robots-tag: noindex, nofollow

        401 GET /v1/me
        401 GET /v1/share
        401 GET /v1/sites/{site}/export/{what}
        401 GET /v1/sites/{site}/fields
        401 POST /v1/sites/{site}/reports/funnel
        401 GET /v1/sites/{site}/shares
        401 POST /v1/sites/{site}/shares
        401 DELETE /v1/sites/{site}/shares/{id}
            cache-control: no-store
            content-security-policy: default-src 'none'; frame-ancestors 'none'; sandbox
            content-type: application/json
            cross-origin-resource-policy: same-origin
            referrer-policy: no-referrer
            www-authenticate: Bearer
            x-content-type-options: nosniff
            x-robots-tag: noindex, nofollow

        200 GET /openapi.json
        400 POST /v1/login
        200 GET /v1/me
        400 POST /v1/setup
        200 GET /v1/sites/{site}/fields
        400 POST /v1/sites/{site}/reports/funnel
        200 GET /v1/sites/{site}/shares
        400 POST /v1/sites/{site}/shares
        404 DELETE /v1/sites/{site}/shares/{id}
        404 GET /nothing/is/here
            cache-control: no-store
            content-security-policy: default-src 'none'; frame-ancestors 'none'; sandbox
            content-type: application/json
            cross-origin-resource-policy: same-origin
            referrer-policy: no-referrer
            x-content-type-options: nosniff
            x-robots-tag: noindex, nofollow

        200 GET /livez
        200 GET /readyz
            cache-control: no-store
            content-security-policy: default-src 'none'; frame-ancestors 'none'; sandbox
            content-type: text/plain; charset=utf-8
            cross-origin-resource-policy: same-origin
            referrer-policy: no-referrer
            x-content-type-options: nosniff
            x-robots-tag: noindex, nofollow

        200 GET /metrics
            cache-control: no-store
            content-security-policy: default-src 'none'; frame-ancestors 'none'; sandbox
            content-type: text/plain; version=0.0.4
            cross-origin-resource-policy: same-origin
            referrer-policy: no-referrer
            x-content-type-options: nosniff
            x-robots-tag: noindex, nofollow

        204 POST /v1/logout
            cache-control: no-store
            content-security-policy: default-src 'none'; frame-ancestors 'none'; sandbox
            cross-origin-resource-policy: same-origin
            referrer-policy: no-referrer
            x-content-type-options: nosniff
            x-robots-tag: noindex, nofollow

    "#]].assert_eq(&shown);
}
