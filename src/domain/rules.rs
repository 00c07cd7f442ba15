//! What the channel rules and the touchpoint register share: patterns, words, and the version of a text.

use sha2::{Digest, Sha256};

/// Why a file of rules cannot be used; the text says which file, which key, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum RulesError {
    /// Not TOML, or not of the shape the file must have.
    #[error("{file} cannot be read; mend the line named here")]
    Shape {
        /// The file's name.
        file: &'static str,
        /// Line, column, and what was expected.
        #[source]
        source: toml::de::Error,
    },
    /// The shape is right, a value is not.
    #[error("{file}: `{key}` {fault}; {remedy}")]
    Value {
        /// The file's name.
        file: &'static str,
        /// Where in the file, such as `touchpoint[3].weight`.
        key: String,
        /// What is wrong with it.
        fault: String,
        /// What to write instead.
        remedy: &'static str,
    },
}

/// A number that changes when the text does, the same on every machine and in every version of this program.
pub(super) fn text_version(text: &str) -> u64 {
    let digest = Sha256::digest(text.as_bytes());
    let (head, _) = digest.split_first_chunk::<8>().expect("a SHA-256 digest has 32 bytes");
    u64::from_be_bytes(*head)
}

/// A text in which `*` stands for any run of characters, also none; it must match from end to end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pattern {
    /// The texts between the stars: one part means no star, so plain equality.
    parts: Vec<String>,
}

impl Pattern {
    /// Takes any text. Whoever compares without case gives lower case here and to [`Pattern::matches`].
    pub(super) fn parse(text: &str) -> Self {
        let mut parts: Vec<_> = text.split('*').map(str::to_owned).collect();
        // `**` is `*`: between the ends, only texts are kept.
        let last = parts.len() - 1;
        let mut at = 0;
        parts.retain(|part| {
            at += 1;
            !part.is_empty() || at == 1 || at == last + 1
        });
        Self { parts }
    }

    /// Whether the whole of `text` fits; linear in its length for each part.
    pub(super) fn matches(&self, text: &str) -> bool {
        let [first, middle @ .., last] = self.parts.as_slice() else {
            return self.parts.first().is_some_and(|only| only == text);
        };
        let Some(mut rest) = text.strip_prefix(first.as_str()).and_then(|rest| rest.strip_suffix(last.as_str())) else {
            return false;
        };
        for part in middle {
            // The leftmost place leaves the most room for the parts that follow.
            let Some(at) = find_short(rest, part) else { return false };
            rest = &rest[at + part.len()..];
        }
        true
    }
}

/// As [`str::find`], for short texts: the standard search prepares itself for long ones, at ten times the cost.
/// `part` may not be empty.
pub(super) fn find_short(text: &str, part: &str) -> Option<usize> {
    text.as_bytes().windows(part.len()).position(|window| window == part.as_bytes())
}

/// Makes an enum whose variants are written as words: `as_str`, `parse` and reading from TOML agree, because
/// each word is written once.
macro_rules! words {
    ($(#[$about:meta])* $seen:vis enum $name:ident { $($(#[$meaning:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Deserialize)]
        #[serde(try_from = "String")]
        $seen enum $name { $($(#[$meaning])* $variant,)* }

        impl $name {
            /// Every variant, in the order of the list.
            $seen const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The word used in files, on the wire and in reports.
            $seen fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// Takes the word; `None` when it is another.
            $seen fn parse(text: &str) -> Option<Self> {
                match text { $($word => Some(Self::$variant),)* _ => None }
            }
        }

        impl TryFrom<String> for $name {
            type Error = String;

            fn try_from(text: String) -> Result<Self, String> {
                Self::parse(&text).ok_or_else(|| {
                    let words: Vec<_> = Self::ALL.iter().map(|value| value.as_str()).collect();
                    format!("`{text}` is not one of: {}", words.join(", "))
                })
            }
        }
    };
}
pub(super) use words;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(pattern: &str, text: &str, expected: bool) {
        assert_eq!(Pattern::parse(pattern).matches(text), expected, "`{pattern}` on `{text}`");
    }

    #[test]
    fn a_pattern_matches_from_end_to_end() {
        check("/", "/", true);
        check("/", "/cart", false);
        check("/checkout/*", "/checkout/pay", true);
        check("/checkout/*", "/checkout", false);
        check("*video*", "video", true);
        check("*push", "web-push", true);
        check("*push", "push-web", false);
        check("ab*ab", "ab", false);
        check("ab*ab", "abab", true);
        check("*a*b*", "xbxa", false);
        check("/*/żółw*", "/pl/żółwie", true);
        check("a**b***", "axbx", true);
        check("**", "", true);
        check("*", "", true);
        check("", "", true);
        check("", "x", false);
    }

    #[test]
    fn the_version_of_a_text_never_changes() {
        assert_eq!(text_version(""), 0xe3b0_c442_98fc_1c14);
        assert_ne!(text_version("a"), text_version("a "));
    }

    /// Tries every split: slow and obvious.
    fn matches_slowly(pattern: &[char], text: &[char]) -> bool {
        match pattern {
            [] => text.is_empty(),
            ['*', rest @ ..] => (0..=text.len()).any(|at| matches_slowly(rest, &text[at..])),
            [c, rest @ ..] => text.first() == Some(c) && matches_slowly(rest, &text[1..]),
        }
    }

    proptest! {
        #[test]
        fn a_pattern_means_what_trying_every_split_says(pattern in "[ab*ż]{0,6}", text in "[abż]{0,8}") {
            let slow = matches_slowly(&pattern.chars().collect::<Vec<_>>(), &text.chars().collect::<Vec<_>>());
            prop_assert_eq!(Pattern::parse(&pattern).matches(&text), slow);
        }
    }
}
