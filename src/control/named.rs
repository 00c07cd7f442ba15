//! Whom a shop means by an id: the numbers and names under which events are kept.

use super::Control;
use crate::domain::id::{SiteId, VisitorId};
use crate::domain::name::Label;
use crate::domain::scrub::hide_secret_id;
use crate::domain::visitor::{customers_visitor, sent_visitor};

impl Control {
    /// The visitors that `id` may stand for: the id that was sent with events, or the number that exports show. `None`
    /// for a text that is no id.
    pub fn visitors_named(&self, site: SiteId, id: &str) -> Option<Vec<VisitorId>> {
        let label = Label::parse(id).ok()?;
        let sent = sent_visitor(self.visitor_secret(), site, &label);
        let shown = label.as_str().parse().ok().map(VisitorId);
        Some([sent].into_iter().chain(shown).collect())
    }

    /// The customer that `id` stands for as events name it, and the visitor that a server's events without another id
    /// are of. An e-mail address may be given plain. `None` for a text that is no id.
    pub fn customer_named(&self, site: SiteId, id: &str) -> Option<(Label, VisitorId)> {
        let label = Label::parse(id).ok()?;
        let label = Label::describe(&hide_secret_id(label.as_str())).ok()?;
        let visitor = customers_visitor(self.visitor_secret(), site, &label);
        Some((label, visitor))
    }
}
