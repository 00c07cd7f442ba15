//! How commands speak to the server: the one that runs, or one started for this command alone.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, bail};
use serde_json::Value;

use crate::config::Settings;
use crate::control::{self, Control};
use crate::domain::name::SiteKey;
use crate::server::{self, Running};
use crate::store::archive::StoreCheck;

/// A command waits so long for one answer.
const ANSWER_SECONDS_MAX: u64 = 600;
/// How often the server is asked how far it is.
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// A store that was found closed so many times in a row is not waited for.
const LOOKS_CLOSED_MAX: u32 = 600;
/// So often a request is sent again when the server is busy.
const TRIES_MAX: u32 = 60;

/// A way to the server, with the secret that opens every site.
pub(super) struct Client {
    agent: ureq::Agent,
    address: String,
    secret: String,
    own: Option<(tokio::runtime::Runtime, Running)>,
}

impl Client {
    /// Finds the running server of `data`, or starts one that listens on loopback until this value is closed.
    pub(super) fn connect(settings: &Settings, data: &Path) -> anyhow::Result<Self> {
        if let Some(client) = Self::running(data)? {
            return Ok(client);
        }
        let client = Self::start(settings, data)?;
        client.wait_until_loaded()?;
        Ok(client)
    }

    /// Starts a server on `data` that listens on loopback until this value is closed.
    pub(super) fn start(settings: &Settings, data: &Path) -> anyhow::Result<Self> {
        let mut settings = settings.clone();
        settings.serve.listen = ([127, 0, 0, 1], 0).into();
        let runtime = tokio::runtime::Runtime::new().context("no threads to run on")?;
        let running = runtime.block_on(server::start(&settings, data))?;
        let (address, secret) = (running.address, running.admin_secret.clone());
        Ok(Self::new(&address.to_string(), secret, Some((runtime, running))))
    }

    /// The server that runs on `data`, if one answers.
    pub(super) fn running(data: &Path) -> anyhow::Result<Option<Self>> {
        let Some(file) = control::read_server_file(data)? else { return Ok(None) };
        let client = Self::new(&file.address.to_string(), file.secret, None);
        // A server that was killed leaves its file behind.
        let alive = client.agent.get(client.url("/livez")).call().is_ok();
        Ok(alive.then_some(client))
    }

    /// A client of the server at `address`.
    pub(super) fn new(address: &str, secret: String, own: Option<(tokio::runtime::Runtime, Running)>) -> Self {
        let agent = ureq::Agent::config_builder()
            .timeout_global(Some(Duration::from_secs(ANSWER_SECONDS_MAX)))
            .http_status_as_error(false)
            .build()
            .into();
        Self { agent, address: format!("http://{address}"), secret, own }
    }

    /// Posts JSON and gives the answer's text.
    pub(super) fn post(&self, path: &str, body: &[u8]) -> anyhow::Result<String> {
        let answer = self.try_post(path, body)?;
        if 300 <= answer.status {
            bail!("{}", refusal(&answer.text));
        }
        Ok(answer.text)
    }

    /// The same, whatever the answer is.
    pub(super) fn try_post(&self, path: &str, body: &[u8]) -> anyhow::Result<Answer> {
        self.post_with(path, body, &self.secret)
    }

    /// Posts with another secret; tries again as long as the server says that it is busy, unless its
    /// disk is full.
    pub(super) fn post_with(&self, path: &str, body: &[u8], secret: &str) -> anyhow::Result<Answer> {
        for _ in 0..TRIES_MAX {
            let mut response = self
                .agent
                .post(self.url(path))
                .header("authorization", format!("Bearer {secret}"))
                .header("content-type", "application/json")
                .send(body)
                .context("the server does not answer")?;
            let (status, pause) = (response.status().as_u16(), retry_after(&response));
            let text = response.body_mut().with_config().limit(1 << 30).read_to_string()?;
            // Space does not come back by itself.
            if matches!(status, 429 | 503) && error_part(&text, "code").as_deref() != Some("disk_full") {
                std::thread::sleep(pause);
                continue;
            }
            return Ok(Answer { status, text });
        }
        bail!("the server stayed busy through {TRIES_MAX} tries")
    }

    /// Asks for a change by another method than most, and gives the answer's text.
    pub(super) fn change(&self, method: &str, path: &str, body: Option<&Value>) -> anyhow::Result<String> {
        let request = ureq::http::Request::builder()
            .method(method)
            .uri(self.url(path))
            .header("authorization", format!("Bearer {}", self.secret))
            .header("content-type", "application/json");
        let body = body.map(Value::to_string).unwrap_or_default();
        let mut response = self.agent.run(request.body(body)?).context("the server does not answer")?;
        let text = response.body_mut().read_to_string()?;
        if 300 <= response.status().as_u16() {
            bail!("{}", refusal(&text));
        }
        Ok(text)
    }

    /// Gets a body, however long.
    pub(super) fn get(&self, path: &str) -> anyhow::Result<impl std::io::Read + use<>> {
        let mut response = self
            .agent
            .get(self.url(path))
            .header("authorization", format!("Bearer {}", self.secret))
            .call()
            .context("the server does not answer")?;
        if 300 <= response.status().as_u16() {
            bail!("{}", refusal(&response.body_mut().read_to_string()?));
        }
        Ok(response.into_body().into_reader())
    }

    /// Gets JSON.
    pub(super) fn get_json(&self, path: &str) -> anyhow::Result<Value> {
        serde_json::from_reader(self.get(path)?).context("the server's answer is not JSON")
    }

    /// Waits until questions see everything that was accepted before.
    pub(super) fn wait_until_loaded(&self) -> anyhow::Result<()> {
        self.watch_load(|_, _| {}).map(drop)
    }

    /// The same, and tells `each` how many of how many events are loaded. Gives how many there were.
    pub(super) fn watch_load(&self, mut each: impl FnMut(u64, u64)) -> anyhow::Result<u64> {
        let accepted = self.metric("styk_journal_next_sequence")?;
        let mut looks_closed = 0;
        loop {
            let loaded = self.metric("styk_load_next_sequence")?;
            each(loaded.min(accepted), accepted);
            if accepted <= loaded {
                return Ok(accepted);
            }
            looks_closed = if self.metric("styk_store_closed")? == 1 { looks_closed + 1 } else { 0 };
            if LOOKS_CLOSED_MAX < looks_closed {
                bail!("the store cannot be opened; the log of `styk serve` says why, and nothing is lost");
            }
            std::thread::sleep(LOOK_EVERY);
        }
    }

    /// Has the server count its store, and list the sequences it holds below `bound`.
    pub(super) fn check_store(&self, bound: u64) -> anyhow::Result<StoreCheck> {
        let text = std::io::read_to_string(self.get(&format!("/v1/upkeep/check?below={bound}"))?)?;
        serde_json::from_str(&text).context("the server's answer is not what this program expects")
    }

    /// One of the server's counters.
    pub(super) fn metric(&self, name: &str) -> anyhow::Result<u64> {
        let text = self.agent.get(self.url("/metrics")).call()?.body_mut().read_to_string()?;
        let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        line.and_then(|value| value.parse().ok()).with_context(|| format!("the server does not count `{name}`"))
    }

    /// Stops the server that was started for this command.
    pub(super) fn close(self) {
        if let Some((runtime, running)) = self.own {
            runtime.block_on(running.stop());
        }
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.address)
    }
}

/// An answer of the server.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) text: String,
}

fn retry_after<B>(response: &ureq::http::Response<B>) -> Duration {
    let seconds = response.headers().get("retry-after").and_then(|value| value.to_str().ok()?.parse().ok());
    Duration::from_secs(seconds.unwrap_or(1)).clamp(Duration::from_millis(100), Duration::from_secs(30))
}

/// What the server said, in one line.
pub(super) fn refusal(text: &str) -> String {
    match (error_part(text, "message"), error_part(text, "field")) {
        (Some(message), Some(field)) => format!("{message} (`{field}`)"),
        (Some(message), None) => message,
        _ => text.trim().to_owned(),
    }
}

/// The message or the field of a refusal.
pub(super) fn error_part(text: &str, name: &str) -> Option<String> {
    let body: Value = serde_json::from_str(text).ok()?;
    Some(body.get("error")?.get(name)?.as_str()?.to_owned())
}

/// The site of this key, in the control file.
pub(super) fn site_of(control: &Control, key: &str) -> anyhow::Result<std::sync::Arc<control::Site>> {
    SiteKey::parse(key).with_context(|| format!("site key `{key}`"))?;
    control.site(key).with_context(|| format!("there is no site `{key}`; `styk site list` shows all"))
}
