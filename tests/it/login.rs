//! Signing in over HTTP, and who may see which site.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use axum::Extension;
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode};
use expect_test::expect;
use http_body_util::BodyExt;
use styk::control::{Control, NewSite, Role, Scope};
use styk::domain::money::Currency;
use styk::domain::name::SiteKey;
use styk::domain::time::{DAY_MS, Timestamp};
use styk::report::door::{ClientAddress, Door, Options, SiteScope};
use styk::report::login;
use styk::route::{self, Access, Endpoint, May};
use tempfile::TempDir;
use tower::ServiceExt;

const PASSWORD: &str = "correct horse battery";
const HOST: &str = "styk.example";
const CLIENT: ClientAddress = ClientAddress(IpAddr::V4(Ipv4Addr::new(198, 51, 100, 7)));
const OWN_PAGE: (&str, &str) = ("origin", "https://styk.example");

#[tokio::test]
async fn signing_in_shows_who_one_is_until_one_signs_out() {
    let shop = Shop::open();
    shop.control.add_user("ann@shop.example", PASSWORD, Role::Editor).unwrap();
    let cookie = shop.sign_in("ann@shop.example").await;

    let me = shop.ask("GET", "/v1/me", &[("cookie", &cookie)], "").await;
    assert_eq!(me.status, 200);
    expect![[r#"{"email":"ann@shop.example","role":"editor","sites":[{"key":"other","name":"other","time_zone":"Europe/Warsaw","currency":"EUR","domains":["other.example"]},{"key":"shop","name":"shop","time_zone":"Europe/Warsaw","currency":"EUR","domains":["shop.example"]}]}"#]]
    .assert_eq(&me.body);

    let out = shop.ask("POST", "/v1/logout", &[("cookie", &cookie), OWN_PAGE], "").await;
    assert_eq!(out.status, 204);
    assert!(out.header("set-cookie").contains("Max-Age=0"), "{}", out.header("set-cookie"));
    shop.ask("GET", "/v1/me", &[("cookie", &cookie)], "").await.expect(401, "sign_in_required");
    assert_eq!(shop.ask("POST", "/v1/logout", &[("cookie", &cookie), OWN_PAGE], "").await.status, 204);
}

#[tokio::test]
async fn the_cookie_is_closed_to_scripts_and_bound_to_the_host_over_https() {
    let shop = Shop::open();
    shop.control.add_user("ann@shop.example", PASSWORD, Role::Viewer).unwrap();
    let form = form("ann@shop.example", PASSWORD);
    let signed_in = shop.ask("POST", "/v1/login", &[], &form).await;
    let attributes = |answer: &Answer| {
        let cookie = answer.header("set-cookie").to_owned();
        let (pair, attributes) = cookie.split_once("; ").unwrap();
        (pair.split_once('=').unwrap().0.to_owned(), attributes.to_owned())
    };
    let (name, rest) = attributes(&signed_in);
    assert_eq!(name, "__Host-styk");
    assert_eq!(rest, "Path=/; Max-Age=2592000; HttpOnly; SameSite=Lax; Secure");

    let plain = Shop::open_with(Options { secure_cookies: false });
    plain.control.add_user("ann@shop.example", PASSWORD, Role::Viewer).unwrap();
    let (name, rest) = attributes(&plain.ask("POST", "/v1/login", &[], &form).await);
    assert_eq!(name, "styk_login");
    assert_eq!(rest, "Path=/; Max-Age=2592000; HttpOnly; SameSite=Lax");
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_user_get_the_same_answer() {
    let shop = Shop::open();
    shop.control.add_user("ann@shop.example", PASSWORD, Role::Viewer).unwrap();
    let wrong = shop.ask("POST", "/v1/login", &[], &form("ann@shop.example", "wrong horse battery")).await;
    let unknown = shop.ask("POST", "/v1/login", &[], &form("bob@shop.example", PASSWORD)).await;
    wrong.expect(401, "wrong_email_or_password");
    assert_eq!((wrong.status, &wrong.headers, &wrong.body), (unknown.status, &unknown.headers, &unknown.body));
    assert!(wrong.headers.get("set-cookie").is_none());
}

#[tokio::test]
async fn guessing_is_slowed_down_without_locking_the_user_out() {
    let shop = Shop::open();
    shop.control.add_user("ann@shop.example", PASSWORD, Role::Viewer).unwrap();
    let guess = form("ann@shop.example", "wrong horse battery");
    for _ in 0..10 {
        shop.ask("POST", "/v1/login", &[], &guess).await.expect(401, "wrong_email_or_password");
    }
    let refused = shop.ask("POST", "/v1/login", &[], &form(" ANN@shop.example", PASSWORD)).await;
    refused.expect(429, "too_many_requests");
    let seconds: i64 = refused.header("retry-after").parse().unwrap();
    assert!((1..=61).contains(&seconds), "{seconds}");

    let ann = Shop { client: ClientAddress("2001:db8::1".parse().unwrap()), ..shop };
    ann.sign_in("ann@shop.example").await;

    let shop = Shop { client: CLIENT, ..ann };
    shop.advance_ms(seconds * 1_000);
    shop.sign_in("ann@shop.example").await;
}

#[tokio::test]
async fn one_address_cannot_try_one_password_on_everybody() {
    let shop = Shop::open();
    for number in 0..30 {
        let form = form(&format!("user{number}@shop.example"), PASSWORD);
        shop.ask("POST", "/v1/login", &[], &form).await.expect(401, "wrong_email_or_password");
    }
    let form = form("one-more@shop.example", PASSWORD);
    shop.ask("POST", "/v1/login", &[], &form).await.expect(429, "too_many_requests");
}

#[tokio::test]
async fn a_hundred_logins_at_once_are_all_answered() {
    let shop = Shop::open();
    shop.control.add_user("ann@shop.example", PASSWORD, Role::Viewer).unwrap();
    let tries = (0..100).map(|number: u8| {
        let router = shop.router.clone();
        let client = ClientAddress(IpAddr::from([192, 0, 2, number]));
        tokio::spawn(async move {
            let body = Body::from(form("ann@shop.example", PASSWORD));
            let request = Request::post("/v1/login").extension(client).body(body).unwrap();
            router.oneshot(request).await.unwrap().status()
        })
    });
    let tries: Vec<_> = tries.collect();
    for answer in tries {
        assert_eq!(answer.await.unwrap(), StatusCode::NO_CONTENT);
    }
}

#[tokio::test]
async fn the_set_up_link_makes_the_first_owner_once() {
    let shop = Shop::open();
    let token = shop.control.setup_token().unwrap().unwrap();
    let form = |token: &str, email: &str, password: &str| {
        format!(r#"{{"token":"{token}","email":"{email}","password":"{password}"}}"#)
    };
    let set_up = async |form: &str| shop.ask("POST", "/v1/setup", &[], form).await;
    set_up(&form("guess", "eve@shop.example", PASSWORD)).await.expect(403, "link_used");
    set_up(&form(&token, "ann", PASSWORD)).await.expect(400, "bad_email");
    let weak = set_up(&form(&token, "ann@shop.example", "too short")).await;
    weak.expect(400, "weak_password");
    assert!(weak.body.contains(r#""field":"password""#), "{}", weak.body);

    let done = set_up(&form(&token, "ann@shop.example", PASSWORD)).await;
    assert_eq!(done.status, 204);
    let me = shop.ask("GET", "/v1/me", &[("cookie", &done.cookie())], "").await;
    assert!(me.body.starts_with(r#"{"email":"ann@shop.example","role":"owner""#), "{}", me.body);
    set_up(&form(&token, "eve@shop.example", PASSWORD)).await.expect(403, "link_used");
}

#[tokio::test]
async fn pages_of_other_sites_cannot_use_the_cookie() {
    let shop = Shop::open();
    shop.control.add_user("ann@shop.example", PASSWORD, Role::Owner).unwrap();
    let cookie = shop.sign_in("ann@shop.example").await;
    let refused: &[&[(&str, &str)]] = &[
        &[],
        &[("origin", "https://evil.example")],
        &[("origin", "null")],
        &[("origin", "https://styk.example.evil.example")],
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site"), OWN_PAGE],
    ];
    for &headers in refused {
        let headers = [headers, &[("cookie", cookie.as_str())]].concat();
        for (method, path) in [("POST", "/v1/logout"), ("POST", "/v1/sites/shop/x"), ("DELETE", "/v1/sites/shop/x")] {
            shop.ask(method, path, &headers, "").await.expect(403, "cross_site");
        }
    }
    let others: &[(&str, &str)] = &[("origin", "https://evil.example")];
    shop.ask("POST", "/v1/login", others, &form("ann@shop.example", PASSWORD)).await.expect(403, "cross_site");
    for own in [OWN_PAGE, ("sec-fetch-site", "same-origin")] {
        assert_eq!(shop.ask("POST", "/v1/sites/shop/x", &[("cookie", &cookie), own], "").await.status, 200);
    }
    assert_eq!(shop.ask("GET", "/v1/sites/shop/x", &[("cookie", &cookie)], "").await.status, 200);
}

#[tokio::test]
async fn a_key_opens_its_own_site_and_no_other() {
    let shop = Shop::open();
    let key = |site: &str, scope| shop.control.add_key(&SiteKey::parse(site).unwrap(), scope, "").unwrap();
    let (read, admin, collect) = (key("shop", Scope::Read), key("shop", Scope::Admin), key("shop", Scope::Collect));
    let ask = async |site: &str, secret: &str| {
        let bearer = format!("Bearer {secret}");
        shop.ask("GET", &format!("/v1/sites/{site}/x"), &[("authorization", &bearer)], "").await
    };
    assert_eq!(ask("shop", &read).await.body, "shop");
    assert_eq!(ask("shop", &admin).await.body, "shop");
    assert_eq!(ask("other", shop.control.admin_secret()).await.body, "other");
    ask("other", &read).await.expect(404, "unknown_site");
    ask("nowhere", &read).await.expect(404, "unknown_site");
    ask("shop%00", &read).await.expect(404, "unknown_site");
    ask("..%2f..%2fetc%2fpasswd", &read).await.expect(404, "unknown_site");
    ask("shop", &collect).await.expect(403, "scope");

    let revoked = shop.control.list_keys().unwrap().into_iter().find(|key| key.scope == Scope::Read).unwrap();
    shop.control.revoke_key(revoked.id).unwrap();
    for secret in [read.as_str(), "styk_read_guess", ""] {
        let refused = ask("shop", secret).await;
        refused.expect(401, "sign_in_required");
        assert_eq!(refused.header("www-authenticate"), "Bearer");
    }
}

#[tokio::test]
async fn strangers_cannot_tell_which_sites_there_are() {
    let shop = Shop::open();
    let real = shop.ask("GET", "/v1/sites/shop/x", &[], "").await;
    let none = shop.ask("GET", "/v1/sites/nowhere/x", &[], "").await;
    real.expect(401, "sign_in_required");
    assert_eq!((real.status, &real.headers, &real.body), (none.status, &none.headers, &none.body));
}

#[tokio::test]
async fn a_user_sees_every_site_by_role_and_a_login_ends_when_it_is_old() {
    let shop = Shop::open();
    let roles = [("v@s.pl", Role::Viewer, 1), ("e@s.pl", Role::Editor, 2), ("o@s.pl", Role::Owner, 3)];
    for (email, role, allowed) in roles {
        shop.control.add_user(email, PASSWORD, role).unwrap();
        let cookie = shop.sign_in(email).await;
        for (place, method) in ["GET", "POST", "DELETE"].into_iter().enumerate() {
            for site in ["shop", "other"] {
                let answer =
                    shop.ask(method, &format!("/v1/sites/{site}/x"), &[("cookie", &cookie), OWN_PAGE], "").await;
                if place < allowed {
                    assert_eq!((answer.status, answer.body.as_str()), (200, site), "{email} {method}");
                } else {
                    answer.expect(403, "role");
                }
            }
        }
    }
    let cookie = shop.sign_in("v@s.pl").await;
    shop.advance_ms(30 * DAY_MS);
    shop.ask("GET", "/v1/sites/shop/x", &[("cookie", &cookie)], "").await.expect(401, "sign_in_required");
}

#[tokio::test]
async fn signing_in_again_ends_the_login_before() {
    let shop = Shop::open();
    shop.control.add_user("ann@shop.example", PASSWORD, Role::Viewer).unwrap();
    let before = shop.sign_in("ann@shop.example").await;
    let form = form("ann@shop.example", PASSWORD);
    let after = shop.ask("POST", "/v1/login", &[("cookie", &before)], &form).await.cookie();
    assert_ne!(before, after);
    shop.ask("GET", "/v1/me", &[("cookie", &before)], "").await.expect(401, "sign_in_required");
    assert_eq!(shop.ask("GET", "/v1/me", &[("cookie", &after)], "").await.status, 200);
}

#[tokio::test]
async fn a_body_that_is_none_is_refused_without_quoting_it() {
    let shop = Shop::open();
    for body in ["", "null", "{", r#"{"email":"a@b.pl","password":["hunter2hunter2"]}"#, r#"{"email":"a@b.pl"}"#] {
        let refused = shop.ask("POST", "/v1/login", &[], body).await;
        refused.expect(400, "bad_json");
        assert!(!refused.body.contains("hunter2"), "{}", refused.body);
    }
    let long = form("ann@shop.example", &"x".repeat(5_000));
    shop.ask("POST", "/v1/login", &[], &long).await.expect(413, "body_too_large");
}

/// Two sites, nobody signed in, a clock that moves when told, and one route that says who it thinks asks.
struct Shop {
    control: Control,
    router: Router,
    client: ClientAddress,
    clock_ms: Arc<AtomicI64>,
    _dir: TempDir,
}

impl Shop {
    fn open() -> Self {
        Self::open_with(Options { secure_cookies: true })
    }

    fn open_with(options: Options) -> Self {
        let dir = TempDir::new().unwrap();
        let control = Control::open(dir.path()).unwrap();
        for key in ["other", "shop"] {
            let site = NewSite {
                key: SiteKey::parse(key).unwrap(),
                domains: vec![format!("{key}.example")],
                time_zone: "Europe/Warsaw".to_owned(),
                currency: Currency::parse("EUR").unwrap(),
            };
            control.add_site(site).unwrap();
        }
        let clock_ms = Arc::new(AtomicI64::new(20_000 * DAY_MS));
        let clock = Arc::clone(&clock_ms);
        let now = move || Timestamp::from_ms(clock.load(Ordering::SeqCst));
        let door = Door::new(control.clone(), now, options);
        let mut routes = login::routes(&door);
        for (method, may) in [(Method::GET, May::Read), (Method::POST, May::Edit), (Method::DELETE, May::Administer)] {
            let endpoint = Endpoint::new(method, "/v1/sites/{site}/x", Access::Site(may), "");
            routes.push(door.guard(endpoint.serve(tell, ())));
        }
        Self { control, router: route::router(routes), client: CLIENT, clock_ms, _dir: dir }
    }

    fn advance_ms(&self, ms: i64) {
        self.clock_ms.fetch_add(ms, Ordering::SeqCst);
    }

    async fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let mut request = Request::builder().method(method).uri(path).header("host", HOST).extension(self.client);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::from(body.to_owned())).unwrap();
        let (parts, body) = self.router.clone().oneshot(request).await.unwrap().into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Answer {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body: String::from_utf8(body.to_vec()).unwrap(),
        }
    }

    async fn sign_in(&self, email: &str) -> String {
        let answer = self.ask("POST", "/v1/login", &[], &form(email, PASSWORD)).await;
        assert_eq!(answer.status, 204, "{}", answer.body);
        answer.cookie()
    }
}

async fn tell(Extension(scope): Extension<SiteScope>) -> String {
    scope.site.key.to_string()
}

fn form(email: &str, password: &str) -> String {
    format!(r#"{{"email":"{email}","password":"{password}"}}"#)
}

struct Answer {
    status: u16,
    headers: HeaderMap,
    body: String,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The cookie as the browser sends it back.
    fn cookie(&self) -> String {
        self.header("set-cookie").split(';').next().unwrap().to_owned()
    }

    #[track_caller]
    fn expect(&self, status: u16, code: &str) {
        assert_eq!(self.status, status, "{}", self.body);
        assert!(self.body.starts_with(&format!(r#"{{"error":{{"code":"{code}","message":""#)), "{}", self.body);
    }
}
