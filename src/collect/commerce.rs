//! Money, carts and items of an event.

use super::read;
use super::refusal::Refusal;
use super::wire::{List, Raw, WireItem, WireObject};
use crate::domain::event::{Commerce, Item};
use crate::domain::money::{BadMoney, Currency, Money, Sign};

const QUANTITY_MAX: i64 = 1_000_000;

/// Reads value, cart, order and items of `event`; amounts without a currency are in the site's.
///
/// # Errors
/// One of the refusals about money, items and quantities, and those of texts.
pub(super) fn parse_commerce(event: &WireObject<'_>, site_currency: Currency) -> Result<Commerce, Refusal> {
    let currency = currency_or(event.currency, site_currency)?;
    Ok(Commerce {
        value: money(event.value, currency)?,
        cart_id: read::private_id(event.cart_id)?,
        transaction_id: read::public_id(event.transaction_id)?,
        items: match event.items {
            Some(items) => parse_items(items, currency)?,
            None => Vec::new(),
        },
    })
}

fn parse_items(items: &str, currency: Currency) -> Result<Vec<Item>, Refusal> {
    let items = List::<{ Commerce::ITEMS_MAX }>::read(items).map_err(|_| Refusal::BadItem)?;
    if Commerce::ITEMS_MAX < items.length {
        return Err(Refusal::TooManyItems);
    }
    items.first.into_iter().map(|item| parse_item(item, currency)).collect()
}

fn parse_item(raw: &str, currency: Currency) -> Result<Item, Refusal> {
    let item = WireItem::read(raw).map_err(|_| Refusal::BadItem)?;
    let currency = currency_or(item.currency, currency)?;
    let price = money(item.price, currency)?;
    let (item_id, item_name) = (read::public_id(item.item_id)?, read::description(item.item_name)?);
    if item_id.is_none() && item_name.is_none() {
        return Err(Refusal::BadItem);
    }
    Ok(Item {
        item_id,
        item_name,
        item_category: read::description(item.item_category)?,
        item_brand: read::description(item.item_brand)?,
        item_variant: read::description(item.item_variant)?,
        price_minor: price.map(Money::minor),
        currency: price.map(Money::currency),
        quantity: quantity(item.quantity)?,
    })
}

fn currency_or(raw: Raw<'_>, otherwise: Currency) -> Result<Currency, Refusal> {
    let Some(raw) = raw else { return Ok(otherwise) };
    let text = read::text(raw)?;
    if text.is_empty() { Ok(otherwise) } else { Currency::parse(text.trim()).ok_or(Refusal::BadCurrency) }
}

fn money(raw: Raw<'_>, currency: Currency) -> Result<Option<Money>, Refusal> {
    let Some(raw) = raw else { return Ok(None) };
    let text = read::text_or_number(raw).map_err(|_| Refusal::BadMoney)?;
    if text.is_empty() {
        return Ok(None);
    }
    Money::parse(text.trim(), currency, Sign::NotNegative).map(Some).map_err(|bad| match bad {
        BadMoney::NotANumber => Refusal::BadMoney,
        BadMoney::TooPrecise => Refusal::MoneyTooPrecise,
        BadMoney::OutOfRange => Refusal::MoneyOutOfRange,
        BadMoney::Negative => Refusal::MoneyNegative,
    })
}

fn quantity(raw: Raw<'_>) -> Result<u32, Refusal> {
    let Some(raw) = raw else { return Ok(1) };
    match read::whole_number(raw, Refusal::BadQuantity)? {
        number @ 1..=QUANTITY_MAX => u32::try_from(number).map_err(|_| Refusal::BadQuantity),
        _ => Err(Refusal::BadQuantity),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn commerce(json: &str) -> Result<Commerce, Refusal> {
        parse_commerce(&WireObject::read(json).unwrap(), Currency::parse("PLN").unwrap())
    }

    #[test]
    fn ga4s_conveniences_are_taken() {
        let read = commerce(
            r#"{"value":19.9,"transaction_id":1001,"cart_id":"c","items":[{"item_id":4711,"price":"5.00"},
                {"item_name":"Cap","price":7,"currency":"jpy","quantity":"3","item_brand":""}]}"#,
        )
        .unwrap();
        assert_eq!(
            read.value.map(|value| (value.minor(), value.currency().to_string())),
            Some((1990, "PLN".to_owned()))
        );
        assert_eq!(read.transaction_id.unwrap().as_str(), "1001");
        let item = |number: usize| {
            let item = &read.items[number];
            (item.price_minor, item.currency.map(|currency| currency.to_string()), item.quantity)
        };
        assert_eq!(item(0), (Some(500), Some("PLN".to_owned()), 1));
        assert_eq!(item(1), (Some(7), Some("JPY".to_owned()), 3));
        assert_eq!(commerce(r#"{"value":"","items":null}"#), Ok(Commerce::default()));
    }

    #[test]
    fn what_cannot_be_counted_is_refused() {
        let many = format!(r#"{{"items":[{}{{"item_id":"x"}}]}}"#, r#"{"item_id":"x"},"#.repeat(200));
        for (json, refusal) in [
            (r#"{"value":"NaN"}"#, Refusal::BadMoney),
            (r#"{"value":true}"#, Refusal::BadMoney),
            (r#"{"value":1e999}"#, Refusal::MoneyOutOfRange),
            (r#"{"value":-1}"#, Refusal::MoneyNegative),
            (r#"{"value":0.30000000000000004}"#, Refusal::MoneyTooPrecise),
            (r#"{"value":1,"currency":"XXL"}"#, Refusal::BadCurrency),
            (r#"{"items":{}}"#, Refusal::BadItem),
            (r#"{"items":[5]}"#, Refusal::BadItem),
            (r#"{"items":[{"price":5}]}"#, Refusal::BadItem),
            (r#"{"items":[{"item_id":"x","quantity":0}]}"#, Refusal::BadQuantity),
            (r#"{"items":[{"item_id":"x","quantity":1000001}]}"#, Refusal::BadQuantity),
            (r#"{"items":[{"item_id":"x","quantity":1.5}]}"#, Refusal::BadQuantity),
            (&many, Refusal::TooManyItems),
        ] {
            assert_eq!(commerce(json), Err(refusal), "{json:.80}");
        }
    }
}
