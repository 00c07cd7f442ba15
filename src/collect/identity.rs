//! Who did something: keyed hashes of what the sender said, or of what the connection shows.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::net::IpAddr;

use super::read;
use super::refusal::Refusal;
use super::wire::{Raw, WireObject};
use crate::control::VisitorKeys;
use crate::domain::event::{Actor, Commerce, Consent, CountryCode, Sender};
use crate::domain::id::{EventId, SiteId, VisitorId};
use crate::domain::name::Label;
use crate::domain::personal::looks_personal;
use crate::domain::privacy::Preset;
use crate::domain::scrub::scrub_words;
use crate::domain::visitor::{Basis, customers_visitor, hash, sent_visitor};

/// What a browser's connection shows, without anything it says in the body.
#[derive(Clone, Copy)]
pub(super) struct Connection<'a> {
    /// The visitor's address, past trusted proxies.
    pub(super) ip: IpAddr,
    /// `User-Agent`.
    pub(super) user_agent: Option<&'a str>,
    /// Whether `Sec-GPC: 1` was sent.
    pub(super) privacy: PrivacyControl,
}

/// Global Privacy Control, a browser's setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PrivacyControl {
    /// The visitor does not want to be followed: no lasting id, whatever the page says.
    On,
    /// Nothing was said.
    Unset,
}

/// Makes the visitors of one site.
pub(super) struct Identity<'a> {
    pub(super) site: SiteId,
    pub(super) keys: VisitorKeys,
    pub(super) sender: Sender,
    pub(super) preset: Preset,
    pub(super) connection: Connection<'a>,
    /// Who the connection stands for: the same for all events of a batch. Starts empty.
    pub(super) behind_connection: OnceCell<VisitorId>,
}

impl Identity<'_> {
    /// Who did `event`, whose fields hold the batch's where it had none of its own. Whether the visitor is known
    /// for longer than a day is said by consent alone.
    ///
    /// # Errors
    /// [`Refusal::BadConsent`], [`Refusal::BadIp`], [`Refusal::BadCountry`], and those of texts.
    pub(super) fn actor(&self, event: &WireObject<'_>, id: EventId) -> Result<Actor, Refusal> {
        let visitor = read::label(event.visitor)?;
        let consent = self.consent(event.consent, visitor.as_ref())?;
        let customer = match (self.preset, consent) {
            (_, Consent::Denied) => None,
            (Preset::Cnil, Consent::Cookieless | Consent::Pending) => None,
            _ => read::private_id(event.customer)?,
        };
        let user_agent = self.user_agent(event.user_agent)?;
        let known = visitor.filter(|_| self.may_know(consent));
        Ok(Actor {
            visitor: match (known, self.sender) {
                (Some(visitor), _) => sent_visitor(&self.keys.secret, self.site, &visitor),
                (None, Sender::Browser) => {
                    *self.behind_connection.get_or_init(|| self.daily(self.connection.ip, user_agent.as_deref()))
                }
                (None, Sender::Server) => match (&customer, ip(event.ip)?) {
                    (Some(customer), _) => customers_visitor(&self.keys.secret, self.site, customer),
                    (None, Some(ip)) => self.daily(ip, user_agent.as_deref()),
                    (None, None) => hash(&self.keys.secret, self.site, Basis::Event, &[&id.as_u128().to_le_bytes()]),
                },
            },
            customer,
            consent,
            user_agent: user_agent.map(Cow::into_owned),
            language: language(event.language)?,
            country: self.country(event.country)?,
        })
    }

    /// Money, carts and items, as far as they may be known of `actor`: without a yes, [`Preset::Cnil`] hides the numbers
    /// by which a cart or an order would be found in the shop's records.
    pub(super) fn commerce(&self, mut commerce: Commerce, actor: &Actor) -> Commerce {
        if self.preset == Preset::Cnil && actor.consent != Consent::Granted {
            let hidden = |id: Label| {
                let VisitorId(hash) = hash(&self.keys.secret, self.site, Basis::Purchase, &[id.as_str().as_bytes()]);
                Label::from_stored(&format!("hidden:{hash:016x}"))
            };
            commerce.cart_id = commerce.cart_id.map(hidden);
            commerce.transaction_id = commerce.transaction_id.map(hidden);
        }
        commerce
    }

    /// An id that came without a word about consent was kept with it: the snippet always says the word. [`Preset::Cnil`]
    /// wants the word.
    fn consent(&self, raw: Raw<'_>, visitor: Option<&Label>) -> Result<Consent, Refusal> {
        let said = match raw {
            Some(raw) => Consent::parse(&read::text(raw)?).ok_or(Refusal::BadConsent)?,
            None if visitor.is_some() && self.preset == Preset::Default => Consent::Granted,
            None => Consent::Cookieless,
        };
        let limited = self.sender == Sender::Browser && self.connection.privacy == PrivacyControl::On;
        Ok(if limited && said == Consent::Granted { Consent::Cookieless } else { said })
    }

    /// A browser's id needs a yes; a server's id is the shop's own, and needs the absence of a no.
    fn may_know(&self, consent: Consent) -> bool {
        match (self.preset, self.sender) {
            (Preset::Cnil, _) | (_, Sender::Browser) => consent == Consent::Granted,
            (Preset::Default, Sender::Server) => consent != Consent::Denied,
        }
    }

    fn user_agent<'a>(&'a self, raw: Raw<'a>) -> Result<Option<Cow<'a, str>>, Refusal> {
        let text = match (self.sender, raw) {
            (Sender::Browser, _) => self.connection.user_agent.map(Cow::Borrowed),
            (Sender::Server, Some(raw)) => Some(read::text(raw)?),
            (Sender::Server, None) => None,
        };
        let scrubbed = |text: Cow<'a, str>| match text {
            Cow::Borrowed(text) => scrub_words(text),
            Cow::Owned(text) => Cow::Owned(scrub_words(&text).into_owned()),
        };
        let cut = |mut text: Cow<'a, str>| {
            if Actor::USER_AGENT_BYTES_MAX < text.len() {
                let end = text.floor_char_boundary(Actor::USER_AGENT_BYTES_MAX);
                text = Cow::Owned(text[..end].to_owned());
            }
            text
        };
        Ok(text.filter(|text| !text.is_empty()).map(scrubbed).map(cut))
    }

    fn country(&self, raw: Raw<'_>) -> Result<Option<CountryCode>, Refusal> {
        match (self.sender, raw) {
            (Sender::Server, Some(raw)) => CountryCode::parse(&read::text(raw)?).map(Some).ok_or(Refusal::BadCountry),
            _ => Ok(None),
        }
    }

    /// The same for one day, after which nobody can say who it was.
    fn daily(&self, ip: IpAddr, user_agent: Option<&str>) -> VisitorId {
        let ip = match ip.to_canonical() {
            IpAddr::V4(ip) => ip.to_ipv6_mapped().octets(),
            IpAddr::V6(ip) => ip.octets(),
        };
        hash(&self.keys.salt, self.site, Basis::Connection, &[&ip, user_agent.unwrap_or_default().as_bytes()])
    }
}

fn ip(raw: Raw<'_>) -> Result<Option<IpAddr>, Refusal> {
    let Some(raw) = raw else { return Ok(None) };
    read::text(raw)?.trim().parse().map(Some).map_err(|_| Refusal::BadIp)
}

/// A tag such as `pl-pl`; what is none is left out, since browsers choose it and nobody can mend it.
fn language(raw: Raw<'_>) -> Result<Option<Label>, Refusal> {
    const BYTES_MAX: usize = 35;
    let Some(raw) = raw else { return Ok(None) };
    let text = read::text(raw)?;
    let tag = text.len() <= BYTES_MAX && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    Ok(if tag && !looks_personal(&text) { Label::parse(&text.to_ascii_lowercase()).ok() } else { None })
}

#[cfg(test)]
mod tests {
    use super::super::json::json;
    use super::*;

    const ANN: Connection<'_> = Connection {
        ip: IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1)),
        user_agent: Some("Browser/1"),
        privacy: PrivacyControl::Unset,
    };

    fn identity(sender: Sender, connection: Connection<'_>) -> Identity<'_> {
        let keys = VisitorKeys { secret: [1; 32], salt: [2; 32] };
        let preset = Preset::Default;
        Identity { site: SiteId(1), keys, sender, preset, connection, behind_connection: OnceCell::new() }
    }

    #[track_caller]
    fn actor(identity: &Identity<'_>, fields: &str) -> Actor {
        let event = WireObject::read(json(fields)).unwrap();
        identity.actor(&event, EventId::parse("event").unwrap()).unwrap()
    }

    #[test]
    fn a_browsers_id_is_used_with_consent_only() {
        let ann = identity(Sender::Browser, ANN);
        let daily = actor(&ann, "{}");
        assert_eq!(daily.consent, Consent::Cookieless);
        for consent in ["denied", "pending", "cookieless"] {
            let unknown = actor(&ann, &format!(r#"{{"visitor":"v1","consent":"{consent}"}}"#));
            assert_eq!(unknown.visitor, daily.visitor, "{consent}");
        }
        let granted = actor(&ann, r#"{"visitor":"v1","consent":"granted"}"#);
        assert_ne!(granted.visitor, daily.visitor);
        assert_eq!(actor(&ann, r#"{"visitor":"v1"}"#), granted, "an id without a word was kept with consent");
        let mut tomorrow = identity(Sender::Browser, ANN);
        tomorrow.keys.salt = [3; 32];
        assert_eq!(actor(&tomorrow, r#"{"visitor":"v1"}"#).visitor, granted.visitor);
        assert_ne!(actor(&tomorrow, "{}").visitor, daily.visitor, "nobody is known without consent for two days");
        let limited = identity(Sender::Browser, Connection { privacy: PrivacyControl::On, ..ANN });
        let limited = actor(&limited, r#"{"visitor":"v1","consent":"granted"}"#);
        assert_eq!((limited.visitor, limited.consent), (daily.visitor, Consent::Cookieless));
    }

    #[test]
    fn visitors_differ_by_site_address_and_agent() {
        let mut ids = vec![actor(&identity(Sender::Browser, ANN), "{}").visitor];
        ids.push(actor(&identity(Sender::Browser, Connection { user_agent: Some("Browser/2"), ..ANN }), "{}").visitor);
        let elsewhere = Connection { ip: "192.0.2.2".parse().unwrap(), ..ANN };
        ids.push(actor(&identity(Sender::Browser, elsewhere), "{}").visitor);
        ids.push(actor(&Identity { site: SiteId(2), ..identity(Sender::Browser, ANN) }, "{}").visitor);
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), 4);
    }

    #[test]
    fn a_server_names_the_visitor_as_well_as_it_can() {
        let server = identity(Sender::Server, Connection { ip: "10.0.0.9".parse().unwrap(), ..ANN });
        let browser = identity(Sender::Browser, ANN);
        let visitor = |fields| actor(&server, fields).visitor;
        let known = actor(&browser, r#"{"visitor":"v1","consent":"granted"}"#).visitor;
        assert_eq!(visitor(r#"{"visitor":"v1","customer":"c1"}"#), known);
        assert_eq!(visitor(r#"{"customer":"c1"}"#), visitor(r#"{"customer":"c1","ip":"192.0.2.1"}"#));
        assert_eq!(visitor(r#"{"ip":"192.0.2.1","user_agent":"Browser/1"}"#), actor(&browser, "{}").visitor);
        assert_ne!(visitor("{}"), actor(&browser, "{}").visitor);
        let refused = actor(&server, r#"{"visitor":"v1","customer":"c1","consent":"denied"}"#);
        assert_eq!((refused.visitor, refused.customer), (visitor("{}"), None));
    }

    #[test]
    fn cnil_knows_nobody_beyond_the_day_who_has_not_said_yes() {
        let cnil = |sender| Identity { preset: Preset::Cnil, ..identity(sender, ANN) };
        let daily = actor(&identity(Sender::Browser, ANN), "{}").visitor;
        for fields in [r#""consent":"pending""#, r#""consent":"cookieless""#, r#""language":"pl""#] {
            let fields =
                format!(r#"{{"visitor":"v1","customer":"c1","ip":"192.0.2.1","user_agent":"Browser/1",{fields}}}"#);
            for sender in [Sender::Browser, Sender::Server] {
                let found = actor(&cnil(sender), &fields);
                assert_eq!((found.visitor, found.customer), (daily, None), "{sender:?} {fields}");
            }
        }
        let agreed = r#"{"visitor":"v1","customer":"c1","consent":"granted"}"#;
        for sender in [Sender::Browser, Sender::Server] {
            assert_eq!(actor(&cnil(sender), agreed), actor(&identity(sender, ANN), agreed));
        }
        let label = |text| Some(Label::parse(text).unwrap());
        let bought = || Commerce { cart_id: label("cart-1"), transaction_id: label("order-1"), ..Commerce::default() };
        let server = cnil(Sender::Server);
        let hidden = server.commerce(bought(), &actor(&server, "{}"));
        assert_eq!(hidden, server.commerce(bought(), &actor(&server, "{}")), "one order stays one order");
        let order = hidden.transaction_id.unwrap();
        assert!(order.as_str().starts_with("hidden:") && !order.as_str().contains("order-1"), "{order}");
        assert_ne!(Some(order), hidden.cart_id);
        assert_eq!(server.commerce(bought(), &actor(&server, agreed)), bought());
        assert_eq!(identity(Sender::Server, ANN).commerce(bought(), &actor(&server, "{}")), bought());
    }

    #[test]
    fn only_servers_are_believed_about_agent_address_and_country() {
        let fields = r#"{"ip":"nonsense","user_agent":"Forged","country":"pl","language":"pl-PL"}"#;
        let browser = actor(&identity(Sender::Browser, ANN), fields);
        assert_eq!(browser.user_agent.as_deref(), Some("Browser/1"));
        assert_eq!((browser.country, browser.language.unwrap().as_str()), (None, "pl-pl"));
        let server = identity(Sender::Server, ANN);
        let refusal = |fields| {
            let event = WireObject::read(json(fields)).unwrap();
            server.actor(&event, EventId::random()).err()
        };
        assert_eq!(actor(&server, r#"{"country":"pl"}"#).country, CountryCode::parse("PL"));
        assert_eq!(refusal(r#"{"country":"Poland"}"#), Some(Refusal::BadCountry));
        assert_eq!(refusal(r#"{"ip":"nonsense"}"#), Some(Refusal::BadIp));
        assert_eq!(refusal(r#"{"consent":"yes"}"#), Some(Refusal::BadConsent));
        let long = actor(&server, &format!(r#"{{"user_agent":"{}"}}"#, "ż".repeat(400))).user_agent.unwrap();
        assert_eq!(long.len(), Actor::USER_AGENT_BYTES_MAX);
    }

    #[test]
    fn an_email_address_never_names_a_customer() {
        let customer = |fields| actor(&identity(Sender::Server, ANN), fields).customer.unwrap().to_string();
        let hashed = customer(r#"{"customer":"Ann@B.example"}"#);
        assert_eq!(hashed, customer(r#"{"customer":" ann@b.example "}"#));
        assert!(hashed.starts_with("sha256:") && hashed.len() == 71, "{hashed}");
        assert_eq!(customer(r#"{"customer":4711}"#), "4711");
    }
}
