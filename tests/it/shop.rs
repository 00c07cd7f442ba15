//! A shop for tests: the real server on loopback with one site, `shop`, and stories sent through its real door.
//!
//! A story has a line an event: `visitor [date] time event field=value …`. Times are UTC (`10:00`, `10:00:30.250`,
//! or `now-90s`), on [`DAY`] where no date is given. Lines are sent in the order they stand in; `---` begins another
//! request, `#` a comment. A field that [`event_of`] does not know is one of the event's own properties.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde_json::{Map, Value, json};
use styk::control::{NewSite, Scope, SiteChange};
use styk::domain::money::Currency;
use styk::domain::name::SiteKey;
use styk::report::text;
use styk::server::Running;

/// The day of a story that names none.
pub(crate) const DAY: &str = "2024-11-20";
/// Nothing in a test takes so long; a wait that does has failed.
const WAIT_MAX: Duration = Duration::from_secs(120);
/// One request takes so many events.
const EVENTS_MAX: usize = 1_000;

/// A running server, its data, and who speaks to it.
pub(crate) struct Shop {
    flags: Vec<(&'static str, String)>,
    server: Option<(tokio::runtime::Runtime, Running)>,
    agent: ureq::Agent,
    key: String,
    sent: u64,
    // Dropped last: the server is closed before its data goes.
    directory: tempfile::TempDir,
}

impl Shop {
    /// A shop nobody has visited.
    pub(crate) fn open() -> Self {
        Self::open_set(&[])
    }

    /// A shop whose story is loaded.
    pub(crate) fn open_with(story: &str) -> Self {
        let mut shop = Self::open();
        shop.tell(story);
        shop
    }

    /// A shop whose server runs with these settings (`section.key`, value).
    pub(crate) fn open_set(settings: &[(&'static str, &str)]) -> Self {
        let listen = [("serve.listen", "127.0.0.1:0")];
        let flags = listen.iter().chain(settings).map(|(key, value)| (*key, (*value).to_owned())).collect();
        let agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let directory = tempfile::tempdir().unwrap();
        let mut shop = Self { flags, server: None, agent, key: String::new(), sent: 0, directory };
        shop.start();
        let site = NewSite {
            key: site_key(),
            domains: vec!["shop.example".to_owned()],
            time_zone: "UTC".to_owned(),
            currency: Currency::parse("EUR").unwrap(),
        };
        let control = &shop.running().control;
        control.add_site(site).unwrap();
        shop.key = control.add_key(&site_key(), Scope::Collect, "stories").unwrap();
        shop
    }

    /// The same shop with days that begin elsewhere.
    pub(crate) fn in_time_zone(self, name: &str) -> Self {
        let change = SiteChange { time_zone: Some(name.to_owned()), ..SiteChange::default() };
        self.running().control.set_site(&site_key(), change).unwrap();
        self
    }

    /// Stops the server and starts another one on the same data.
    pub(crate) fn restart(&mut self) {
        self.stop();
        self.start();
        self.wait_until_loaded();
    }

    /// The same with other settings (`section.key`, value) from now on.
    pub(crate) fn restart_set(&mut self, settings: &[(&'static str, &str)]) {
        self.flags.extend(settings.iter().map(|(key, value)| (*key, (*value).to_owned())));
        self.restart();
    }

    /// Sends a story and waits until questions see it.
    pub(crate) fn tell(&mut self, story: &str) {
        for request in story.split("---") {
            self.send(&events_of(request));
        }
        self.wait_until_loaded();
    }

    /// The same from pages of the shop in visitors' browsers, which cannot date their events back: times are `now-90s`.
    pub(crate) fn tell_from_pages(&mut self, story: &str) {
        for request in story.split("---") {
            let events = events_of(request);
            let body = json!({ "site": "shop", "events": events }).to_string();
            let page = self.agent.post(self.url("/v1/events")).header("origin", "https://shop.example");
            let mut response = page.send(body.as_str()).unwrap();
            let text = response.body_mut().read_to_string().unwrap();
            let reply = Reply { status: response.status().as_u16(), text };
            assert_eq!((reply.status, &reply.json()["accepted"]), (202, &json!(events.len())), "{}", reply.text);
            self.sent += events.len() as u64;
        }
        self.wait_until_loaded();
    }

    /// Sends events, which must all be accepted.
    pub(crate) fn send(&mut self, events: &[Value]) {
        for events in events.chunks(EVENTS_MAX) {
            let body = json!({ "site": "shop", "events": events }).to_string();
            let reply = self.post("/v1/events", &self.key, &body);
            assert_eq!((reply.status, &reply.json()["accepted"]), (202, &json!(events.len())), "{}", reply.text);
            self.sent += events.len() as u64;
        }
    }

    /// Waits until everything that was sent is loaded.
    pub(crate) fn wait_until_loaded(&self) {
        let began = Instant::now();
        while self.metric("styk_load_next_sequence") < self.metric("styk_journal_next_sequence").max(self.sent) {
            assert!(began.elapsed() < WAIT_MAX, "the load does not catch up");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// One of the server's counters.
    pub(crate) fn metric(&self, name: &str) -> u64 {
        let text = self.agent.get(self.url("/metrics")).call().unwrap().body_mut().read_to_string().unwrap();
        crate::metrics::metric(&text, name)
    }

    /// The answer to a funnel as [`question`] has it, which must be good.
    #[track_caller]
    pub(crate) fn funnel(&self, asked: Value) -> Value {
        let reply = self.ask(&question(asked).to_string());
        assert_eq!(reply.status, 200, "{}", reply.text);
        reply.json()
    }

    /// The answer as people read it in the terminal, without the moment of arrival, which differs each time.
    #[track_caller]
    pub(crate) fn funnel_table(&self, asked: Value) -> String {
        let mut answer = self.funnel(asked);
        if answer["data_through"].is_string() {
            answer["data_through"] = json!("now");
        }
        text::funnel_table(&answer).lines().map(|line| line.trim_end().to_owned() + "\n").collect()
    }

    /// The SQL of a funnel.
    #[track_caller]
    pub(crate) fn funnel_sql(&self, asked: Value) -> String {
        let path = "/v1/sites/shop/reports/funnel?show=sql";
        let reply = self.post(path, &self.running().admin_secret, &question(asked).to_string());
        assert_eq!(reply.status, 200, "{}", reply.text);
        reply.text
    }

    /// What is said to this body of a funnel's question.
    pub(crate) fn ask(&self, body: &str) -> Reply {
        self.ask_for("funnel", body)
    }

    /// What is said to this body of a report's question.
    pub(crate) fn ask_for(&self, report: &str, body: &str) -> Reply {
        self.post(&format!("/v1/sites/shop/reports/{report}"), &self.running().admin_secret, body)
    }

    /// Where and why a report refuses a question, in one line; it must, as a bad one.
    #[track_caller]
    pub(crate) fn refusal(&self, report: &str, asked: &Value) -> String {
        let reply = self.ask_for(report, &asked.to_string());
        assert_eq!(reply.status, 400, "{asked} was answered with {}", reply.text);
        let error = &reply.json()["error"];
        assert_eq!(error["code"], "bad_request");
        let message: String = error["message"].as_str().unwrap().chars().take(90).collect();
        format!("{}: {message}\n", error["field"].as_str().unwrap_or("(all)"))
    }

    /// The answer of a report to a question about the story's day, which must be good.
    #[track_caller]
    pub(crate) fn report(&self, report: &str, asked: Value) -> Value {
        let reply = self.ask_for(report, &question(asked).to_string());
        assert_eq!(reply.status, 200, "{}", reply.text);
        reply.json()
    }

    /// What is said to a question about the people behind a bar.
    pub(crate) fn ask_people(&self, asked: &Value) -> Reply {
        self.post("/v1/sites/shop/reports/funnel/visitors", &self.running().admin_secret, &asked.to_string())
    }

    /// The people behind a bar; the question must be good.
    #[track_caller]
    pub(crate) fn people(&self, asked: &Value) -> Value {
        let reply = self.ask_people(asked);
        assert_eq!(reply.status, 200, "{}", reply.text);
        reply.json()
    }

    /// What is said to a request of any method, by whom everything is allowed.
    pub(crate) fn send_to(&self, method: &str, path: &str, body: &str) -> Reply {
        let request = ureq::http::Request::builder().method(method).uri(self.url(path));
        let request = request.header("authorization", format!("Bearer {}", self.running().admin_secret));
        let mut response = self.agent.run(request.body(body.to_owned()).unwrap()).unwrap();
        Reply { status: response.status().as_u16(), text: response.body_mut().read_to_string().unwrap() }
    }

    pub(crate) fn post(&self, path: &str, secret: &str, body: &str) -> Reply {
        let request = self.agent.post(self.url(path)).header("authorization", format!("Bearer {secret}"));
        let mut response = request.send(body).unwrap();
        Reply { status: response.status().as_u16(), text: response.body_mut().read_to_string().unwrap() }
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.running().address)
    }

    fn running(&self) -> &Running {
        &self.server.as_ref().expect("a shop that is used is open").1
    }

    fn start(&mut self) {
        let read = styk::config::read(None, std::iter::empty(), &self.flags).unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let running = runtime.block_on(styk::server::start(&read.settings, self.directory.path())).unwrap();
        self.server = Some((runtime, running));
    }

    fn stop(&mut self) {
        if let Some((runtime, running)) = self.server.take() {
            runtime.block_on(running.stop());
        }
    }
}

impl Drop for Shop {
    fn drop(&mut self) {
        self.stop();
    }
}

/// What the server said.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) text: String,
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }
}

fn site_key() -> SiteKey {
    SiteKey::parse("shop").unwrap()
}

/// The API's question for a short one: the story's day where no dates are given, and steps as words
/// (`purchase`, `page:/checkout/*`, `touchpoint:ad`, `stage:purchase`, with `?` behind optional ones).
pub(crate) fn question(asked: Value) -> Value {
    let mut question = json!({ "from": DAY, "to": "2024-11-21" });
    let fields = question.as_object_mut().unwrap();
    let Value::Object(asked) = asked else { panic!("a question is an object") };
    fields.extend(asked);
    if let Some(Value::Array(steps)) = fields.get_mut("steps") {
        steps.iter_mut().for_each(spell_step);
    }
    question
}

fn spell_step(step: &mut Value) {
    let Some(words) = step.as_str() else { return };
    let (name, optional) = words.strip_suffix('?').map_or((words, false), |name| (name, true));
    let (kind, name) = name.split_once(':').unwrap_or(("event", name));
    *step = json!({ kind: name, "optional": optional });
}

/// The events of a story without `---`, in its order.
fn events_of(story: &str) -> Vec<Value> {
    let lines = story.lines().map(|line| line.split('#').next().unwrap_or_default().trim());
    lines.filter(|line| !line.is_empty()).map(event_of).collect()
}

fn event_of(line: &str) -> Value {
    let mut words = line.split_whitespace().peekable();
    let visitor = words.next().expect("the line is not empty");
    let date = words.next_if(|word| word.starts_with("20")).unwrap_or(DAY);
    let time = words.next().unwrap_or_else(|| panic!("no time: {line}"));
    let name = words.next().unwrap_or_else(|| panic!("no event: {line}"));
    let (mut event, mut properties, mut items) = (Map::new(), Map::new(), Vec::new());
    let (mut path, mut query) = (None, Vec::new());
    for word in words {
        let (field, value) = word.split_once('=').unwrap_or_else(|| panic!("`{word}` is not field=value: {line}"));
        match field {
            "page" => path = Some(value),
            "gclid" | "utm_source" | "utm_medium" | "utm_campaign" => query.push(word),
            "referrer" => drop(event.insert(field.to_owned(), json!(format!("https://{value}/")))),
            "device" => drop(event.insert("user_agent".to_owned(), json!(agent_of(value)))),
            "item" => {
                let mut parts = value.split('/');
                let (id, category) = (parts.next(), parts.next().expect("item=ID/CATEGORY[/PRICE[/PIECES]]"));
                let (price, pieces) = (parts.next(), parts.next().map_or(1, |pieces| pieces.parse::<u32>().unwrap()));
                let mut item = json!({ "item_id": id, "item_category": category, "quantity": pieces });
                price.into_iter().for_each(|price| item["price"] = json!(price));
                items.push(item);
            }
            "id" | "customer" | "value" | "currency" | "cart_id" | "transaction_id" | "touchpoint" | "country"
            | "language" => drop(event.insert(field.to_owned(), json!(value))),
            _ => drop(properties.insert(field.to_owned(), json!(value))),
        }
    }
    if path.is_some() || !query.is_empty() {
        let address = format!("https://shop.example{}?{}", path.unwrap_or("/"), query.join("&"));
        event.insert("url".to_owned(), json!(address));
    }
    let own = [("visitor", json!(visitor)), ("name", json!(name)), ("occurred_at", moment_of(date, time))];
    let rest = [("items", json!(items)), ("properties", Value::Object(properties))];
    event.extend(own.into_iter().chain(rest).map(|(field, value)| (field.to_owned(), value)));
    Value::Object(event)
}

/// RFC 3339, or milliseconds since 1970 for `now` and `now-90s`.
fn moment_of(date: &str, time: &str) -> Value {
    if let Some(ago) = time.strip_prefix("now") {
        let seconds: u64 = if ago.is_empty() { 0 } else { ago[1..ago.len() - 1].parse().expect("now-90s") };
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap() - Duration::from_secs(seconds);
        return json!(now.as_millis() as u64);
    }
    let seconds = if time.matches(':').count() == 1 { ":00" } else { "" };
    json!(format!("{date}T{time}{seconds}Z"))
}

/// What a browser on such a device says of itself.
pub(crate) fn agent_of(device: &str) -> &'static str {
    match device {
        "mobile" => concat!(
            "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) ",
            "Chrome/124.0.0.0 Mobile Safari/537.36"
        ),
        "desktop" => concat!(
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) ",
            "Chrome/124.0.0.0 Safari/537.36"
        ),
        "tablet" => concat!(
            "Mozilla/5.0 (iPad; CPU OS 16_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) ",
            "Version/16.6 Mobile/15E148 Safari/604.1"
        ),
        other => panic!("no such device in stories: {other}"),
    }
}
