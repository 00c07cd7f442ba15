//! Texts that repeat, as small numbers: event names, pages, channels, devices.

use std::collections::HashMap;
use std::sync::{Arc, RwLock};

/// The number of a text. [`NO_CODE`] stands for "none".
pub type Code = u32;

/// The code of a value that is missing.
pub const NO_CODE: Code = 0;

/// All texts known so far. Grows only; a code never changes its meaning.
///
/// Shared: the load thread adds, readers look up. A reader may know a code whose rows it cannot see yet;
/// it never sees a row whose code it does not know, because codes are added first.
#[derive(Clone, Default)]
pub(super) struct Texts {
    inner: Arc<RwLock<Inner>>,
}

#[derive(Default)]
struct Inner {
    codes: HashMap<Arc<str>, Code>,
    /// Text of code `i + 1`.
    texts: Vec<Arc<str>>,
}

impl Texts {
    /// Texts as they were stored, ordered by code from 1 without gaps.
    pub(super) fn restore(texts: Vec<String>) -> Self {
        let restored = Self::default();
        for text in texts {
            restored.add(&text);
        }
        restored
    }

    /// The code of `text`, if any row may have it.
    pub(super) fn code(&self, text: &str) -> Option<Code> {
        self.inner.read().expect("no writer panics while it holds the texts").codes.get(text).copied()
    }

    /// The text of `code`; `None` for [`NO_CODE`].
    pub(super) fn text(&self, code: Code) -> Option<Arc<str>> {
        let inner = self.inner.read().expect("no writer panics while it holds the texts");
        inner.texts.get((code as usize).checked_sub(1)?).cloned()
    }

    /// The code of `text`, made now if it is new.
    pub(super) fn add(&self, text: &str) -> Code {
        if let Some(code) = self.code(text) {
            return code;
        }
        let mut inner = self.inner.write().expect("no writer panics while it holds the texts");
        let text: Arc<str> = text.into();
        inner.texts.push(Arc::clone(&text));
        let code = Code::try_from(inner.texts.len()).expect("fewer than four billion texts");
        inner.codes.insert(text, code);
        code
    }

    /// How many texts there are; also the highest code.
    pub(super) fn len(&self) -> Code {
        let inner = self.inner.read().expect("no writer panics while it holds the texts");
        Code::try_from(inner.texts.len()).expect("fewer than four billion texts")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_keeps_its_code() {
        let texts = Texts::default();
        let first = texts.add("page_view");
        assert_eq!(texts.add("purchase"), first + 1);
        assert_eq!(texts.add("page_view"), first);
        assert_eq!(texts.text(first).as_deref(), Some("page_view"));
        assert_eq!(texts.text(NO_CODE), None);
        assert_eq!(texts.code("never seen"), None);
    }
}
