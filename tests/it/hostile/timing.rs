//! What the time of an answer could tell: so the work for it is the same, whatever is known about who asks.
//!
//! Work is the server's CPU time, which waiting and other programs do not add to; a path that leaves out what the other
//! does is some fifty times shorter for a password, and is let through by a factor of three at most.

use std::fs;

use serde_json::json;

use super::target::{Target, bearer, post, read_all, summary};
use super::{revoke, sign_in};
use crate::program::{Shop, add_key};

/// The widest that two sums of work may lie apart.
const APART_MAX: f64 = 3.0;
const ROUNDS: usize = 4;

/// CPU time of the server so far, in hundredths of a second.
fn work(target: &Target) -> u64 {
    let stat = fs::read_to_string(format!("/proc/{}/stat", target.program.pid())).unwrap();
    // Behind the name, which is in brackets, user and system time are the 12th and 13th.
    let fields = stat.rsplit_once(')').unwrap().1.split_whitespace().skip(11).take(2);
    fields.map(|field| field.parse::<u64>().unwrap()).sum()
}

/// What is said of a kind of request, and the request of a number.
type Kind<'a> = (&'a str, &'a dyn Fn(usize) -> Vec<u8>);

/// Sends each kind of request in turn, `times` at a go; all must be answered alike, for about the same work.
#[track_caller]
fn check(target: &Target, kinds: &[Kind<'_>], times: usize, expected: &str) {
    let mut sums = vec![0; kinds.len()];
    for round in 0..ROUNDS {
        for ((what, request), sum) in kinds.iter().zip(&mut sums) {
            let before = work(target);
            for number in 0..times {
                let answer = read_all(target.program.converse(&request(round * times + number)));
                assert_eq!(summary(&answer), expected, "{what}");
            }
            *sum += work(target) - before;
        }
    }
    let (least, most) = (*sums.iter().min().unwrap() as f64, *sums.iter().max().unwrap() as f64);
    let names: Vec<_> = kinds.iter().map(|(what, _)| what).collect();
    assert!(0.0 < least && most <= APART_MAX * least, "{names:?}: {sums:?}");
}

/// Whether somebody has an account is nobody's business.
#[test]
fn signing_in_takes_the_same_work_for_users_and_strangers() {
    let target = Target::start(&[("STYK_COLLECT_TRUSTED_PROXIES", "[\"127.0.0.1\"]")]);
    sign_in(&target);
    let login = |email: &'static str, network: &'static str| {
        move |number: usize| {
            let form = json!({ "email": email, "password": "hostile horse battery" }).to_string();
            post("/v1/login", &format!("x-forwarded-for: {network}.{number}\r\n"), form)
        }
    };
    let (known, unknown) = (login("ann@shop.example", "192.0.2"), login("bob@shop.example", "198.51.100"));
    let no_address = login("ann", "203.0.113");
    let kinds: [Kind<'_>; 3] = [("a user", &known), ("a stranger", &unknown), ("no address", &no_address)];
    check(&target, &kinds, 5, "401 wrong_email_or_password");
    target.check();
}

/// Row 48: a key that never was and one that was taken back.
#[test]
pub(super) fn a_key_is_refused_with_the_same_work_whatever_it_was() {
    let target = Target::start(&[]);
    let revoked = add_key(target.shop.data.path(), Shop::SITE, "collect");
    revoke(&target, &revoked);
    let wrong = revoked.chars().rev().collect::<String>();
    let asking = |key: &str| {
        let request = post("/v1/events", &bearer(key), r#"{"name":"hostile"}"#);
        move |_: usize| request.clone()
    };
    let (revoked, wrong, near) =
        (asking(&revoked), asking(&wrong), asking(&format!("{}A", &revoked[..revoked.len() - 1])));
    let kinds: [Kind<'_>; 3] = [("taken back", &revoked), ("other", &wrong), ("near", &near)];
    check(&target, &kinds, 1_000, "401 unauthorized");
    target.check();
}
