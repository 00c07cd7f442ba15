//! How an order agrees with the shop's own order book.

use super::settle::Settled;

/// How an order and the book agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Verdict {
    /// Both have it, for the same amount; or the book names none.
    Both,
    /// Both have it, for different amounts.
    AmountDiffers,
    /// Styk never heard of it.
    OnlyInBook,
    /// The book does not have it.
    OnlyInStyk,
}

impl Verdict {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Both, Self::AmountDiffers, Self::OnlyInBook, Self::OnlyInStyk];

    /// The word used on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Both => "both",
            Self::AmountDiffers => "amount_differs",
            Self::OnlyInBook => "only_in_book",
            Self::OnlyInStyk => "only_in_styk",
        }
    }
}

impl Settled {
    /// How the book and the order agree, and when that is booked: by the book where it has the order. `None` where
    /// there is neither.
    pub fn verdict(&self) -> Option<(Verdict, i64)> {
        Some(match (&self.entry, &self.order) {
            (Some(entry), Some(order)) => {
                let same = entry.value.is_none() || entry.value == order.value;
                (if same { Verdict::Both } else { Verdict::AmountDiffers }, entry.at_ms)
            }
            (Some(entry), None) => (Verdict::OnlyInBook, entry.at_ms),
            (None, Some(order)) => (Verdict::OnlyInStyk, order.at_ms),
            (None, None) => return None,
        })
    }
}
