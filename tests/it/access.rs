//! Who gets in where: every route of the table, tried as everybody. The table is read from `/openapi.json`, which is
//! made of the same words as the router, so a new route is tried without a line here; only its row has to be accepted.

use std::collections::BTreeMap;
use std::fmt::Write;

use expect_test::expect;
use serde_json::{Value, json};
use styk::control::{Control, NewSite, Role, Scope};
use styk::domain::money::Currency;
use styk::domain::name::SiteKey;
use styk::domain::time::DAY_MS;
use styk::server::{self, Running};

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
];

/// `None` when the asker gets in; else how the door is shown.
fn refusal(operation: &Operation, asker: Asker) -> Option<(u16, &'static str)> {
    use Asker::{
        AdminKey, CollectKey, Editor, ExpiredLogin, Nobody, OtherSitesAdminKey, OtherSitesCollectKey,
        OtherSitesReadKey, Owner, OwnerOnAForeignPage, ReadKey, RevokedKey, ThisComputer, Viewer,
    };
    let site = |needed: &[Asker]| match asker {
        Nobody | RevokedKey | ExpiredLogin => Some((401, "sign_in_required")),
        CollectKey | OtherSitesCollectKey => Some((403, "scope")),
        OtherSitesReadKey | OtherSitesAdminKey => Some((404, "unknown_site")),
        OwnerOnAForeignPage if operation.method != "GET" => Some((403, "cross_site")),
        _ if needed.contains(&asker) => None,
        _ => Some((403, "role")),
    };
    let owners = [AdminKey, Owner, ThisComputer, OwnerOnAForeignPage];
    match operation.access.as_str() {
        "anyone" if (operation.path.as_str(), asker) == ("/v1/logout", OwnerOnAForeignPage) => {
            Some((403, "cross_site"))
        }
        "anyone" if ["/v1/login", "/v1/setup"].contains(&operation.path.as_str()) => {
            (asker == OwnerOnAForeignPage).then_some((403, "cross_site"))
        }
        "anyone" => None,
        "sender" => match asker {
            ReadKey | OtherSitesReadKey => Some((403, "wrong_scope")),
            OtherSitesCollectKey | OtherSitesAdminKey => Some((404, "unknown_site")),
            RevokedKey | ThisComputer => Some((401, "unauthorized")),
            _ => None,
        },
        "signed_in" => match asker {
            Viewer | Editor | Owner => None,
            OwnerOnAForeignPage if operation.method == "GET" => None,
            OwnerOnAForeignPage => Some((403, "cross_site")),
            _ => Some((401, "sign_in_required")),
        },
        "site_read" => site(&[&owners[..], &[ReadKey, Viewer, Editor]].concat()),
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
            let right = match refusal(&operation, asker) {
                Some((status, code)) => found == (status, code.to_owned()),
                None => answer.status < 500 && ![401, 403].contains(&answer.status) && found.1 != "unknown_site",
            };
            if !right || !operation.statuses.contains(&answer.status) {
                wrong.push(format!("{operation} as {asker:?}: {found:?}, not {:?}", refusal(&operation, asker)));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {tried}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn a_site_that_does_not_exist_is_answered_like_one_of_others() {
    let shop = Shop::open();
    for operation in shop.operations().iter().filter(|operation| operation.access.starts_with("site_")) {
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
    expect![[r#"
        GET     /                                        anyone
        GET     /assets/{path}                           anyone
        GET     /livez                                   anyone
        GET     /login                                   anyone
        GET     /metrics                                 anyone
        GET     /openapi.json                            anyone
        GET     /readyz                                  anyone
        OPTIONS /s                                       anyone
        POST    /s                                       sender
        GET     /s.js                                    anyone
        GET     /setup                                   anyone
        GET     /sites/{rest}                            anyone
        OPTIONS /v1/events                               anyone
        POST    /v1/events                               sender
        POST    /v1/login                                anyone
        POST    /v1/logout                               anyone
        GET     /v1/me                                   signed_in
        POST    /v1/setup                                anyone
        GET     /v1/sites/{site}/export/{what}           site_read
        GET     /v1/sites/{site}/fields                  site_read
        POST    /v1/sites/{site}/reports/funnel          site_read
    "#]]
    .assert_eq(&table);
}

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
        401 GET /v1/sites/{site}/export/{what}
        401 GET /v1/sites/{site}/fields
        401 POST /v1/sites/{site}/reports/funnel
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

/// One route, as it describes itself.
struct Operation {
    method: String,
    path: String,
    access: String,
    takes_body: bool,
    statuses: Vec<u16>,
}

impl std::fmt::Display for Operation {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{:7} {:40} {}", self.method, self.path, self.access)
    }
}

struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    text: String,
}

impl Answer {
    /// The stable code of a refusal; empty where there is none.
    fn code(&self) -> String {
        let body: Value = serde_json::from_str(&self.text).unwrap_or_default();
        body["error"]["code"].as_str().unwrap_or_default().to_owned()
    }

    /// All headers but those that say when and how much.
    fn headers_shown(&self) -> String {
        let changing = ["date", "content-length", "transfer-encoding", "etag", "set-cookie", "connection"];
        let kept = self.headers.iter().filter(|(name, _)| !changing.contains(&name.as_str()));
        kept.map(|(name, value)| format!("    {name}: {value}\n")).collect()
    }
}

/// A server with two sites, keys to both, and a user of each role.
struct Shop {
    runtime: tokio::runtime::Runtime,
    running: Option<Running>,
    agent: ureq::Agent,
    keys: Vec<(Asker, String)>,
    _directory: tempfile::TempDir,
}

impl Shop {
    fn open() -> Self {
        let flags = [("serve.listen", "127.0.0.1:0".to_owned())];
        let read = styk::config::read(None, std::iter::empty(), &flags).unwrap();
        let directory = tempfile::tempdir().unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let running = runtime.block_on(server::start(&read.settings, directory.path())).unwrap();
        let keys = fill(&running.control);
        // Who is refused before the body is read gets no second request on that connection.
        let config = ureq::Agent::config_builder().http_status_as_error(false).max_idle_connections(0);
        let agent = config.build().into();
        Self { runtime, running: Some(running), agent, keys, _directory: directory }
    }

    fn running(&self) -> &Running {
        self.running.as_ref().unwrap()
    }

    fn operations(&self) -> Vec<Operation> {
        let document: Value = serde_json::from_str(&self.send("GET", "/openapi.json", &[], "").text).unwrap();
        let mut operations = Vec::new();
        for (path, methods) in document["paths"].as_object().unwrap() {
            for (method, operation) in methods.as_object().unwrap() {
                let statuses = operation["responses"].as_object().unwrap().keys();
                operations.push(Operation {
                    method: method.to_uppercase(),
                    path: path.clone(),
                    access: operation["x-access"].as_str().unwrap().to_owned(),
                    takes_body: operation["requestBody"].is_object(),
                    statuses: statuses.map(|status| status.parse().unwrap()).collect(),
                });
            }
        }
        operations
    }

    fn ask(&self, operation: &Operation, asker: Asker, site: &str) -> Answer {
        let parts = [("site", site), ("what", "events"), ("rest", "shop/funnel"), ("path", "app.js"), ("id", "1")];
        let fill = |path: String, (name, value): (&str, &str)| path.replace(&format!("{{{name}}}"), value);
        let path = parts.into_iter().fold(operation.path.clone(), fill);
        assert!(!path.contains('{'), "say here what stands in {path}");
        let body = match operation.access.as_str() {
            "sender" => json!({ "site": site, "name": "page_view", "url": "https://shop.example/" }).to_string(),
            _ => "{}".to_owned(),
        };
        self.send(&operation.method, &path, &self.shown_by(asker), if operation.takes_body { &body } else { "" })
    }

    /// What the asker puts into the request. A login is new each time, for one of the routes ends it.
    fn shown_by(&self, asker: Asker) -> Vec<(&'static str, String)> {
        let login = |email: &str, days_ago: i64, page: &str| {
            let users = self.running().control.list_users().unwrap();
            let user = users.iter().find(|user| user.email == email).unwrap();
            let at = server::now().plus_ms(-days_ago * DAY_MS);
            let token = self.running().control.start_login(user, at).unwrap();
            vec![("cookie", format!("styk_login={token}")), ("sec-fetch-site", page.to_owned())]
        };
        match asker {
            Asker::Nobody => Vec::new(),
            Asker::Viewer => login("viewer@shop.example", 0, "same-origin"),
            Asker::Editor => login("editor@shop.example", 0, "same-origin"),
            Asker::Owner => login("owner@shop.example", 0, "same-origin"),
            Asker::OwnerOnAForeignPage => login("owner@shop.example", 0, "cross-site"),
            Asker::ExpiredLogin => login("owner@shop.example", 31, "same-origin"),
            Asker::ThisComputer => vec![("authorization", format!("Bearer {}", self.running().admin_secret))],
            key => {
                let (_, secret) = self.keys.iter().find(|(asker, _)| *asker == key).unwrap();
                vec![("authorization", format!("Bearer {secret}"))]
            }
        }
    }

    fn send(&self, method: &str, path: &str, headers: &[(&str, String)], body: &str) -> Answer {
        let address = format!("http://{}{path}", self.running().address);
        let mut request = ureq::http::Request::builder().method(method).uri(address);
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let mut response = match body {
            "" => self.agent.run(request.body(()).unwrap()).unwrap(),
            body => self.agent.run(request.body(body.to_owned()).unwrap()).unwrap(),
        };
        let shown =
            response.headers().iter().map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
        let mut headers: Vec<_> = shown.collect();
        headers.sort();
        let text = String::from_utf8_lossy(&response.body_mut().read_to_vec().unwrap()).into_owned();
        Answer { status: response.status().as_u16(), headers, text }
    }
}

impl Drop for Shop {
    fn drop(&mut self) {
        if let Some(running) = self.running.take() {
            self.runtime.block_on(running.stop());
        }
    }
}

/// Makes the sites, their keys and the users.
fn fill(control: &Control) -> Vec<(Asker, String)> {
    let [shop, other] = ["shop", "other"].map(|name| {
        let key = SiteKey::parse(name).unwrap();
        let site = NewSite {
            key: key.clone(),
            domains: vec![format!("{name}.example")],
            time_zone: "UTC".to_owned(),
            currency: Currency::parse("EUR").unwrap(),
        };
        control.add_site(site).unwrap();
        key
    });
    for role in [Role::Viewer, Role::Editor, Role::Owner] {
        control.add_user(&format!("{}@shop.example", role.as_str()), "correct horse battery", role).unwrap();
    }
    let key = |site, scope| control.add_key(site, scope, "").unwrap();
    let revoked = key(&shop, Scope::Admin);
    control.revoke_key(control.list_keys().unwrap()[0].id).unwrap();
    vec![
        (Asker::RevokedKey, revoked),
        (Asker::CollectKey, key(&shop, Scope::Collect)),
        (Asker::ReadKey, key(&shop, Scope::Read)),
        (Asker::AdminKey, key(&shop, Scope::Admin)),
        (Asker::OtherSitesCollectKey, key(&other, Scope::Collect)),
        (Asker::OtherSitesReadKey, key(&other, Scope::Read)),
        (Asker::OtherSitesAdminKey, key(&other, Scope::Admin)),
    ]
}
