//! Answers, with what the register calls the touchpoints in them: reports tell of touchpoints by key.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use axum::response::{IntoResponse, Json, Response};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use serde_json::Value;

use crate::domain::touchpoint::Register;

/// Knows what touchpoints are called.
#[derive(Clone, Debug)]
pub(super) struct Naming(Arc<Register>);

/// An answer, and beside its own fields `touchpoint_names`: by key, the names of the registered touchpoints that it tells
/// of.
#[derive(Debug, Serialize)]
pub(super) struct Named<T> {
    #[serde(flatten)]
    answer: T,
    touchpoint_names: BTreeMap<String, String>,
}

impl Naming {
    /// Names by this register.
    pub(super) fn new(register: Arc<Register>) -> Self {
        Self(register)
    }

    /// The answer with its names.
    pub(super) fn answer<T: Serialize>(&self, answer: T) -> Response {
        let mut touchpoint_names = BTreeMap::new();
        let texts = serde_json::to_value(&answer).expect("answers are plain values");
        self.collect(&texts, &mut touchpoint_names);
        Json(Named { answer, touchpoint_names }).into_response()
    }

    /// Every text that is a key: whoever looks a name up knows which texts are touchpoints.
    fn collect(&self, value: &Value, names: &mut BTreeMap<String, String>) {
        match value {
            Value::String(text) => {
                if let Some(name) = self.0.name_of(text) {
                    names.insert(text.clone(), name.to_owned());
                }
            }
            Value::Array(values) => values.iter().for_each(|value| self.collect(value, names)),
            Value::Object(fields) => fields.values().for_each(|value| self.collect(value, names)),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
}

/// The answer's own description, with one more field.
impl<T: JsonSchema> JsonSchema for Named<T> {
    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn schema_id() -> Cow<'static, str> {
        format!("named {}", T::schema_id()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = T::json_schema(generator);
        let names = schemars::json_schema!({
            "description": "What the register calls the touchpoints that the answer tells of, by key.",
            "type": "object",
            "additionalProperties": { "type": "string" },
        });
        let fields = schema.ensure_object();
        if let Some(Value::Object(properties)) = fields.get_mut("properties") {
            properties.insert("touchpoint_names".to_owned(), names.to_value());
        }
        if let Some(Value::Array(required)) = fields.get_mut("required") {
            required.push("touchpoint_names".into());
        }
        schema
    }
}
