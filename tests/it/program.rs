//! Drives the real program as its users do: the command line, signals, HTTP.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::metrics::metric;

/// A test that waits longer has hung. No promise of speed: those are in `benches/`.
const PATIENCE: Duration = Duration::from_secs(120);
const POLL_EVERY: Duration = Duration::from_millis(20);

/// A data directory with the site `shop`, and keys to it.
pub(crate) struct Shop {
    pub(crate) data: tempfile::TempDir,
    pub(crate) collect_key: String,
    pub(crate) read_key: String,
}

impl Shop {
    pub(crate) const SITE: &str = "shop";

    pub(crate) fn new() -> Self {
        Self::new_in(&std::env::temp_dir())
    }

    /// One whose data directory lies in `place`.
    pub(crate) fn new_in(place: &Path) -> Self {
        let data = tempfile::tempdir_in(place).unwrap();
        add_site(data.path(), Self::SITE);
        let collect_key = add_key(data.path(), Self::SITE, "collect");
        let read_key = add_key(data.path(), Self::SITE, "read");
        Self { data, collect_key, read_key }
    }

    /// Starts the server on this directory; `settings` are environment variables.
    pub(crate) fn start(&self, settings: &[(&str, &str)]) -> Program {
        Program::start(self.data.path(), settings)
    }

    /// Starts the server where a process may have only so many files open.
    pub(crate) fn start_with_open_files(&self, files: u32) -> Program {
        let limited = ["sh", "-c", &format!("ulimit -n {files}; exec \"$@\""), "-"].map(str::to_owned);
        Launch::new(&limited, self.data.path(), &[]).wait().unwrap_or_else(|end| panic!("{}", end.log))
    }

    /// Sends a batch with the collect key.
    pub(crate) fn send(&self, program: &Program, body: &Value) -> Answer {
        program.post("/v1/events", &self.collect_key, body).unwrap()
    }

    /// All stored events, in one of the export's formats.
    pub(crate) fn export(&self, program: &Program, format: &str) -> Vec<u8> {
        let path = format!("/v1/sites/{}/export/events?format={format}", Self::SITE);
        let answer = program.get(&path, &self.read_key);
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.bytes
    }

    /// All stored events, as JSON objects.
    pub(crate) fn export_rows(&self, program: &Program) -> Vec<Value> {
        let lines = String::from_utf8(self.export(program, "jsonl")).unwrap();
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// How many visitors have an event of this name: what the funnel says of its first step.
    pub(crate) fn visitors_with(&self, program: &Program, event: &str) -> u64 {
        let question = serde_json::json!({
            "from": "1970-01-02", "to": "2999-01-01", "steps": [{ "event": event }, { "event": "nothing_is_called_so" }]
        });
        let path = format!("/v1/sites/{}/reports/funnel", Self::SITE);
        let answer = program.post(&path, &self.read_key, &question).unwrap();
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()["steps"][0]["reached"].as_u64().unwrap()
    }
}

/// `styk site add`.
pub(crate) fn add_site(data: &Path, site: &str) {
    run(data, &["site", "add", site, "--domain", &format!("{site}.example")]);
}

/// `styk key add`; gives the secret, which stands alone on the last line.
pub(crate) fn add_key(data: &Path, site: &str, scope: &str) -> String {
    let said = run(data, &["key", "add", "--site", site, "--scope", scope]);
    said.lines().last().unwrap().to_owned()
}

/// Runs a command to its end and gives its stdout. It must succeed.
pub(crate) fn run(data: &Path, arguments: &[&str]) -> String {
    let output = command(&[], data).args(arguments).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "styk {arguments:?}: {}\n{said}", output.status);
    String::from_utf8(output.stdout).unwrap()
}

/// Runs a command that must fail and gives what it said on stderr.
pub(crate) fn fail(data: &Path, arguments: &[&str]) -> String {
    let output = command(&[], data).args(arguments).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "styk {arguments:?}");
    String::from_utf8(output.stderr).unwrap()
}

/// The program, without settings from the environment of whoever runs the tests; behind `wrapper`, another
/// program with its arguments that runs it, where one is given.
pub(crate) fn command(wrapper: &[String], data: &Path) -> Command {
    let words: Vec<&str> = wrapper.iter().map(String::as_str).chain([env!("CARGO_BIN_EXE_styk")]).collect();
    let mut command = Command::new(words[0]);
    command.args(&words[1..]);
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("STYK_")) {
        command.env_remove(name);
    }
    command.arg("--data").arg(data);
    command
}

/// The process of a server, and what it says on stderr. Dropped, it is killed.
struct Process {
    child: Child,
    log: Arc<Mutex<String>>,
    listener: Option<std::thread::JoinHandle<()>>,
}

impl Process {
    fn end(&mut self) -> End {
        let status = self.child.wait().unwrap();
        // What it said last may still be on its way.
        self.listener.take().map(std::thread::JoinHandle::join).transpose().unwrap();
        End { status, log: self.log.lock().unwrap().clone() }
    }

    /// SIGKILL: no instruction of the program runs any more.
    fn kill9(&mut self) -> End {
        self.child.kill().unwrap();
        self.end()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
        if std::thread::panicking() {
            eprintln!("the server said:\n{}", self.log.lock().unwrap_or_else(|log| log.into_inner()));
        }
    }
}

/// A server that was started and may not listen yet.
pub(crate) struct Launch {
    process: Process,
    address: mpsc::Receiver<SocketAddr>,
}

impl Launch {
    /// Starts the server on a free port, behind `wrapper` where one is given.
    pub(crate) fn new(wrapper: &[String], data: &Path, settings: &[(&str, &str)]) -> Self {
        let mut child = command(wrapper, data)
            .args(["serve", "--listen", "127.0.0.1:0"])
            .envs(settings.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let log = Arc::new(Mutex::new(String::new()));
        let stderr = child.stderr.take().unwrap();
        let (listens, address) = mpsc::channel();
        let shared = Arc::clone(&log);
        let listener = std::thread::spawn(move || {
            for line in BufReader::new(stderr).lines() {
                let line = line.unwrap();
                if let Some(address) = line.strip_prefix("styk listens on http://") {
                    // Nobody waits for it where the server is killed while it starts.
                    listens.send(address.parse().unwrap()).ok();
                }
                shared.lock().unwrap().push_str(&format!("{line}\n"));
            }
        });
        Self { process: Process { child, log, listener: Some(listener) }, address }
    }

    /// Returns once it listens; or its end, when it never will.
    pub(crate) fn wait(mut self) -> Result<Program, End> {
        match self.address.recv_timeout(PATIENCE) {
            Ok(address) => Ok(Program { process: self.process, address, agent: agent() }),
            Err(mpsc::RecvTimeoutError::Disconnected) => Err(self.process.end()),
            Err(mpsc::RecvTimeoutError::Timeout) => panic!("the server neither listens nor ends"),
        }
    }

    /// SIGKILL, wherever the start is.
    pub(crate) fn kill9(mut self) -> End {
        self.process.kill9()
    }
}

/// A server that runs. Dropped, it is killed.
pub(crate) struct Program {
    process: Process,
    address: SocketAddr,
    agent: ureq::Agent,
}

/// How a server ended, and all it said on stderr.
pub(crate) struct End {
    pub(crate) status: ExitStatus,
    pub(crate) log: String,
}

impl Program {
    /// Starts the server on a free port, and returns once it listens.
    pub(crate) fn start(data: &Path, settings: &[(&str, &str)]) -> Self {
        let started = Launch::new(&[], data, settings).wait();
        let program = started.unwrap_or_else(|end| panic!("the server does not listen: {}\n{}", end.status, end.log));
        assert_eq!(program.get("/livez", "").status, 200);
        program
    }

    pub(crate) fn pid(&self) -> u32 {
        self.process.child.id()
    }

    /// What it has said so far on stderr.
    pub(crate) fn log(&self) -> String {
        self.process.log.lock().unwrap().clone()
    }

    pub(crate) fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// SIGKILL: no instruction of the program runs any more.
    pub(crate) fn kill9(mut self) -> End {
        self.process.kill9()
    }

    /// Stops every thread where it stands, without telling the program; calls that are under way come to their end.
    pub(crate) fn freeze(&self) {
        let pid = self.pid();
        Command::new("kill").args(["-STOP", &pid.to_string()]).status().unwrap();
        wait_for("the program to stand still", || {
            let threads = std::fs::read_dir(format!("/proc/{pid}/task")).unwrap();
            let states = threads.map(|thread| std::fs::read_to_string(thread.unwrap().path().join("stat")));
            // The state stands behind the name, which is in brackets.
            states.flatten().all(|stat| stat.rsplit_once(") ").is_some_and(|(_, state)| state.starts_with('T')))
        });
    }

    /// SIGTERM, and waits for the end.
    pub(crate) fn terminate(mut self) -> End {
        // It may have ended by itself just now; the end says how.
        Command::new("kill").args(["-TERM", &self.pid().to_string()]).stderr(Stdio::null()).status().unwrap();
        self.process.end()
    }

    /// Waits for it to end by itself.
    pub(crate) fn wait_for_end(mut self) -> End {
        wait_for("the end of the server", || self.process.child.try_wait().unwrap().is_some());
        self.process.end()
    }

    /// Posts JSON with a secret; an error when the connection breaks, which a crash may cause.
    pub(crate) fn post(&self, path: &str, secret: &str, body: &Value) -> Result<Answer, ureq::Error> {
        post(&self.agent, &format!("{}{path}", self.base_url()), secret, body)
    }

    /// Gets a path with a secret; an empty one is not sent.
    pub(crate) fn get(&self, path: &str, secret: &str) -> Answer {
        self.try_get(path, secret).unwrap()
    }

    /// The same; an error when the connection breaks.
    pub(crate) fn try_get(&self, path: &str, secret: &str) -> Result<Answer, ureq::Error> {
        let mut request = self.agent.get(format!("{}{path}", self.base_url()));
        if !secret.is_empty() {
            request = request.header("authorization", format!("Bearer {secret}"));
        }
        Answer::read(request.call()?)
    }

    /// Deletes a path with a secret.
    pub(crate) fn delete(&self, path: &str, secret: &str) -> Answer {
        let request = self.agent.delete(format!("{}{path}", self.base_url()));
        Answer::read(request.header("authorization", format!("Bearer {secret}")).call().unwrap()).unwrap()
    }

    /// A metric of `/metrics`; see [`metric`].
    pub(crate) fn metric(&self, name: &str) -> u64 {
        metric(&self.get("/metrics", "").text(), name)
    }

    /// Waits until questions see everything that was acknowledged before.
    #[track_caller]
    pub(crate) fn wait_until_loaded(&self) {
        let accepted = self.metric("styk_journal_next_sequence");
        wait_for("the load", || accepted <= self.metric("styk_load_next_sequence"));
    }

    /// The token of the link by which the first user is made.
    pub(crate) fn setup_token(&self) -> String {
        let token = || self.log().lines().find_map(|line| Some(line.split_once("/setup#")?.1.to_owned()));
        wait_for("the set-up link", || token().is_some());
        token().unwrap()
    }

    /// Memory of the process that is in RAM.
    pub(crate) fn resident_kib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }

    /// Opens a connection and writes `bytes` as they are.
    pub(crate) fn converse(&self, bytes: &[u8]) -> TcpStream {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_nodelay(true).unwrap();
        // A refusal may close the connection before all is written; the answer is what counts.
        stream.write_all(bytes).ok();
        stream
    }
}

/// A client that keeps connections open and takes any status for an answer.
pub(crate) fn agent() -> ureq::Agent {
    let config = ureq::Agent::config_builder().timeout_global(Some(PATIENCE)).http_status_as_error(false);
    config.build().into()
}

/// Posts JSON; an error when the connection breaks.
pub(crate) fn post(agent: &ureq::Agent, url: &str, secret: &str, body: &Value) -> Result<Answer, ureq::Error> {
    let bearer = format!("Bearer {secret}");
    let headers: &[_] = if secret.is_empty() { &[] } else { &[("authorization", bearer.as_str())] };
    post_bytes(agent, url, headers, body.to_string().as_bytes())
}

/// Posts bytes with headers; an error when the connection breaks.
pub(crate) fn post_bytes(
    agent: &ureq::Agent,
    url: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Result<Answer, ureq::Error> {
    let request = headers.iter().fold(agent.post(url), |request, (name, value)| request.header(*name, *value));
    Answer::read(request.send(body)?)
}

/// An answer over HTTP.
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// `Retry-After`, in seconds.
    pub(crate) retry_after: Option<u64>,
    pub(crate) bytes: Vec<u8>,
}

impl Answer {
    fn read(mut response: ureq::http::Response<ureq::Body>) -> Result<Self, ureq::Error> {
        let bytes = response.body_mut().with_config().limit(1 << 30).read_to_vec()?;
        let retry_after = response.headers().get("retry-after").and_then(|value| value.to_str().ok()?.parse().ok());
        Ok(Self { status: response.status().as_u16(), retry_after, bytes })
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }
}

/// Waits until `reached` says so. Panics when that takes for ever.
#[track_caller]
pub(crate) fn wait_for(what: &str, mut reached: impl FnMut() -> bool) {
    let since = Instant::now();
    while !reached() {
        assert!(since.elapsed() < PATIENCE, "waited in vain for {what}");
        std::thread::sleep(POLL_EVERY);
    }
}
