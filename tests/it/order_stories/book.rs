//! The difference to the shop's own order book, day by day.

use std::path::Path;

use serde_json::{Value, json};

use crate::program;

const BOOK: &str = "\
Number;Date;Sum;Curr
T1;2024-11-20 10:00;10,00;EUR
T2;2024-11-20 12:00;25,00;EUR
T4;2024-11-21 09:00;40,00;EUR
";

/// A shop with three orders, and its server.
fn shop() -> (program::Shop, program::Program) {
    let shop = program::Shop::new();
    let program = shop.start(&[]);
    let order = |number: &str, at: &str, value: &str| json!({ "visitor": "ann", "name": "purchase", "occurred_at": at, "transaction_id": number, "value": value });
    let events = [
        order("T1", "2024-11-20T10:00:05Z", "10.00"),
        order("T2", "2024-11-20T12:00:05Z", "20.00"),
        order("T3", "2024-11-20T13:00:00Z", "30.00"),
        // The book ends before it.
        order("T5", "2024-11-25T13:00:00Z", "50.00"),
    ];
    let answer = shop.send(&program, &json!({ "site": program::Shop::SITE, "events": events }));
    assert_eq!(answer.status, 202, "{}", answer.text());
    program.wait_until_loaded();
    (shop, program)
}

fn import(data: &Path, book: &str) {
    let file = data.join("book.csv");
    std::fs::write(&file, book).unwrap();
    let map = ["transaction_id=Number", "occurred_at=Date", "value=Sum", "currency=Curr"];
    let typed = ["import", "--site", "shop", "--order-book", file.to_str().unwrap(), "--map"];
    program::run(data, &[&typed[..], &map[..]].concat());
}

fn asked(shop: &program::Shop, program: &program::Program, report: &str) -> Value {
    let question = json!({ "from": "2024-11-01", "to": "2024-12-01" });
    let path = format!("/v1/sites/shop/reports/{report}");
    program.post(&path, &shop.read_key, &question).unwrap().json()
}

#[test]
fn the_difference_to_the_order_book_is_told_day_by_day() {
    let (shop, program) = shop();
    assert_eq!(asked(&shop, &program, "orders")["order_book"], Value::Null, "there is no book yet");
    let before = asked(&shop, &program, "overview");
    import(shop.data.path(), BOOK);
    let answer = asked(&shop, &program, "orders");
    let day = |day: &Value| {
        let numbers =
            ["both", "amount_differs", "only_in_book", "only_in_styk"].map(|name| day[name].as_u64().unwrap());
        (day["from"].as_str().unwrap()[..10].to_owned(), numbers, day["book_minor"]["EUR"].clone())
    };
    let days: Vec<_> = answer["order_book"]["days"].as_array().unwrap().iter().map(day).collect();
    let expected =
        [("2024-11-20".to_owned(), [1, 1, 0, 1], json!(3500)), ("2024-11-21".to_owned(), [0, 0, 1, 0], json!(4000))];
    assert_eq!(days, expected, "T5 came after the book's last day, so nothing is missing there");
    let difference =
        |it: &Value| format!("{} {}", it["transaction_id"].as_str().unwrap(), it["verdict"].as_str().unwrap());
    let differences: Vec<String> =
        answer["order_book"]["differences"].as_array().unwrap().iter().map(difference).collect();
    assert_eq!(differences, ["T2 amount_differs", "T3 only_in_styk", "T4 only_in_book"]);
    assert_eq!(answer["total"]["orders"], 4, "a line of the book is no order");
    let after = asked(&shop, &program, "overview");
    assert_eq!(after["total"], before["total"], "and nobody's visit");
    let table = program::run(shop.data.path(), &["report", "orders", "--site", "shop", "--from", "2024-11-01"]);
    assert!(table.contains("only in Styk") && table.contains("T4") && table.contains("only_in_book"), "{table}");
}

#[test]
fn a_book_imported_again_with_corrections_replaces_its_lines() {
    let (shop, program) = shop();
    import(shop.data.path(), BOOK);
    import(shop.data.path(), &BOOK.replace("25,00", "20,00"));
    let total = &asked(&shop, &program, "orders")["order_book"]["total"];
    assert_eq!((&total["both"], &total["amount_differs"], &total["only_in_book"]), (&json!(2), &json!(0), &json!(1)));
}

#[test]
fn a_book_without_order_numbers_is_not_imported() {
    let shop = program::Shop::new();
    let file = shop.data.path().join("book.csv");
    std::fs::write(&file, "occurred_at,value\n2024-11-20,10.00\n").unwrap();
    let output = program::command(&[], shop.data.path())
        .args(["import", "--site", "shop", "--order-book", file.to_str().unwrap()])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("has no column for `transaction_id`"), "{said}");
}

#[test]
fn a_page_keeps_no_order_book() {
    let mut shop = crate::shop::Shop::open();
    shop.tell_from_pages("eve now-30s order_book_entry transaction_id=T1 value=1.00");
    let answer = shop.ask_for("orders", r#"{"last_days":2}"#).json();
    assert_eq!(answer["order_book"], Value::Null);
}
