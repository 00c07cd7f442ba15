//! Money, carts and items of an event.

use super::json::Json;
use super::read;
use super::refusal::Refusal;
use super::wire::{List, Raw, WireItem, WireObject};
use crate::domain::event::{Commerce, Item};
use crate::domain::money::{BadMoney, Currency, Money, Sign};
use crate::domain::name::Label;
use crate::domain::written::{written_money, written_number};

const QUANTITY_MAX: i64 = 1_000_000;

/// How an event says its amounts and articles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wording {
    /// For programs: what is not exact is refused, with the reason.
    Exact,
    /// As a page wrote it for people: read as they would; what cannot be read is left out, so that no order is lost
    /// for it.
    Free,
}

/// Reads value, cart, order and items of `event`; amounts without a currency are in the site's.
///
/// # Errors
/// One of the refusals about money, items and quantities, and those of texts.
pub(super) fn parse_commerce(
    event: &WireObject<'_>,
    site_currency: Currency,
    wording: Wording,
) -> Result<Commerce, Refusal> {
    let currency = wording.currency_or(event.currency, site_currency)?;
    Ok(Commerce {
        value: wording.money(event.value, currency)?,
        cart_id: read::private_id(event.cart_id)?,
        transaction_id: read::public_id(event.transaction_id)?,
        items: match event.items {
            Some(items) => wording.items(items, currency)?,
            None => Vec::new(),
        },
    })
}

impl Wording {
    /// What was read; of free words that which can be.
    fn or_none<T>(self, read: Result<Option<T>, Refusal>) -> Result<Option<T>, Refusal> {
        match self {
            Self::Exact => read,
            Self::Free => Ok(read.unwrap_or_default()),
        }
    }

    fn items(self, raw: Json<'_>, currency: Currency) -> Result<Vec<Item>, Refusal> {
        let items = List::<{ Commerce::ITEMS_MAX }>::read(raw);
        if self == Self::Free {
            let items = items.map_or_else(|_| Vec::new(), |items| items.first);
            return Ok(items.into_iter().filter_map(|item| self.item(item, currency).ok()).collect());
        }
        let items = items.map_err(|_| Refusal::BadItem)?;
        if Commerce::ITEMS_MAX < items.length {
            return Err(Refusal::TooManyItems);
        }
        items.first.into_iter().map(|item| self.item(item, currency)).collect()
    }

    fn item(self, raw: Json<'_>, currency: Currency) -> Result<Item, Refusal> {
        let item = WireItem::read(raw).map_err(|_| Refusal::BadItem)?;
        let currency = self.currency_or(item.currency, currency)?;
        let price = self.money(item.price, currency)?;
        let words = |raw: Raw<'_>| -> Result<Option<Label>, Refusal> { self.or_none(read::description(raw)) };
        let item_id = self.or_none(read::public_id(item.item_id.or(item.id)))?;
        let item_name = words(item.item_name.or(item.name))?;
        if item_id.is_none() && item_name.is_none() {
            return Err(Refusal::BadItem);
        }
        Ok(Item {
            item_id,
            item_name,
            item_category: words(item.item_category.or(item.category))?,
            item_brand: words(item.item_brand.or(item.brand))?,
            item_variant: words(item.item_variant.or(item.variant))?,
            price_minor: price.map(Money::minor),
            currency: price.map(Money::currency),
            quantity: self.quantity(item.quantity)?,
        })
    }

    fn currency_or(self, raw: Raw<'_>, otherwise: Currency) -> Result<Currency, Refusal> {
        let Some(raw) = raw else { return Ok(otherwise) };
        let currency = read::text(raw).and_then(|text| match text.trim() {
            "" => Ok(None),
            code => Currency::parse(code).map(Some).ok_or(Refusal::BadCurrency),
        });
        Ok(self.or_none(currency)?.unwrap_or(otherwise))
    }

    fn money(self, raw: Raw<'_>, currency: Currency) -> Result<Option<Money>, Refusal> {
        let Some(raw) = raw else { return Ok(None) };
        let text = match (read::text_or_number(raw), self) {
            (Ok(text), Self::Free) => return Ok(written_money(&text, currency)),
            (Err(_), Self::Free) => return Ok(None),
            (text, Self::Exact) => text.map_err(|_| Refusal::BadMoney)?,
        };
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

    /// Whole pieces; of free words also weights and the like, rounded, and one piece where nothing sensible is said.
    fn quantity(self, raw: Raw<'_>) -> Result<u32, Refusal> {
        let Some(raw) = raw else { return Ok(1) };
        let number = match self {
            Self::Exact => read::whole_number(raw, Refusal::BadQuantity)?,
            Self::Free => {
                let number = read::text_or_number(raw).ok().and_then(|text| written_number(&text, 2));
                number.map_or(1, |number| number.round().clamp(1.0, QUANTITY_MAX as f64) as i64)
            }
        };
        match number {
            number @ 1..=QUANTITY_MAX => u32::try_from(number).map_err(|_| Refusal::BadQuantity),
            _ => Err(Refusal::BadQuantity),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::json::json;
    use super::*;

    #[track_caller]
    fn commerce(event: &str) -> Result<Commerce, Refusal> {
        parse_commerce(&WireObject::read(json(event)).unwrap(), Currency::parse("PLN").unwrap(), Wording::Exact)
    }

    #[test]
    fn free_words_are_read_as_people_would_and_never_cost_an_order() {
        let written = r#"{"value":"1 239,80 zł","currency":"złoty","transaction_id":"T1","items":[
            {"id":4711,"name":"Cap","price":"19,90","quantity":"2","category":"Hats"},
            {"item_id":"A","price":59.97000000000001,"quantity":0.3},
            {"item_id":"B","price":-5,"quantity":"some","name":{}},
            {"price":5}, null, 7]}"#;
        let event = WireObject::read(json(written)).unwrap();
        let read = parse_commerce(&event, Currency::parse("PLN").unwrap(), Wording::Free).unwrap();
        assert_eq!(read.value.map(Money::minor), Some(123_980));
        let items: Vec<_> = read
            .items
            .iter()
            .map(|item| (item.item_id.as_ref().unwrap().as_str(), item.price_minor, item.quantity))
            .collect();
        assert_eq!(items, [("4711", Some(1990), 2), ("A", Some(5997), 1), ("B", None, 1)]);
        assert_eq!(read.items[0].item_category.as_ref().unwrap().as_str(), "Hats");
        let broken = WireObject::read(json(r#"{"value":{},"currency":7,"items":"none"}"#)).unwrap();
        let read = parse_commerce(&broken, Currency::parse("PLN").unwrap(), Wording::Free).unwrap();
        assert_eq!(read, Commerce::default());
        let many = format!(r#"{{"items":[{}{{"id":"x"}}]}}"#, r#"{"id":"x"},"#.repeat(250));
        let many = WireObject::read(json(&many)).unwrap();
        let read = parse_commerce(&many, Currency::parse("PLN").unwrap(), Wording::Free).unwrap();
        assert_eq!(read.items.len(), Commerce::ITEMS_MAX);
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
