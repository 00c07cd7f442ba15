//! The table of routes as an OpenAPI 3.1 document.

use schemars::generate::{Contract, SchemaSettings};
use schemars::{Schema, SchemaGenerator};
use serde_json::{Map, Value, json};

use super::endpoint::{Access, Answer, Content, Endpoint, May};

const ABOUT: &str = "Touchpoint analytics for shops. Every answer carries `nosniff`, a content security policy and \
     `Cache-Control`. Beside what is listed, an address of more than 32 KiB or more than 64 headers get 431, and a \
     method that is not listed gets 405 with `Allow`.";

/// Describes `endpoints`, in their order.
pub fn document<'a>(endpoints: impl IntoIterator<Item = &'a Endpoint>) -> Value {
    let mut schemas = Schemas::new();
    let mut paths: Map<String, Value> = Map::new();
    for endpoint in endpoints {
        let path = endpoint.path.replace("{*", "{");
        let operation = schemas.operation(endpoint);
        let methods = paths.entry(path).or_insert_with(|| json!({}));
        methods[endpoint.method.as_str().to_lowercase()] = operation;
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Styk",
            "version": env!("CARGO_PKG_VERSION"),
            "description": ABOUT,
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "paths": paths,
        "components": { "schemas": schemas.named(), "securitySchemes": security_schemes() },
    })
}

fn security_schemes() -> Value {
    let login = "The cookie that signing in sets; behind TLS it is called `__Host-styk`. What changes something must \
         come from a page of this server.";
    json!({
        "key": { "type": "http", "scheme": "bearer", "description": "A key of the site: `styk key add`." },
        "command": { "type": "http", "scheme": "bearer", "description": "The secret in the data directory's `server.json`." },
        "share": { "type": "http", "scheme": "bearer", "description": "What stands behind `#` in a share link." },
        "login": { "type": "apiKey", "in": "cookie", "name": "styk_login", "description": login },
    })
}

/// What senders write has other required fields than what they read, so there are two makers.
struct Schemas {
    taken: SchemaGenerator,
    answered: SchemaGenerator,
}

impl Schemas {
    fn new() -> Self {
        let maker = |contract| {
            let settings = SchemaSettings::draft2020_12().with(|settings| {
                settings.definitions_path = "/components/schemas".into();
                settings.meta_schema = None;
                settings.contract = contract;
            });
            settings.into_generator()
        };
        Self { taken: maker(Contract::Deserialize), answered: maker(Contract::Serialize) }
    }

    fn named(mut self) -> Map<String, Value> {
        let mut named = self.taken.take_definitions(true);
        named.extend(self.answered.take_definitions(true));
        named
    }

    fn operation(&mut self, endpoint: &Endpoint) -> Value {
        let mut operation = json!({
            "summary": endpoint.summary,
            "x-access": endpoint.access.as_str(),
            "security": security(endpoint.access),
            "parameters": self.parameters(endpoint),
            "responses": self.responses(&endpoint.answers),
        });
        if let Some(body) = endpoint.body {
            let about = format!("At most {} bytes.", body.bytes_max);
            let content = content(&mut self.taken, body.content);
            operation["requestBody"] = json!({ "description": about, "required": true, "content": content });
        }
        operation
    }

    fn parameters(&mut self, endpoint: &Endpoint) -> Vec<Value> {
        let names = endpoint.path.split('{').skip(1).filter_map(|rest| rest.split('}').next());
        let in_path = names.map(|name| name.trim_start_matches('*')).map(|name| {
            let known = endpoint.path_schemas.iter().find(|(part, _)| *part == name);
            let schema = known.map_or_else(|| json!({ "type": "string" }), |(_, of)| of(&mut self.taken).to_value());
            json!({ "name": name, "in": "path", "required": true, "schema": schema })
        });
        let mut parameters: Vec<Value> = in_path.collect();
        if let Some(of) = endpoint.query {
            parameters.extend(query_parameters(&of(&mut self.taken)));
        }
        parameters
    }

    fn responses(&mut self, answers: &[Answer]) -> Map<String, Value> {
        let mut responses = Map::new();
        for answer in answers {
            let about =
                axum::http::StatusCode::from_u16(answer.status).ok().and_then(|status| status.canonical_reason());
            let response = responses
                .entry(answer.status.to_string())
                .or_insert_with(|| json!({ "description": about.unwrap_or_default() }));
            let Value::Object(found) = content(&mut self.answered, answer.content) else { continue };
            for (media, schema) in found {
                response["content"][media] = schema;
            }
            if [429, 503].contains(&answer.status) {
                response["headers"]["Retry-After"] = json!({ "schema": { "type": "integer", "minimum": 1 } });
            }
        }
        responses
    }
}

fn content(generator: &mut SchemaGenerator, content: Content) -> Value {
    match content {
        Content::Empty => json!({}),
        Content::Json(of) => json!({ "application/json": { "schema": of(generator) } }),
        Content::Media(media) => json!({ media: {} }),
    }
}

/// The fields of an object as parameters of the query.
fn query_parameters(object: &Schema) -> Vec<Value> {
    let required = object.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
    let fields = object.get("properties").and_then(Value::as_object).into_iter().flatten();
    let parameter = |(name, schema): (&String, &Value)| {
        let required = required.contains(&json!(name));
        json!({ "name": name, "in": "query", "required": required, "schema": schema })
    };
    fields.map(parameter).collect()
}

/// Any one of these opens the route; an empty one stands for nobody in particular.
fn security(access: Access) -> Value {
    match access {
        Access::Anyone => json!([]),
        Access::Sender => json!([{}, { "key": [] }]),
        Access::SignedIn => json!([{ "login": [] }]),
        Access::Site(May::Read | May::Edit | May::Administer) => json!([{ "key": [] }, { "login": [] }]),
        Access::Server => json!([{ "login": [] }]),
        Access::Report(_) => json!([{ "key": [] }, { "login": [] }, { "share": [] }]),
        Access::Share => json!([{ "share": [] }]),
        Access::Command => json!([{ "command": [] }]),
    }
}
