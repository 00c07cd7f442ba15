//! What the codes and texts of rows mean to carts and sessions.

use foldhash::{HashMap, HashMapExt as _};
use serde::Deserialize;

use crate::domain::cart::{Act, CartRow, Line, Step};
use crate::domain::money::{Currency, Money};
use crate::store::{Code, Columns, NO_CODE, Snapshot, TextValues};

/// A row of which nothing is known: what is activity and nothing else has no more than who, when and where.
pub(super) const NOTHING: CartRow<'static> = CartRow {
    person: 0,
    visitor: 0,
    at_ms: 0,
    sequence: 0,
    act: Act::Other,
    touchpoint: NO_CODE,
    channel: NO_CODE,
    campaign: NO_CODE,
    device: NO_CODE,
    customer: None,
    cart_id: None,
    transaction_id: None,
    lines: &[],
    value: None,
    stage: None,
    field: None,
    fits: true,
};

/// Of some rows, what their events do to carts.
pub(super) struct ActColumns<'a> {
    amounts: &'a [i64],
    currencies: &'a [Code],
    pub(super) cart_ids: TextValues<'a>,
    transaction_ids: TextValues<'a>,
    items: TextValues<'a>,
    stages: TextValues<'a>,
    fields: TextValues<'a>,
}

impl<'a> ActColumns<'a> {
    pub(super) fn new(columns: &'a Columns) -> Self {
        Self {
            amounts: columns.numbers("value_minor"),
            currencies: columns.codes("currency"),
            cart_ids: columns.texts("cart_id"),
            transaction_ids: columns.texts("transaction_id"),
            items: columns.texts("items"),
            stages: columns.texts("stage"),
            fields: columns.texts("field"),
        }
    }
}

/// Reads rows: what codes and texts mean.
pub(super) struct Words<'a> {
    snapshot: &'a Snapshot,
    site_currency: Currency,
    unknown_device: Option<Code>,
    acts: HashMap<Code, Act>,
    currencies: HashMap<Code, Option<Currency>>,
    lines: KnownLines,
}

impl<'a> Words<'a> {
    pub(super) fn new(snapshot: &'a Snapshot, site_currency: Currency) -> Self {
        // An agent that says nothing is no device.
        let unknown_device = snapshot.code("unknown");
        Self {
            snapshot,
            site_currency,
            unknown_device,
            acts: HashMap::new(),
            currencies: HashMap::new(),
            lines: KnownLines::default(),
        }
    }

    /// Gives `each` every row of columns that have all that a cart's row has.
    pub(super) fn each_row(&mut self, columns: &Columns, mut each: impl FnMut(&CartRow<'_>)) {
        let (people, visitors, sequences) =
            (columns.unsigned("person"), columns.unsigned("visitor"), columns.unsigned("sequence"));
        let (times, names) = (columns.numbers("at_ms"), columns.codes("name"));
        let (touchpoints, channels) = (columns.codes("touchpoint"), columns.codes("channel"));
        let (campaigns, devices, fits) = (columns.codes("campaign"), columns.codes("device"), columns.codes("fits"));
        let acts = ActColumns::new(columns);
        for row in 0..columns.rows() {
            let seen = CartRow {
                person: people[row],
                visitor: visitors[row],
                at_ms: times[row],
                sequence: sequences[row],
                act: self.act(names[row]),
                touchpoint: touchpoints[row],
                channel: channels[row],
                campaign: campaigns[row],
                device: self.device(devices[row]),
                fits: fits[row] != 0,
                ..NOTHING
            };
            match seen.act {
                Act::Passive | Act::Other => each(&seen),
                _ => self.give_act(seen, (&acts, row), &mut each),
            }
        }
    }

    /// Gives a row with what its event does to a cart, which these columns have there.
    pub(super) fn give_act(
        &mut self,
        seen: CartRow<'_>,
        (acts, row): (&ActColumns<'_>, usize),
        each: &mut impl FnMut(&CartRow<'_>),
    ) {
        let currency = self.currency(acts.currencies[row]);
        let site_currency = self.site_currency;
        let lines = acts.items.get(row).map(|items| self.lines.of(items, currency.unwrap_or(site_currency)));
        let minor = acts.amounts[row];
        each(&CartRow {
            cart_id: acts.cart_ids.get(row),
            transaction_id: acts.transaction_ids.get(row),
            lines: lines.unwrap_or_default(),
            // A row has a currency if and only if it has a value.
            value: currency.and_then(|currency| Money::from_minor(minor, currency)),
            stage: acts.stages.get(row).and_then(Step::parse),
            field: acts.fields.get(row).filter(|field| !field.is_empty()),
            ..seen
        });
    }

    /// The code of a device.
    pub(super) fn device(&self, code: Code) -> Code {
        if Some(code) == self.unknown_device { NO_CODE } else { code }
    }

    /// What an event of this name does.
    pub(super) fn act(&mut self, name: Code) -> Act {
        let snapshot = self.snapshot;
        *self.acts.entry(name).or_insert_with(|| snapshot.text(name).map_or(Act::Other, |name| Act::of(&name)))
    }

    fn currency(&mut self, code: Code) -> Option<Currency> {
        let snapshot = self.snapshot;
        let read = || snapshot.text(code).and_then(|text| Currency::parse(&text));
        *self.currencies.entry(code).or_insert_with(read)
    }
}

/// Lines by the text and the currency they were read from: the steps of a checkout show the same ones, and popular products
/// are added again and again.
#[derive(Default)]
struct KnownLines(HashMap<Currency, HashMap<Box<str>, Vec<Line>>>);

/// So many texts of one currency are remembered.
const TEXTS_MAX: usize = 1_024;

impl KnownLines {
    fn of(&mut self, items: &str, currency: Currency) -> &[Line] {
        let known = self.0.entry(currency).or_default();
        if !known.contains_key(items) {
            if TEXTS_MAX <= known.len() {
                known.clear();
            }
            known.insert(items.into(), lines_of(items, currency));
        }
        &known[items]
    }
}

/// One of an event's items, as `load` stores it.
#[derive(Deserialize)]
struct StoredItem {
    item_id: Option<String>,
    item_name: Option<String>,
    price_minor: Option<i64>,
    /// Only where it is not that of the event's value.
    currency: Option<String>,
    quantity: u32,
}

/// The lines of stored items; prices that name no currency are in `currency`.
pub(super) fn lines_of(items: &str, currency: Currency) -> Vec<Line> {
    let items: Vec<StoredItem> = serde_json::from_str(items).unwrap_or_default();
    let line = |item: StoredItem| {
        let currency = item.currency.and_then(|code| Currency::parse(&code)).unwrap_or(currency);
        Line {
            product: item.item_id.or_else(|| item.item_name.clone()).unwrap_or_default(),
            name: item.item_name,
            quantity: u64::from(item.quantity),
            price: item.price_minor.and_then(|minor| Money::from_minor(minor, currency)),
        }
    };
    items.into_iter().map(line).collect()
}
