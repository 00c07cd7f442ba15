//! How deep a text nests, before anything walks into it.

use super::refusal::Refusal;

/// The deepest an event may nest, counted from its own object.
pub(super) const EVENT_DEPTH_MAX: usize = 16;
/// The deepest a body may nest. What lies between this and [`EVENT_DEPTH_MAX`] is one event's fault alone.
pub(super) const BODY_DEPTH_MAX: usize = 256;

/// The depth of the deepest list or object of `json`, which need not be valid JSON.
///
/// # Errors
/// [`Refusal::TooDeep`] beyond `depth_max`; [`Refusal::ControlChar`] for a raw control character inside a string,
/// which JSON forbids.
pub(super) fn depth(json: &[u8], depth_max: usize) -> Result<usize, Refusal> {
    let (mut depth, mut deepest) = (0_usize, 0);
    let mut rest = json.iter();
    while let Some(byte) = rest.next() {
        match byte {
            b'{' | b'[' => {
                depth += 1;
                deepest = deepest.max(depth);
                if depth_max < depth {
                    return Err(Refusal::TooDeep);
                }
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            b'"' => skip_string(&mut rest)?,
            _ => {}
        }
    }
    Ok(deepest)
}

/// Moves behind the quote that ends the string.
fn skip_string(rest: &mut std::slice::Iter<'_, u8>) -> Result<(), Refusal> {
    while let Some(byte) = rest.next() {
        match byte {
            b'"' => return Ok(()),
            b'\\' => {
                rest.next();
            }
            0..0x20 => return Err(Refusal::ControlChar),
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_count_outside_of_strings_only() {
        assert_eq!(depth(b"5", 1), Ok(0));
        assert_eq!(depth(br#"{"a":[1,{"b":2}],"c":[]}"#, 3), Ok(3));
        assert_eq!(depth(br#"{"a":"[[[[\"[[["}"#, 1), Ok(1));
        assert_eq!(depth(br#"{"a":"\\"}"#, 1), Ok(1));
        assert_eq!(depth("[".repeat(10_000).as_bytes(), 256), Err(Refusal::TooDeep));
        assert_eq!(depth(b"]]]]{", 1), Ok(1));
        assert_eq!(depth(b"\"\\", 1), Ok(0));
        assert_eq!(depth(b"\"a\x01\"", 1), Err(Refusal::ControlChar));
        assert_eq!(depth(b"{\n\t\"a\": 1}", 1), Ok(1));
    }
}
