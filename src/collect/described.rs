//! What the fields of the wire are, for the API's description. `read.rs` and `parse.rs` decide what is taken.

use schemars::{Schema, SchemaGenerator};
use serde_json::{Map, Value, json};

use super::wire::{WireCampaign, WireContext, WireItem, WireObject};

/// An object of these fields, all optional; others are counted and skipped.
pub(super) fn object(fields: &[&str], generator: &mut SchemaGenerator) -> Schema {
    let properties: Map<String, Value> =
        fields.iter().map(|field| ((*field).to_owned(), described(field, generator))).collect();
    Schema::from(json_object(json!({ "type": "object", "properties": properties })))
}

fn described(field: &str, generator: &mut SchemaGenerator) -> Value {
    match field {
        "events" => {
            let event = generator.subschema_for::<WireObject<'_>>();
            json!({ "type": "array", "items": event, "description": "At most 1,000; each may have any of the batch's fields." })
        }
        "items" => {
            let item = generator.subschema_for::<WireItem<'_>>();
            json!({ "type": "array", "items": item, "maxItems": 200 })
        }
        "context" => generator.subschema_for::<WireContext<'_>>().to_value(),
        "campaign" => generator.subschema_for::<WireCampaign<'_>>().to_value(),
        "properties" => json!({ "type": "object", "description": "The event's own: at most 64, 8 KiB in all." }),
        "params" => {
            let words = "What a page said, in GA4's words: amounts as they are written (`19,90 zł`), articles in `items`; \
                         the rest are properties. An event's own fields win.";
            json!({ "type": "object", "description": words })
        }
        "sent_at" | "occurred_at" => {
            json!({ "type": ["string", "integer"], "description": "RFC 3339 with an offset, or milliseconds since 1970." })
        }
        "age_ms" => json!({ "type": "number", "minimum": 0, "description": "How long ago, when it was sent." }),
        "sequence" => json!({ "type": "integer", "minimum": 0, "maximum": 4_294_967_295_u32 }),
        "value" | "price" => json!({ "type": ["string", "number"], "description": "A decimal amount, such as 19.90." }),
        "quantity" => json!({ "type": "integer", "minimum": 1, "maximum": 1_000_000 }),
        "consent" => json!({ "enum": ["granted", "denied", "pending", "cookieless"] }),
        text => json!({ "type": "string", "description": words(text) }),
    }
}

fn words(field: &str) -> &'static str {
    match field {
        "site" => "The site's key; with a collect key it need not be said.",
        "id" => "Made by the sender; makes a retry harmless.",
        "visitor" => "A first-party id of the browser.",
        "customer" => "The shop's own id of the person, or `sha256:` and the hash of an e-mail.",
        "url" | "referrer" => "An absolute http or https address.",
        "language" => "Such as `pl-PL`.",
        "country" => "Two letters of ISO 3166; with a key only.",
        "currency" => "ISO 4217.",
        "ip" | "user_agent" => "The browser's, for servers that send for it; with a key only.",
        "touchpoint" => "The key of one in the register.",
        _ => "Text.",
    }
}

fn json_object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(object) => object,
        _ => Map::new(),
    }
}
