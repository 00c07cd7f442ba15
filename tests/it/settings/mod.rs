//! What owners decide on the screen: sites, keys, users, passwords, and notes on days; by the same API.

mod keys;
mod notes;
mod sites;
mod users;

use serde_json::{Value, json};
use styk::control::{Control, Role};

use crate::program::{Program, Shop, agent, run};

const PASSWORD: &str = "correct horse battery";

/// A server that runs, and its owner.
struct Office {
    shop: Shop,
    program: Program,
    owner: Person,
}

impl Office {
    fn open() -> Self {
        let shop = Shop::new();
        let program = shop.start(&[]);
        let control = Control::open(shop.data.path()).unwrap();
        control.add_user("ann@shop.example", PASSWORD, Role::Owner).unwrap();
        let owner = Person::sign_in(&program, "ann@shop.example", PASSWORD);
        Self { shop, program, owner }
    }

    /// Somebody of another role, signed in.
    fn hire(&self, email: &str, role: Role) -> Person {
        Control::open(self.shop.data.path()).unwrap().add_user(email, PASSWORD, role).unwrap();
        Person::sign_in(&self.program, email, PASSWORD)
    }

    /// Runs a command beside the server.
    fn command(&self, words: &[&str]) -> String {
        run(self.shop.data.path(), words)
    }
}

/// A browser that somebody is signed in on.
struct Person {
    server: String,
    cookie: String,
}

impl Person {
    fn nobody(program: &Program) -> Self {
        Self { server: program.base_url(), cookie: String::new() }
    }

    fn sign_in(program: &Program, email: &str, password: &str) -> Self {
        let mut person = Self::nobody(program);
        person.ask_and_keep("/v1/login", &json!({ "email": email, "password": password })).expect(204, "");
        person
    }

    fn ask(&self, method: &str, path: &str, body: Option<&Value>) -> Said {
        self.send(method, path, body).0
    }

    /// Posts, and keeps the login that comes with the answer, as browsers do.
    fn ask_and_keep(&mut self, path: &str, body: &Value) -> Said {
        let (said, cookie) = self.send("POST", path, Some(body));
        if let Some(cookie) = cookie {
            self.cookie = cookie;
        }
        said
    }

    fn get(&self, path: &str) -> Value {
        self.ask("GET", path, None).expect(200, "")
    }

    fn role(&self) -> Said {
        self.ask("GET", "/v1/me", None)
    }

    fn send(&self, method: &str, path: &str, body: Option<&Value>) -> (Said, Option<String>) {
        let request = ureq::http::Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.server))
            .header("cookie", &self.cookie)
            .header("sec-fetch-site", "same-origin");
        let mut response = match body {
            None => agent().run(request.body(()).unwrap()).unwrap(),
            Some(body) => agent().run(request.body(body.to_string()).unwrap()).unwrap(),
        };
        let cookie = response.headers().get("set-cookie").and_then(|cookie| cookie.to_str().ok()?.split(';').next());
        let cookie = cookie.map(str::to_owned);
        let text = response.body_mut().read_to_string().unwrap();
        let said = serde_json::from_str(&text).unwrap_or_default();
        (Said { status: response.status().as_u16(), said }, cookie)
    }
}

/// An answer.
struct Said {
    status: u16,
    said: Value,
}

impl Said {
    /// The answer, which must have this status and, as a refusal, this code.
    #[track_caller]
    fn expect(self, status: u16, code: &str) -> Value {
        let found = self.said["error"]["code"].as_str().unwrap_or_default();
        assert_eq!((self.status, found), (status, code), "{}", self.said);
        self.said
    }

    /// The field that a refusal of this code names.
    #[track_caller]
    fn field(self, code: &str) -> String {
        self.expect(400, code)["error"]["field"].as_str().unwrap_or_default().to_owned()
    }
}
