//! From the cart to the order, and what follows an order: refunds and survey answers.

use super::plan::Depth;
use super::shop::{CURRENCY, FREE_SHIPPING_FROM_MINOR};
use super::visitors::Channel;
use super::walk::{Cart, Walk};
use super::wire::{Text, money_text};

/// Goes from a filled cart to `depth`.
pub(super) fn go_on(walk: &mut Walk<'_>, depth: Depth) {
    if walk.dice().happens(0.85) {
        view_cart(walk);
        change_mind(walk);
    }
    if depth == Depth::Cart && walk.dice().happens(0.05) {
        return empty(walk);
    }
    advance(walk, depth);
}

/// Takes everything out again.
fn empty(walk: &mut Walk<'_>) {
    walk.wait(20.0);
    let (lines, cart_id) = (std::mem::take(&mut walk.shopper.cart.lines), walk.shopper.cart.id.clone());
    walk.event("remove_from_cart").with_items(lines).cart_id = Some(cart_id);
}

/// Comes back to a cart that was left, straight to the cart's page, and goes on to `depth`.
pub(super) fn resume(walk: &mut Walk<'_>, depth: Depth) {
    view_cart(walk);
    advance(walk, depth);
}

/// Opens the cart's page.
pub(super) fn view_cart(walk: &mut Walk<'_>) {
    walk.open("/cart", "Your cart");
    walk.cart_event("view_cart");
    // The newsletter promised a discount that the shop does not grant.
    if walk.shopper.channel == Channel::Newsletter {
        walk.wait(15.0);
        walk.cart_event("coupon_denied").properties.add("coupon", "FIRSTSNOW");
    }
}

/// Opens the checkout; who has an account may log in.
pub(super) fn begin(walk: &mut Walk<'_>) {
    walk.open("/checkout", "Checkout");
    if walk.dice().happens(0.8) {
        walk.log_in();
    }
    walk.cart_event("begin_checkout");
}

fn change_mind(walk: &mut Walk<'_>) {
    if walk.shopper.cart.lines.len() < 2 || !walk.dice().happens(0.3) {
        return;
    }
    walk.wait(12.0);
    let (removed, cart_id) = (walk.shopper.cart.lines.remove(0), walk.shopper.cart.id.clone());
    walk.event("remove_from_cart").with_items(vec![removed]).cart_id = Some(cart_id);
}

fn advance(walk: &mut Walk<'_>, depth: Depth) {
    if depth < Depth::Checkout {
        return;
    }
    begin(walk);
    if depth < Depth::Shipping {
        return leave(walk, "checkout", ADDRESS_FIELDS);
    }
    walk.wait(48.0);
    let tier = walk.dice().pick(&[(58, "parcel_locker"), (34, "courier"), (8, "store_pickup")]);
    walk.cart_event("add_shipping_info").properties.add("shipping_tier", tier);
    if depth < Depth::Payment {
        return leave(walk, "shipping", DELIVERY_FIELDS);
    }
    walk.open("/checkout/payment", "Payment");
    pay(walk, depth);
}

/// Goes away from a form, as the snippet tells it: the stage, and the field that was touched last.
fn leave(walk: &mut Walk<'_>, stage: &'static str, fields: &[(u32, &'static str)]) {
    walk.wait(30.0);
    let field = walk.dice().pick(fields);
    walk.event("checkout_leave").properties.add("stage", stage).add("field", field);
}

const ADDRESS_FIELDS: &[(u32, &str)] = &[(34, "phone"), (26, "street"), (18, "email"), (14, "postcode"), (8, "vat_id")];
const DELIVERY_FIELDS: &[(u32, &str)] = &[(62, "locker_search"), (24, "delivery_date"), (14, "coupon")];

/// Tries to pay, a second time if the first fails. Who planned to buy fails only in the story of the phones.
fn pay(walk: &mut Walk<'_>, depth: Depth) {
    let means = if walk.shopper.person.country == "PL" { POLISH_PAYMENTS } else { PAYMENTS };
    let payment = walk.dice().pick(means);
    for _ in 0..2 {
        walk.wait(35.0);
        walk.cart_event("add_payment_info").properties.add("payment_type", payment);
        walk.wait(9.0);
        let (at_ms, device) = (walk.at_ms, walk.shopper.person.device);
        if !walk.scene.stories.payment_works(at_ms, device, &mut walk.shopper.dice) {
            fail(walk, payment, "provider_timeout");
        } else if depth == Depth::Purchase {
            return buy(walk, payment);
        } else {
            if walk.dice().happens(0.3) {
                fail(walk, payment, "declined");
            }
            return;
        }
        if walk.dice().happens(0.5) {
            break;
        }
    }
    if walk.dice().happens(0.12) {
        let score = walk.dice().pick(&[(60, 1_i64), (30, 2), (10, 3)]);
        walk.event("survey_csat").properties.add("score", score).add("about", "checkout");
    }
}

fn fail(walk: &mut Walk<'_>, payment: &'static str, reason: &'static str) {
    let event = walk.cart_event("payment_failed");
    event.properties.add("payment_type", payment).add("reason", reason);
}

const POLISH_PAYMENTS: &[(u32, &str)] = &[(58, "blik"), (22, "card"), (12, "bank_transfer"), (8, "paypal")];
const PAYMENTS: &[(u32, &str)] = &[(42, "card"), (34, "paypal"), (16, "klarna"), (8, "bank_transfer")];

/// The order: its value is the sum of its items, less the discount, plus shipping; both are among its properties.
fn buy(walk: &mut Walk<'_>, payment: &'static str) {
    let discounted = walk.dice().happens(0.12);
    let sum_minor = walk.shopper.cart.sum_minor();
    let discount_minor = if discounted { sum_minor / 10 } else { 0 };
    let shipping_minor = if FREE_SHIPPING_FROM_MINOR <= sum_minor { 0 } else { 490 };
    let value_minor = sum_minor - discount_minor + shipping_minor;
    walk.shopper.orders += 1;
    let number = 1_000_000 + walk.shopper.number;
    let transaction_id = Text::from(format!("HO-{number}-{}", walk.shopper.orders));

    walk.open("/checkout/thank-you", "Thank you");
    let event = walk.cart_event("purchase");
    event.value_minor = Some(value_minor);
    event.transaction_id = Some(transaction_id.clone());
    event.properties.add("payment_type", payment).add("shipping", money_text(shipping_minor));
    event.properties.add("discount", money_text(discount_minor));
    if discounted {
        event.properties.add("coupon", "AUTUMN10");
    }
    let cart = std::mem::take(&mut walk.shopper.cart);
    follow_up(walk, cart, transaction_id, value_minor);
}

fn follow_up(walk: &mut Walk<'_>, cart: Cart, transaction_id: Text, value_minor: i64) {
    if walk.dice().happens(0.22) {
        walk.wait(14.0);
        let score = walk.dice().pick(&[(52, 5_i64), (31, 4), (10, 3), (4, 2), (3, 1)]);
        walk.event("survey_csat").properties.add("score", score).add("about", "checkout");
    }
    if walk.dice().happens(0.2) {
        let score = walk.dice().pick(NPS_SCORES);
        walk.elsewhere("survey_nps", 72.0).properties.add("score", score);
    }
    if walk.dice().happens(0.05) {
        let reason = walk.dice().pick(&[(55, "wrong_size"), (25, "changed_mind"), (12, "damaged"), (8, "late")]);
        let event = walk.elsewhere("refund", 96.0);
        event.with_items(cart.lines);
        event.value_minor = Some(value_minor);
        event.currency = Some(CURRENCY);
        event.transaction_id = Some(transaction_id);
        event.properties.add("reason", reason);
    }
}

const NPS_SCORES: &[(u32, i64)] =
    &[(28, 10), (22, 9), (18, 8), (12, 7), (7, 6), (5, 5), (3, 4), (2, 3), (1, 2), (1, 1), (1, 0)];
