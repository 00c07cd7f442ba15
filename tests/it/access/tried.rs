//! The server that is tried, and its table of routes as it describes itself.

use serde_json::{Value, json};
use styk::control::{Control, FrozenReport, NewSite, Role, SHARE_PREFIX, Scope, Share};
use styk::domain::id::SiteId;
use styk::domain::money::Currency;
use styk::domain::name::SiteKey;
use styk::domain::time::{DAY_MS, Timestamp};
use styk::server::{self, Running};

use super::{Asker, FUNNEL};

/// What a share link asks.
fn question_of(report: &str) -> &'static str {
    match report {
        FUNNEL => r#"{"last_days":7,"steps":[{"event":"view_item"},{"event":"purchase"}]}"#,
        _ => r#"{"last_days":7}"#,
    }
}

/// One route, as it describes itself.
pub(super) struct Operation {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) access: String,
    pub(super) takes_body: bool,
    pub(super) statuses: Vec<u16>,
}

impl Operation {
    /// Its path as tables show it: pinned scripts are named after their bytes.
    pub(super) fn shown_path(&self) -> String {
        let is_hash = |part: &&str| part.len() == 16 && part.bytes().all(|byte| byte.is_ascii_hexdigit());
        let hash = self.path.split('.').find(is_hash);
        hash.map_or_else(|| self.path.clone(), |hash| self.path.replace(hash, "{hash}"))
    }
}

impl Operation {
    /// The report that it answers, as a link names it.
    pub(super) fn report(&self) -> &str {
        self.path.rsplit('/').next().unwrap()
    }
}

impl std::fmt::Display for Operation {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{:7} {:40} {}", self.method, self.shown_path(), self.access)
    }
}

pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    pub(super) text: String,
}

impl Answer {
    /// The stable code of a refusal; empty where there is none.
    pub(super) fn code(&self) -> String {
        let body: Value = serde_json::from_str(&self.text).unwrap_or_default();
        body["error"]["code"].as_str().unwrap_or_default().to_owned()
    }

    /// All headers but those that say when and how much.
    pub(super) fn headers_shown(&self) -> String {
        let changing = ["date", "content-length", "transfer-encoding", "etag", "set-cookie", "connection"];
        let kept = self.headers.iter().filter(|(name, _)| !changing.contains(&name.as_str()));
        kept.map(|(name, value)| format!("    {name}: {value}\n")).collect()
    }
}

/// A server with two sites, keys to both, and a user of each role.
pub(super) struct Shop {
    runtime: tokio::runtime::Runtime,
    running: Option<Running>,
    agent: ureq::Agent,
    keys: Vec<(Asker, String)>,
    _directory: tempfile::TempDir,
}

impl Shop {
    pub(super) fn open() -> Self {
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

    pub(super) fn operations(&self) -> Vec<Operation> {
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

    pub(super) fn ask(&self, operation: &Operation, asker: Asker, site: &str) -> Answer {
        self.ask_showing(operation, &self.shown_by(asker), site)
    }

    /// Asked by whoever has a link, by its token.
    pub(super) fn ask_by_link(&self, operation: &Operation, token: &str, site: &str) -> Answer {
        self.ask_showing(operation, &[("authorization", format!("Bearer {token}"))], site)
    }

    fn ask_showing(&self, operation: &Operation, shown: &[(&str, String)], site: &str) -> Answer {
        let parts = [
            ("site", site),
            ("what", "events"),
            ("rest", "shop/funnel"),
            ("path", "app.js"),
            ("id", "999"),
            ("customer", "C-1"),
        ];
        let fill = |path: String, (name, value): (&str, &str)| path.replace(&format!("{{{name}}}"), value);
        let path = parts.into_iter().fold(operation.path.clone(), fill);
        assert!(!path.contains('{'), "say here what stands in {path}");
        let body = match operation.access.as_str() {
            "sender" => json!({ "site": site, "name": "page_view", "url": "https://shop.example/" }).to_string(),
            // Whatever the link asks.
            "report" if shown.iter().any(|(_, value)| value.contains(SHARE_PREFIX)) => String::new(),
            _ => "{}".to_owned(),
        };
        self.send(&operation.method, &path, shown, if operation.takes_body { &body } else { "" })
    }

    /// A link to a report of the shop.
    pub(super) fn share(&self, report: &str) -> String {
        let control = &self.running().control;
        share(control, control.site("shop").unwrap().id, report, server::now()).1
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

    pub(super) fn send(&self, method: &str, path: &str, headers: &[(&str, String)], body: &str) -> Answer {
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

/// Makes a link, and its token.
fn share(control: &Control, site: SiteId, report: &str, at: Timestamp) -> (Share, String) {
    let question = question_of(report).to_owned();
    let frozen = FrozenReport { name: String::new(), report: report.to_owned(), question };
    control.add_share(site, frozen, 30, at).unwrap().unwrap()
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
    let share = |site: &SiteKey, days_ago: i64| {
        let site = control.site(site.as_str()).unwrap().id;
        share(control, site, FUNNEL, server::now().plus_ms(-days_ago * DAY_MS))
    };
    let (revoked_share, revoked_token) = share(&shop, 0);
    control.revoke_share(revoked_share.site, revoked_share.id).unwrap();
    vec![
        (Asker::ShareToken, share(&shop, 0).1),
        (Asker::OtherSitesShareToken, share(&other, 0).1),
        (Asker::ExpiredShareToken, share(&shop, 31).1),
        (Asker::RevokedShareToken, revoked_token),
        (Asker::RevokedKey, revoked),
        (Asker::CollectKey, key(&shop, Scope::Collect)),
        (Asker::ReadKey, key(&shop, Scope::Read)),
        (Asker::AdminKey, key(&shop, Scope::Admin)),
        (Asker::OtherSitesCollectKey, key(&other, Scope::Collect)),
        (Asker::OtherSitesReadKey, key(&other, Scope::Read)),
        (Asker::OtherSitesAdminKey, key(&other, Scope::Admin)),
    ]
}
