//! Which known site, app or network a host or a `utm_source` stands for.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use super::rules::words;

words! {
    /// What a source is, as GA4 sorts them; `Ai` is ours.
    pub(super) enum Category {
        /// Search engines.
        Search = "search",
        /// Social networks.
        Social = "social",
        /// Video platforms.
        Video = "video",
        /// Marketplaces and price comparison.
        Shopping = "shopping",
        /// AI assistants.
        Ai = "ai",
        /// Webmail and senders of newsletters.
        Email = "email",
    }
}

/// What is known of a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Known {
    /// A listed source: its name and what it is.
    Listed { name: String, category: Category },
    /// Lies under a listed host, but is nothing of the kind.
    Plain,
    /// Shoppers pay there.
    Payment,
}

/// The lists of `channels.toml`, ready to be asked.
#[derive(Debug, Default)]
pub(super) struct KnownSources {
    entries: Vec<Known>,
    /// Bare words and hosts.
    by_text: HashMap<String, usize>,
    /// `google` for `google.*`.
    by_stem: HashMap<String, usize>,
}

impl KnownSources {
    /// Takes the lists; the error is a text that is listed twice, or is neither word nor host.
    pub(super) fn new(
        listed: BTreeMap<Category, BTreeMap<String, Vec<String>>>,
        plain: Vec<String>,
        payment: Vec<String>,
    ) -> Result<Self, String> {
        let mut sources = Self::default();
        for (category, by_name) in listed {
            for (name, mut texts) in by_name {
                texts.push(name.clone());
                sources.add(Known::Listed { name, category }, texts)?;
            }
        }
        sources.add(Known::Plain, plain)?;
        sources.add(Known::Payment, payment)?;
        Ok(sources)
    }

    fn add(&mut self, known: Known, texts: Vec<String>) -> Result<(), String> {
        let index = self.entries.len();
        self.entries.push(known);
        for text in texts {
            let (map, key) = match text.strip_suffix(".*") {
                Some(stem) => (&mut self.by_stem, stem),
                None => (&mut self.by_text, text.as_str()),
            };
            let in_one_piece = !key.is_empty() && !key.contains(['*', '/', ':']) && lower_case(key) == key;
            let before = map.insert(key.to_owned(), index);
            if !in_one_piece || before.is_some_and(|before| before != index) {
                return Err(text);
            }
        }
        Ok(())
    }

    /// What `text`, in lower case, stands for: as it is, else by the longest listed host it lies under, else by
    /// its name before the country. A handful of hash look-ups.
    pub(super) fn find(&self, text: &str) -> Option<&Known> {
        if let Some(&index) = self.by_text.get(text) {
            return Some(&self.entries[index]);
        }
        let mut host = text;
        while let Some((_, parent)) = host.split_once('.') {
            // A bare word is no parent: `blog.google` is not the word `google`.
            if !parent.contains('.') {
                break;
            }
            if let Some(&index) = self.by_text.get(parent) {
                return Some(&self.entries[index]);
            }
            host = parent;
        }
        self.by_stem.get(stem(text)?).map(|&index| &self.entries[index])
    }
}

/// The label before the country: `google` of `www.google.co.uk` and of `google.pl`.
fn stem(host: &str) -> Option<&str> {
    const SHARED: [&str; 7] = ["co", "com", "org", "net", "ne", "or", "gen"];
    let mut labels = host.rsplit('.');
    let country = labels.next()?;
    let second = labels.next()?;
    match labels.next() {
        Some(third) if country.len() == 2 && SHARED.contains(&second) => Some(third),
        _ => Some(second),
    }
}

/// The text in lower case, borrowed where it already is.
pub(super) fn lower_case(text: &str) -> Cow<'_, str> {
    if !text.is_ascii() {
        return Cow::Owned(text.to_lowercase());
    }
    if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(text.to_ascii_lowercase())
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sources() -> KnownSources {
        let listed =
            |name: &str, texts: &[&str]| (name.to_owned(), texts.iter().map(|&text| text.to_owned()).collect());
        KnownSources::new(
            BTreeMap::from([
                (Category::Search, BTreeMap::from([listed("google", &["google.*"])])),
                (Category::Social, BTreeMap::from([listed("x", &["x.com", "t.co"])])),
                (Category::Email, BTreeMap::from([listed("gmail", &["mail.google.com"])])),
            ]),
            vec!["docs.google.com".to_owned()],
            vec!["paypal.com".to_owned()],
        )
        .unwrap()
    }

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let sources = sources();
        let found = match sources.find(text) {
            Some(Known::Listed { name, .. }) => name,
            Some(Known::Plain) => "(plain)",
            Some(Known::Payment) => "(payment)",
            None => "(unknown)",
        };
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn hosts_bring_their_subdomains_and_stars_their_countries() {
        check("google", "google");
        check("google.com", "google");
        check("www.google.pl", "google");
        check("images.google.co.uk", "google");
        check("google.com.br", "google");
        check("mail.google.com", "gmail");
        check("chat.mail.google.com", "gmail");
        check("docs.google.com", "(plain)");
        check("www.paypal.com", "(payment)");
        check("x.com", "x");
        check("mobile.x.com", "x");
    }

    #[test]
    fn what_only_looks_alike_is_unknown() {
        check("netflix.com", "(unknown)");
        check("notgoogle.com", "(unknown)");
        check("google.evil.com", "(unknown)");
        check("google.com.evil.net", "(unknown)");
        check("blog.google", "(unknown)");
        check("paypal.com.evil.pl", "(unknown)");
        check("co.uk", "(unknown)");
        check("..", "(unknown)");
        check("", "(unknown)");
    }

    #[test]
    fn a_text_listed_twice_or_malformed_is_named() {
        let by_name = |name: &str, text: &str| BTreeMap::from([(name.to_owned(), vec![text.to_owned()])]);
        let twice = BTreeMap::from([(Category::Search, by_name("a", "a.pl")), (Category::Video, by_name("b", "a.pl"))]);
        assert_eq!(KnownSources::new(twice, vec![], vec![]).unwrap_err(), "a.pl");
        for bad in ["", "*", "a.*.pl", "https://a.pl", "A.pl"] {
            let listed = BTreeMap::from([(Category::Search, by_name("a", bad))]);
            assert_eq!(KnownSources::new(listed, vec![], vec![]).unwrap_err(), bad);
        }
    }

    #[test]
    fn lower_case_copies_only_what_it_must() {
        assert!(matches!(lower_case("google"), Cow::Borrowed("google")));
        assert_eq!(lower_case("Google"), "google");
        assert_eq!(lower_case("ŻÓŁW"), "żółw");
    }
}
