//! Who gets in where: every route of the table, tried as everybody. The table is read from `/openapi.json`, which is
//! made of the same words as the router, so a new route is tried without a line here; only its row has to be accepted.

mod headers;
mod tried;

use expect_test::expect_file;

use self::tried::{Operation, Shop};

/// What the links of [`Asker`]s show.
const FUNNEL: &str = "funnel";

/// Whoever may ask, and what they show for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asker {
    Nobody,
    CollectKey,
    ReadKey,
    AdminKey,
    OtherSitesCollectKey,
    OtherSitesReadKey,
    OtherSitesAdminKey,
    RevokedKey,
    Viewer,
    Editor,
    Owner,
    ExpiredLogin,
    OwnerOnAForeignPage,
    ThisComputer,
    ShareToken,
    OtherSitesShareToken,
    ExpiredShareToken,
    RevokedShareToken,
}

const ASKERS: &[Asker] = &[
    Asker::Nobody,
    Asker::CollectKey,
    Asker::ReadKey,
    Asker::AdminKey,
    Asker::OtherSitesCollectKey,
    Asker::OtherSitesReadKey,
    Asker::OtherSitesAdminKey,
    Asker::RevokedKey,
    Asker::Viewer,
    Asker::Editor,
    Asker::Owner,
    Asker::ExpiredLogin,
    Asker::OwnerOnAForeignPage,
    Asker::ThisComputer,
    Asker::ShareToken,
    Asker::OtherSitesShareToken,
    Asker::ExpiredShareToken,
    Asker::RevokedShareToken,
];

/// `None` when the asker gets in; else how the door is shown. Share links show the report `shared`.
fn refusal(operation: &Operation, asker: Asker, shared: &str) -> Option<(u16, &'static str)> {
    use Asker::{
        AdminKey, CollectKey, Editor, ExpiredLogin, ExpiredShareToken, Nobody, OtherSitesAdminKey,
        OtherSitesCollectKey, OtherSitesReadKey, OtherSitesShareToken, Owner, OwnerOnAForeignPage, ReadKey, RevokedKey,
        RevokedShareToken, ShareToken, ThisComputer, Viewer,
    };
    let site = |needed: &[Asker]| match asker {
        Nobody | RevokedKey | ExpiredLogin | ExpiredShareToken | RevokedShareToken => Some((401, "sign_in_required")),
        CollectKey | OtherSitesCollectKey => Some((403, "scope")),
        OtherSitesReadKey | OtherSitesAdminKey | OtherSitesShareToken => Some((404, "unknown_site")),
        ShareToken if !needed.contains(&ShareToken) => Some((403, "scope")),
        OwnerOnAForeignPage if operation.method != "GET" => Some((403, "cross_site")),
        _ if needed.contains(&asker) => None,
        _ => Some((403, "role")),
    };
    let owners = [AdminKey, Owner, ThisComputer, OwnerOnAForeignPage];
    match operation.access.as_str() {
        "anyone" if (operation.path.as_str(), asker) == ("/v1/logout", OwnerOnAForeignPage) => {
            Some((403, "cross_site"))
        }
        "anyone" => None,
        "sender" => match asker {
            ReadKey | OtherSitesReadKey => Some((403, "wrong_scope")),
            OtherSitesCollectKey | OtherSitesAdminKey => Some((404, "unknown_site")),
            RevokedKey | ThisComputer | ShareToken | OtherSitesShareToken | ExpiredShareToken | RevokedShareToken => {
                Some((401, "unauthorized"))
            }
            _ => None,
        },
        "signed_in" => match asker {
            Viewer | Editor | Owner => None,
            OwnerOnAForeignPage if operation.method == "GET" => None,
            OwnerOnAForeignPage => Some((403, "cross_site")),
            _ => Some((401, "sign_in_required")),
        },
        "server" => match asker {
            OwnerOnAForeignPage if operation.method != "GET" => Some((403, "cross_site")),
            Owner | ThisComputer | OwnerOnAForeignPage => None,
            CollectKey | OtherSitesCollectKey => Some((403, "scope")),
            ReadKey | AdminKey | OtherSitesReadKey | OtherSitesAdminKey | Viewer | Editor => Some((403, "role")),
            _ => Some((401, "sign_in_required")),
        },
        "site_read" => site(&[&owners[..], &[ReadKey, Viewer, Editor]].concat()),
        "report" if operation.report() != shared => site(&[&owners[..], &[ReadKey, Viewer, Editor]].concat()),
        "report" => site(&[&owners[..], &[ReadKey, Viewer, Editor, ShareToken]].concat()),
        "share" => (![ShareToken, OtherSitesShareToken].contains(&asker)).then_some((401, "sign_in_required")),
        "command" => (asker != ThisComputer).then_some((401, "sign_in_required")),
        "site_edit" => site(&[&owners[..], &[Editor]].concat()),
        "site_administer" => site(&owners),
        other => panic!("say here who gets in by `{other}`"),
    }
}

#[test]
fn every_route_lets_in_whom_it_says_and_nobody_else() {
    let shop = Shop::open();
    let (mut wrong, mut tried) = (Vec::new(), 0);
    for operation in shop.operations() {
        for &asker in ASKERS {
            tried += 1;
            let answer = shop.ask(&operation, asker, "shop");
            let found = (answer.status, answer.code());
            let expected = refusal(&operation, asker, FUNNEL);
            let right = match expected {
                Some((status, code)) => found == (status, code.to_owned()),
                None => answer.status < 500 && ![401, 403].contains(&answer.status) && found.1 != "unknown_site",
            };
            if !right || !operation.statuses.contains(&answer.status) {
                wrong.push(format!("{operation} as {asker:?}: {found:?}, not {expected:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {tried}:\n{}", wrong.len(), wrong.join("\n"));
}

/// Each report that can be shared, and all that a link to it does not open.
#[test]
fn a_link_opens_its_own_report_and_nothing_else() {
    let shop = Shop::open();
    let operations = shop.operations();
    let reports: Vec<&str> =
        operations.iter().filter(|operation| operation.access == "report").map(Operation::report).collect();
    assert_eq!(reports, ["abandonment", "carts", "dropoff", "funnel", "overview", "retention"]);
    for report in reports {
        let token = shop.share(report);
        for operation in &operations {
            let answer = shop.ask_by_link(operation, &token, "shop");
            let (opens, found) = (refusal(operation, Asker::ShareToken, report), (answer.status, answer.code()));
            match opens {
                Some((status, code)) => {
                    assert_eq!(found, (status, code.to_owned()), "{operation} by a link to {report}")
                }
                None => assert!(
                    ![401, 403].contains(&found.0) && found.0 < 500,
                    "{operation} by a link to {report}: {found:?}"
                ),
            }
            if operation.access == "report" {
                let foreign = shop.ask_by_link(operation, &token, "other");
                assert_eq!((foreign.status, foreign.code()), (404, "unknown_site".to_owned()), "{operation}");
            }
        }
    }
}

#[test]
fn a_site_that_does_not_exist_is_answered_like_one_of_others() {
    let shop = Shop::open();
    for operation in shop.operations().iter().filter(|operation| operation.path.contains("{site}")) {
        let foreign = shop.ask(operation, Asker::OtherSitesAdminKey, "shop");
        for site in ["nowhere", "%ff", "..%2fshop", "shop%00", "SHOP"] {
            let missing = shop.ask(operation, Asker::OtherSitesAdminKey, site);
            assert_eq!((missing.status, missing.text), (foreign.status, foreign.text.clone()), "{operation}, {site}");
        }
    }
}

/// A row that changes here is a door that opens or closes: look twice.
#[test]
fn the_table_of_routes_is_this() {
    let shop = Shop::open();
    let table: String = shop.operations().iter().map(|operation| format!("{operation}\n")).collect();
    expect_file!["routes.txt"].assert_eq(&table);
}
