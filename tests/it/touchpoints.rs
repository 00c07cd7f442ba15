//! The shipped register: where the events of a shop happen.

use proptest::prelude::*;
use styk::domain::channel::Channels;
use styk::domain::rules::RulesError;
use styk::domain::touchpoint::{Register, Stage, Standing, Touch, Touched};

const SHIPPED: &str = include_str!("../../config/touchpoints.toml");

fn shipped() -> Register {
    Register::parse(SHIPPED).unwrap()
}

#[track_caller]
fn check(touch: Touch<'_>, key: &str, stage: Stage) {
    let touched = Touched { key, stage, standing: Standing::Registered };
    assert_eq!(shipped().touch_of(&touch), touched, "{touch:?}");
}

fn event(event: &str) -> Touch<'_> {
    Touch { event, ..Touch::default() }
}

#[test]
fn the_events_of_a_shop_have_their_places() {
    let home = Touch { page_path: Some("/"), ..event("page_view") };
    check(home, "home_page", Stage::Awareness);
    check(Touch { channel: Some("Email"), ..home }, "newsletter", Stage::Loyalty);
    check(Touch { channel: Some("Paid Search"), ..home }, "ad", Stage::Awareness);
    check(Touch { channel: Some("Direct"), ..home }, "home_page", Stage::Awareness);
    check(event("view_item_list"), "product_list", Stage::Consideration);
    check(Touch { channel: Some("Email"), ..event("view_item") }, "product_page", Stage::Consideration);
    check(event("search"), "search", Stage::Consideration);
    for name in ["add_to_cart", "view_cart", "remove_from_cart"] {
        check(event(name), "cart", Stage::Purchase);
    }
    for name in ["begin_checkout", "add_shipping_info"] {
        check(event(name), "checkout", Stage::Purchase);
    }
    for name in ["add_payment_info", "payment_failed"] {
        check(event(name), "payment", Stage::Purchase);
    }
    check(event("purchase"), "order_confirmation", Stage::Purchase);
    check(event("call"), "call", Stage::PostPurchase);
    check(event("store_visit"), "shop_counter", Stage::Purchase);
    check(event("survey_answered"), "survey", Stage::PostPurchase);
}

#[test]
fn a_page_of_the_shop_is_at_the_place_that_it_tells_of_afterwards() {
    let page = |path| Touch { page_path: Some(path), ..event("page_view") };
    for path in ["/cart", "/cart/", "/en/cart", "/checkout/cart/", "/koszyk", "/warenkorb/"] {
        check(page(path), "cart", Stage::Purchase);
    }
    for path in ["/checkout", "/de/checkout/"] {
        check(page(path), "checkout", Stage::Purchase);
    }
    check(page("/checkout/payment"), "payment", Stage::Purchase);
    for path in ["/checkout/order-received/17/", "/checkout/thank-you", "/checkout/onepage/success/"] {
        check(page(path), "order_confirmation", Stage::Purchase);
    }
    check(page("/collections/hats/products/cap"), "product_page", Stage::Consideration);
    check(Touch { channel: Some("Email"), ..page("/cart") }, "newsletter", Stage::Loyalty);
    for path in ["/cart-boxes", "/products", "/about"] {
        assert_eq!(shipped().touch_of(&page(path)).standing, Standing::Unregistered, "{path}");
    }
}

#[test]
fn what_the_register_does_not_know_is_called_as_the_event_or_as_the_sender_says() {
    let register = shipped();
    let unregistered = |key| Touched { key, stage: Stage::Consideration, standing: Standing::Unregistered };
    assert_eq!(register.touch_of(&event("wheel_spun")), unregistered("wheel_spun"));
    check(event("cart"), "cart", Stage::Purchase);
    let named = Touch { explicit: Some("fair_in_poznań"), ..event("purchase") };
    assert_eq!(register.touch_of(&named), unregistered("fair_in_poznań"));
    check(Touch { explicit: Some("call"), ..event("purchase") }, "call", Stage::PostPurchase);
    check(Touch { explicit: Some(""), ..event("purchase") }, "order_confirmation", Stage::Purchase);
}

#[test]
fn every_channel_a_rule_asks_for_exists() {
    let channels = Channels::parse(include_str!("../../config/channels.toml")).unwrap();
    for (_, rest) in SHIPPED.match_indices("channel = \"").map(|(at, start)| SHIPPED.split_at(at + start.len())) {
        let name = rest.split('"').next().unwrap();
        assert!(channels.names().any(|known| known == name), "{name}");
    }
}

#[test]
fn a_mistake_in_the_file_is_named_with_its_remedy() {
    let check = |from: &str, to: &str, expected: &str| {
        assert!(SHIPPED.contains(from), "{from}");
        let error = Register::parse(&SHIPPED.replacen(from, to, 1)).unwrap_err();
        let text = match &error {
            RulesError::Shape { source, .. } => format!("{error}: {source}"),
            RulesError::Value { .. } => error.to_string(),
        };
        assert!(text.starts_with("touchpoints.toml") && text.contains(expected), "{text}");
    };
    check("weight = 7", "weight = 11", "`touchpoint[0].weight` is 11; use 1 to 10");
    check("key = \"newsletter\"", "key = \"ad\"", "`touchpoint[1].key` `ad` is taken");
    check("stage = \"loyalty\"", "stage = \"loyal\"", "is not one of: awareness, consideration");
    check("{ event = \"call\" }", "{}", "asks for nothing");
    check("{ event = \"call\" }", "{ evnt = \"call\" }", "unknown field `evnt`");
}

#[test]
fn a_register_says_what_it_holds() {
    let register = shipped();
    let cart = register.touchpoints().iter().find(|touchpoint| touchpoint.key == "cart").unwrap();
    let words = (cart.stage.as_str(), cart.kind.as_str(), cart.control.as_str(), cart.media.as_str(), cart.weight);
    assert_eq!(words, ("purchase", "online", "controlled", "owned", 9));
    for stage in Stage::ALL {
        assert_eq!(Stage::parse(stage.as_str()), Some(*stage));
    }
    assert_eq!(Register::parse("").unwrap().touch_of(&event("purchase")).key, "purchase");
    assert_ne!(Register::parse("").unwrap().version(), register.version());
}

proptest! {
    #[test]
    fn any_event_has_a_place(
        name in "\\PC{1,20}", path in proptest::option::of("/\\PC{0,30}"), text in proptest::option::of("\\PC{0,20}"),
        explicit in proptest::option::of("\\PC{0,20}"),
    ) {
        let text = text.as_deref();
        let touch = Touch {
            event: &name, page_path: path.as_deref(), channel: text, source: text, medium: text, campaign: text,
            explicit: explicit.as_deref(), properties: text,
        };
        let register = shipped();
        let touched = register.touch_of(&touch);
        let known = register.touchpoints().iter().any(|touchpoint| touchpoint.key == touched.key);
        prop_assert_eq!(touched.standing == Standing::Registered, known);
    }
}
