//! The headers of every answer.

use std::collections::BTreeMap;
use std::fmt::Write;

use expect_test::expect_file;

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
            routes.push(format!("{} {} {}", answer.status, operation.method, operation.shown_path()));
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
    expect_file!["headers.txt"].assert_eq(&shown);
}
