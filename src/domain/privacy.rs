//! What a site may know of its visitors, and for how long: a preset and an age limit, and what they mean in plain words.

/// What is taken of what senders say about visitors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Preset {
    /// What consent allows: a lasting id and the shop's own ids, unless the visitor said no.
    #[default]
    Default,
    /// What the French authority (CNIL) lets a shop measure without asking: no one is known for longer than a day, and
    /// nothing leads back to the shop's own records, unless the visitor said yes.
    Cnil,
}

impl Preset {
    /// The word used by people.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Cnil => "cnil",
        }
    }

    /// Takes the word; `None` when it is another.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Default, Self::Cnil].into_iter().find(|preset| preset.as_str() == text)
    }
}

/// What holds for a site.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Privacy {
    /// What is taken.
    pub preset: Preset,
    /// How many days events are kept, as it was set; 0 for ever, as far as the preset allows.
    pub retention_days: u16,
}

/// What holds on one subject, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Such as `visitors`.
    pub subject: &'static str,
    /// A stable name of the text, by which it is told in other languages.
    pub code: &'static str,
    /// A sentence or two.
    pub text: String,
}

impl Privacy {
    /// The longest that [`Preset::Cnil`] keeps an event: 25 months.
    pub const CNIL_DAYS_MAX: u16 = 760;

    /// How many whole days events are kept after the day of their arrival; `None` for ever.
    pub fn kept_days(self) -> Option<u16> {
        let set = (self.retention_days != 0).then_some(self.retention_days);
        match self.preset {
            Preset::Default => set,
            Preset::Cnil => Some(set.unwrap_or(Self::CNIL_DAYS_MAX).min(Self::CNIL_DAYS_MAX)),
        }
    }

    /// What holds, subject by subject.
    pub fn statements(self) -> Vec<Statement> {
        let statement = |subject, code, text: &str| Statement { subject, code, text: text.to_owned() };
        let kept = match self.kept_days() {
            None => ("kept_for_ever", "Events are kept until they are erased.".to_owned()),
            Some(days) => (
                "kept_days",
                format!(
                    "Events are kept for {days} days after the day (UTC) of their arrival; then they leave the store, the \
                 archive and the journal by themselves."
                ),
            ),
        };
        let mut statements = vec![
            statement("addresses", "addresses", "No IP address is ever written to disk."),
            statement(
                "pages",
                "pages",
                "Of page addresses only known parts of the query are kept; words that look like an e-mail or a secret \
                 are redacted everywhere.",
            ),
            statement(
                "signals",
                "signals",
                "A browser that sends Global Privacy Control is treated as one without consent.",
            ),
        ];
        statements.extend(by_preset(self.preset).map(|(subject, code, text)| statement(subject, code, text)));
        statements.push(Statement { subject: "retention", code: kept.0, text: kept.1 });
        statements.push(statement(
            "erasure",
            "erasure",
            "Who is erased is in no answer from that moment on, and out of every file as soon as those are rewritten; \
             backups that were made before still hold them.",
        ));
        statements
    }
}

/// What a preset means: a subject, the text's name and the text each.
fn by_preset(preset: Preset) -> [(&'static str, &'static str, &'static str); 3] {
    match preset {
        Preset::Default => [
            (
                "visitors",
                "visitors_default",
                "A browser is known beyond the day only with consent; without it by a hash of address and browser \
                 whose key is thrown away every day. A server's visitor id is taken unless the visitor said no.",
            ),
            (
                "customers",
                "customers_default",
                "The shop's own id of a person is kept unless the visitor said no; an e-mail as a hash.",
            ),
            (
                "orders and carts",
                "carts_default",
                "Their numbers are kept as they are, so that they can be found in the shop's records.",
            ),
        ],
        Preset::Cnil => [
            (
                "visitors",
                "visitors_cnil",
                "Nobody is known beyond the day without having said yes, whoever sends the event: a hash of address \
                 and browser stands for the visitor, and its key is thrown away every day.",
            ),
            ("customers", "customers_cnil", "The shop's own id of a person is not kept unless the visitor said yes."),
            (
                "orders and carts",
                "carts_cnil",
                "Their numbers are kept as hashes unless the visitor said yes: they tell orders apart and cannot be \
                 found in the shop's records.",
            ),
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cnil_keeps_nothing_longer_than_25_months() {
        let kept = |preset, retention_days| Privacy { preset, retention_days }.kept_days();
        assert_eq!(kept(Preset::Default, 0), None);
        assert_eq!(kept(Preset::Default, 900), Some(900));
        assert_eq!(kept(Preset::Cnil, 0), Some(760));
        assert_eq!(kept(Preset::Cnil, 900), Some(760));
        assert_eq!(kept(Preset::Cnil, 30), Some(30));
    }
}
