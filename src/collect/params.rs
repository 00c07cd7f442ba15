//! `params`: what a page said of an event, in GA4's words and as it was written. The snippet passes on what shops tell
//! it; what is an amount, an article or a property is decided here.

use super::commerce::Wording;
use super::read;
use super::refusal::Refusal;
use super::wire::WireObject;

/// The parameters that are fields of an event; all others are properties.
pub(super) const PARAMETERS: &[&str] =
    &["value", "currency", "items", "cart_id", "transaction_id", "touchpoint", "channel"];

/// Puts the parameters that are fields where those stand, unless the event has them itself, and says how the event
/// wants to be read.
///
/// # Errors
/// [`Refusal::BadProperties`] when `params` are no object, [`Refusal::BadUtf8`] for a lone surrogate in a name.
pub(super) fn spread_params(event: &mut WireObject<'_>) -> Result<Wording, Refusal> {
    let Some(params) = event.params else { return Ok(Wording::Exact) };
    for (name, value) in params.fields().ok_or(Refusal::BadProperties)? {
        let field = match read::text(name)?.as_ref() {
            "value" => &mut event.value,
            "currency" => &mut event.currency,
            "items" => &mut event.items,
            "cart_id" => &mut event.cart_id,
            "transaction_id" => &mut event.transaction_id,
            "touchpoint" => &mut event.touchpoint,
            "channel" => &mut event.channel,
            _ => continue,
        };
        if field.is_none() && value.text() != "null" {
            *field = Some(value);
        }
    }
    Ok(Wording::Free)
}

#[cfg(test)]
mod tests {
    use super::super::json::{Json, json};
    use super::*;

    #[test]
    fn an_events_own_fields_win_over_its_params() {
        let both = r#"{"value":"1","params":{"value":"2","cart_id":"c","channel":null,"colour":"red"}}"#;
        let mut event = WireObject::read(json(both)).unwrap();
        assert_eq!(spread_params(&mut event), Ok(Wording::Free));
        let texts = [event.value, event.cart_id, event.channel].map(|field| field.map(Json::text));
        assert_eq!(texts, [Some("\"1\""), Some("\"c\""), None]);
        let mut plain = WireObject::read(json(r#"{"value":"1"}"#)).unwrap();
        assert_eq!(spread_params(&mut plain), Ok(Wording::Exact));
        let mut list = WireObject::read(json(r#"{"params":[]}"#)).unwrap();
        assert_eq!(spread_params(&mut list), Err(Refusal::BadProperties));
    }

    #[test]
    fn each_parameter_is_a_field() {
        for name in PARAMETERS {
            let params = format!(r#"{{"params":{{"{name}":7}}}}"#);
            let mut event = WireObject::read(json(&params)).unwrap();
            spread_params(&mut event).unwrap();
            let fields = [event.value, event.currency, event.items, event.cart_id];
            let others = [event.transaction_id, event.touchpoint, event.channel];
            assert_eq!(fields.iter().chain(&others).flatten().count(), 1, "{name}");
        }
    }
}
