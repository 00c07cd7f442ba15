//! What a client says of the answers it takes and already has.

use axum::http::header::{ACCEPT_ENCODING, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderName};

/// The items of a header that is a list.
fn items(headers: &HeaderMap, name: HeaderName) -> impl Iterator<Item = &str> {
    let lists = headers.get_all(name).into_iter().filter_map(|value| value.to_str().ok());
    lists.flat_map(|list| list.split(',')).map(str::trim)
}

/// Whether the client names this encoding, or all with `*`, and does not refuse it with a weight of 0.
pub fn accepts(headers: &HeaderMap, encoding: &str) -> bool {
    let mut all = false;
    for item in items(headers, ACCEPT_ENCODING) {
        let (name, parameter) = item.split_once(';').unwrap_or((item, ""));
        let (name, wanted) = (name.trim(), is_wanted(parameter));
        if name.eq_ignore_ascii_case(encoding) {
            return wanted;
        }
        all |= name == "*" && wanted;
    }
    all
}

/// Reads `q=0.5`. What is no weight is no wish: such a client gets the file as it is.
fn is_wanted(parameter: &str) -> bool {
    let parameter = parameter.trim();
    let Some((name, weight)) = parameter.split_once('=') else { return parameter.is_empty() };
    name.trim().eq_ignore_ascii_case("q") && weight.trim().parse().is_ok_and(|weight: f32| 0.0 < weight)
}

/// Whether the client has what bears this tag. A proxy that packs anew makes a tag weak.
pub fn knows(headers: &HeaderMap, tag: &str) -> bool {
    items(headers, IF_NONE_MATCH).any(|known| known == "*" || known.trim_start_matches("W/") == tag)
}
