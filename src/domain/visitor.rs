//! The numbers of visitors: keyed hashes of what tells them apart, so that nobody can be read from them.

use hmac::{Hmac, Mac};
use sha2::Sha256;

use super::id::{SiteId, VisitorId};
use super::name::Label;

/// What the hashes are made of, so that no two kinds can meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// A first-party id.
    Visitor = 1,
    /// The shop's own id of the person.
    Customer = 2,
    /// Address and agent, for a day.
    Connection = 3,
    /// Nothing but the event itself.
    Event = 4,
    /// The number of a cart or an order.
    Purchase = 5,
}

/// The visitor of events that carry this id.
pub fn sent_visitor(secret: &[u8; 32], site: SiteId, id: &Label) -> VisitorId {
    hash(secret, site, Basis::Visitor, &[id.as_str().as_bytes()])
}

/// The visitor of a server's events that carry this customer and no other id.
pub fn customers_visitor(secret: &[u8; 32], site: SiteId, customer: &Label) -> VisitorId {
    hash(secret, site, Basis::Customer, &[customer.as_str().as_bytes()])
}

/// The hash of these parts under a key.
pub fn hash(key: &[u8; 32], site: SiteId, basis: Basis, parts: &[&[u8]]) -> VisitorId {
    let mut hmac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    hmac.update(&[basis as u8]);
    hmac.update(&site.0.to_le_bytes());
    for part in parts {
        hmac.update(part);
    }
    let hash = hmac.finalize().into_bytes();
    let (first, _) = hash.split_first_chunk::<8>().expect("SHA-256 has 32 bytes");
    VisitorId(u64::from_be_bytes(*first))
}
