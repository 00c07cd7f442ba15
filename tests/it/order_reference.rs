//! The slow, obvious order: gathers all that was said of a number, and decides by the rules, one after the other. It
//! shares no code with the ledger.

use std::collections::BTreeMap;

/// Minor units and currency.
pub(crate) type Price = (i64, &'static str);

/// Something that was said of an order.
#[derive(Clone, Debug)]
pub(crate) struct Said {
    pub(crate) name: &'static str,
    pub(crate) number: Option<String>,
    pub(crate) at_ms: i64,
    /// Its place among all events, in the order of their arrival.
    pub(crate) place: u64,
    pub(crate) server: bool,
    pub(crate) visitor: u64,
    pub(crate) customer: Option<&'static str>,
    pub(crate) cart: Option<&'static str>,
    pub(crate) value: Option<Price>,
    /// Product, pieces, price of one.
    pub(crate) items: Vec<(&'static str, u64, Option<Price>)>,
}

/// What an order number comes to.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Account {
    pub(crate) order: Option<Bought>,
    /// When and for how much the book has it.
    pub(crate) book: Option<(i64, Option<(i64, String)>)>,
    /// Refunds that are taken off nothing.
    pub(crate) lost: Vec<(i64, Option<(i64, String)>)>,
}

/// An order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Bought {
    pub(crate) number: Option<String>,
    pub(crate) at_ms: i64,
    pub(crate) booked: u64,
    pub(crate) visitor: u64,
    pub(crate) customer: Option<String>,
    pub(crate) cart: Option<String>,
    pub(crate) worth: Option<(i64, String)>,
    pub(crate) refunded: i64,
    pub(crate) cancelled: i64,
    pub(crate) status: &'static str,
    pub(crate) products: Vec<String>,
    pub(crate) pages: u64,
    pub(crate) servers: u64,
}

/// What all these events come to, as of a moment; in no order.
pub(crate) fn accounts(said: &[Said], as_of_ms: i64) -> Vec<Account> {
    let mut by_number: BTreeMap<String, Vec<&Said>> = BTreeMap::new();
    for event in said.iter().filter(|event| event.at_ms <= as_of_ms) {
        // What has no number stands alone, under a name that no order has.
        let key = event.number.clone().map_or(format!("\u{0}{}", event.place), |number| format!("n{number}"));
        by_number.entry(key).or_default().push(event);
    }
    let accounts = by_number.into_values().map(|events| account(&events));
    accounts.filter(|account| *account != Account::default()).collect()
}

fn account(events: &[&Said]) -> Account {
    let lines = events.iter().filter(|event| event.name == "order_book_entry" && event.server);
    let book = lines.max_by_key(|event| event.place).map(|line| (line.at_ms, line.value.map(owned)));
    let counted = counted_refunds(events);
    let purchases: Vec<&Said> = events.iter().copied().filter(|event| event.name == "purchase").collect();
    if purchases.is_empty() {
        let lost = counted.iter().map(|refund| (refund.at_ms, gives(refund, &[]).unwrap_or(None))).collect();
        return Account { order: None, book, lost };
    }
    let order = bought(&purchases);
    let cancelled = events.iter().any(|event| event.name == "order_cancelled");
    let ordered = items_of(&purchases);
    let (order, lost) = after_refunds(order, &counted, &ordered, cancelled);
    Account { order: Some(order), book, lost }
}

fn owned((minor, currency): Price) -> (i64, String) {
    (minor, currency.to_owned())
}

/// Refunds in order of time; of pages only where no server says any.
fn counted_refunds<'a>(events: &[&'a Said]) -> Vec<&'a Said> {
    let refunds = || events.iter().copied().filter(|event| event.name == "refund");
    let of_servers: Vec<&Said> = refunds().filter(|refund| refund.server).collect();
    let mut counted: Vec<&Said> = if of_servers.is_empty() { refunds().collect() } else { of_servers };
    counted.sort_by_key(|refund| (refund.at_ms, refund.place));
    counted
}

fn earliest<'a>(events: impl Iterator<Item = &'a Said>) -> Option<&'a Said> {
    events.min_by_key(|event| (event.at_ms, event.place))
}

/// What the first server that says it says, else the first page that does.
fn told<'a, T>(purchases: &[&'a Said], say: impl Fn(&'a Said) -> Option<T>) -> Option<T> {
    let by = |server: bool| {
        earliest(purchases.iter().copied().filter(|event| event.server == server && say(event).is_some()))
    };
    by(true).or(by(false)).and_then(&say)
}

fn items_of(purchases: &[&Said]) -> Vec<(&'static str, u64, Option<Price>)> {
    told(purchases, |event| (!event.items.is_empty()).then(|| event.items.clone())).unwrap_or_default()
}

/// What items come to; `None` where a price is missing, there is nothing, or there are two currencies.
fn sum(items: &[(&'static str, u64, Option<Price>)]) -> Option<Price> {
    let prices: Option<Vec<(i64, &'static str)>> = items
        .iter()
        .map(|(_, pieces, price)| price.map(|(minor, currency)| (minor * i64::try_from(*pieces).unwrap(), currency)))
        .collect();
    let prices = prices?;
    let currency = prices.first()?.1;
    let alike = prices.iter().all(|price| price.1 == currency);
    alike.then(|| (prices.iter().map(|price| price.0).sum(), currency))
}

fn bought(purchases: &[&Said]) -> Bought {
    let first = earliest(purchases.iter().copied()).unwrap();
    let on_page = earliest(purchases.iter().copied().filter(|event| !event.server)).unwrap_or(first);
    let worth = told(purchases, |event| event.value).or_else(|| told(purchases, |event| sum(&event.items)));
    Bought {
        number: first.number.clone(),
        at_ms: first.at_ms,
        booked: on_page.place,
        visitor: on_page.visitor,
        customer: told(purchases, |event| event.customer).map(str::to_owned),
        cart: told(purchases, |event| event.cart).map(str::to_owned),
        worth: worth.map(owned),
        refunded: 0,
        cancelled: 0,
        status: "placed",
        products: items_of(purchases).iter().map(|item| item.0.to_owned()).collect(),
        pages: purchases.iter().filter(|event| !event.server).count() as u64,
        servers: purchases.iter().filter(|event| event.server).count() as u64,
    }
}

/// What a refund gives back: all (`Err`), or an amount, or nobody knows how much.
fn gives(refund: &Said, ordered: &[(&'static str, u64, Option<Price>)]) -> Result<Option<(i64, String)>, ()> {
    if let Some(value) = refund.value {
        return Ok(Some(owned(value)));
    }
    if refund.items.is_empty() {
        return Err(());
    }
    let price_of = |product: &str| ordered.iter().find(|item| item.0 == product).and_then(|item| item.2);
    let priced: Vec<_> =
        refund.items.iter().map(|(product, pieces, price)| (*product, *pieces, price.or(price_of(product)))).collect();
    Ok(sum(&priced).map(owned))
}

/// When, and how much of which currency, if anything.
type GivenBack = (i64, Option<(i64, String)>);

/// Takes one refund after the other off what is left of the order.
fn after_refunds(
    mut order: Bought,
    refunds: &[&Said],
    ordered: &[(&'static str, u64, Option<Price>)],
    cancelled: bool,
) -> (Bought, Vec<GivenBack>) {
    let (worth, currency) = order.worth.clone().unwrap_or((0, String::new()));
    let (mut left, mut all, mut lost) = (worth, false, Vec::new());
    for refund in refunds {
        match gives(refund, ordered) {
            Err(()) => all = true,
            Ok(Some((minor, own))) if own == currency => left = (left - minor).max(0),
            Ok(amount) => lost.push((refund.at_ms, amount)),
        }
    }
    if all {
        left = 0;
    }
    order.refunded = worth - left;
    order.status = match (cancelled, all || (left == 0 && 0 < worth), left < worth) {
        (true, ..) => "cancelled",
        (_, true, _) => "refunded",
        (_, _, true) => "partly_refunded",
        _ => "placed",
    };
    if cancelled {
        order.cancelled = left;
    }
    (order, lost)
}
