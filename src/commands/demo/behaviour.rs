//! What people do in a session: look around, fill a cart, come back to it; and what happens beside the web shop.

use super::checkout;
use super::plan::{Depth, Role};
use super::rhythm::{HOUR_MS, Rhythm};
use super::shop::{CURRENCY, Category, Product, SEARCHES, looked_at, shelf, wanted};
use super::visitors::Channel;
use super::walk::{Scene, Shopper, Walk};
use super::wire::WireEvent;

/// A session as it went.
pub(super) struct Session {
    /// Its events, and what followed from it later (refund, call, survey).
    pub(super) events: Vec<WireEvent>,
    /// When the shopper will be back, if ever. Milliseconds since 1970.
    pub(super) back_at_ms: Option<i64>,
}

/// Lets `shopper` have the next session of their plan, starting at `at_ms`.
pub(super) fn visit(scene: &Scene, rhythm: &Rhythm, shopper: &mut Shopper, at_ms: i64) -> Session {
    let role = next_role(shopper);
    let channel = session_channel(shopper, role);
    let entry = channel.entry(&mut shopper.dice);
    let mut walk = Walk::new(scene, shopper, at_ms, entry);
    match role {
        Role::Browse(depth) => look_around(&mut walk, channel, depth),
        Role::Fill => {
            look_around(&mut walk, channel, Depth::Lists);
            fill_cart(&mut walk);
            leave_cart(&mut walk);
        }
        Role::Resume(depth) => checkout::resume(&mut walk, depth),
        Role::Whole(depth) => {
            look_around(&mut walk, channel, Depth::Lists);
            fill_cart(&mut walk);
            checkout::go_on(&mut walk, depth);
        }
    }
    reach_out(&mut walk, role);
    let (events, left_at_ms) = walk.finish();
    shopper.sessions += 1;
    let back_at_ms = shopper.plan.role(shopper.sessions).map(|next| return_time(shopper, next, left_at_ms, rhythm));
    Session { events, back_at_ms }
}

/// What the plan says; but customers may buy again.
fn next_role(shopper: &mut Shopper) -> Role {
    let planned = shopper.plan.role(shopper.sessions).unwrap_or(Role::Browse(Depth::Landing));
    let buys_again = 0 < shopper.orders && shopper.channel != Channel::Newsletter && shopper.dice.happens(0.15);
    if buys_again { Role::Whole(Depth::Purchase) } else { planned }
}

fn session_channel(shopper: &mut Shopper, role: Role) -> Channel {
    if shopper.sessions == 0 {
        return shopper.channel;
    }
    let reminded = matches!(role, Role::Resume(_)) && !shopper.cart.lines.is_empty();
    if reminded && shopper.dice.happens(0.6) {
        return Channel::CartReminder;
    }
    // A reader of the story's newsletter comes back by other ways: that campaign is sent once.
    let usual = if shopper.channel == Channel::Newsletter { Channel::Direct } else { shopper.channel };
    Channel::again(&mut shopper.dice, usual)
}

/// Days later as a rule, an hour at least; the reminder of a cart makes it sooner.
fn return_time(shopper: &mut Shopper, next: Role, left_at_ms: i64, rhythm: &Rhythm) -> i64 {
    let (median_hours, spread) = if matches!(next, Role::Resume(_)) { (26.0, 0.7) } else { (50.0, 1.0) };
    let hours = shopper.dice.around(median_hours, spread).max(1.0);
    rhythm.awake(left_at_ms + (hours * HOUR_MS as f64) as i64)
}

/// From the first page through lists and articles, no deeper than `depth`.
fn look_around(walk: &mut Walk<'_>, channel: Channel, depth: Depth) {
    let reads_on = walk.dice().happens(0.35);
    land(walk, channel, depth);
    if depth == Depth::Landing {
        if reads_on {
            let (path, title) = walk.dice().one_of(&QUIET_PAGES);
            walk.open(path, title);
        }
        return;
    }
    if walk.dice().happens(0.2) {
        walk.log_in();
    }
    let lists = walk.dice().at_least_one(1.6);
    for _ in 0..lists {
        browse_list(walk);
    }
    if Depth::Article <= depth {
        let articles = walk.dice().at_least_one(5.2);
        for _ in 0..articles {
            let product = looked_at(walk.dice());
            view_article(walk, product);
            if walk.dice().happens(0.3) {
                browse_list(walk);
            }
        }
    }
}

const QUIET_PAGES: [(&str, &str); 4] = [
    ("/shipping-and-returns", "Shipping and returns"),
    ("/stores", "Our stores"),
    ("/about", "About us"),
    ("/size-guide", "Size guide"),
];

fn land(walk: &mut Walk<'_>, channel: Channel, depth: Depth) {
    match channel {
        Channel::Newsletter => walk.open("/campaigns/first-snow", "First Snow Preview"),
        Channel::Referral | Channel::OrganicVideo => walk.open("/journal/packing-for-autumn", "Packing for autumn"),
        Channel::Direct | Channel::Email | Channel::CartReminder => walk.open("/", "Outdoor clothing and gear"),
        _ if depth == Depth::Article => {
            let product = looked_at(walk.dice());
            view_article(walk, product);
        }
        _ if walk.dice().happens(0.5) => walk.open("/", "Outdoor clothing and gear"),
        _ => show_shelf(walk),
    }
}

fn browse_list(walk: &mut Walk<'_>) {
    if walk.dice().happens(0.22) {
        let (words, category) = walk.dice().one_of(&SEARCHES);
        walk.open(&format!("/search?q={}", words.replace(' ', "+")), "Search");
        walk.event("search").properties.add("search_term", words);
        list_event(walk, category, "Search results");
    } else {
        show_shelf(walk);
    }
}

fn show_shelf(walk: &mut Walk<'_>) {
    let category = walk.dice().one_of(&Category::ALL);
    walk.open(&format!("/category/{}", category.slug()), category.name());
    list_event(walk, category, category.name());
}

fn list_event(walk: &mut Walk<'_>, category: Category, list_name: &'static str) {
    let event = walk.event("view_item_list");
    event.currency = Some(CURRENCY);
    event.items = shelf(category).collect();
    event.properties.add("item_list_name", list_name);
}

fn view_article(walk: &mut Walk<'_>, product: &'static Product) {
    walk.open(&product.path(), product.name);
    walk.event("view_item").with_items(vec![product.line(1)]);
}

/// Articles are looked at, some of them more than once, and one to four end in the cart.
fn fill_cart(walk: &mut Walk<'_>) {
    walk.shopper.cart.id = format!("cart-{:012x}", walk.dice().bits() >> 16).into();
    let kinds = walk.dice().pick(&[(64, 1), (24, 2), (8, 3), (4, 4)]);
    for _ in 0..kinds {
        let hesitation = walk.dice().at_least_one(2.4);
        for _ in 1..hesitation {
            let product = looked_at(walk.dice());
            view_article(walk, product);
        }
        let product = wanted(walk.dice());
        view_article(walk, product);
        add_to_cart(walk, product);
    }
}

fn add_to_cart(walk: &mut Walk<'_>, product: &'static Product) {
    let pieces = walk.dice().pick(&[(92, 1), (7, 2), (1, 3)]);
    walk.wait(24.0);
    let cart = &mut walk.shopper.cart;
    let cart_id = cart.id.clone();
    match cart.lines.iter_mut().find(|line| line.item_id == product.sku) {
        Some(line) => line.quantity += pieces,
        None => cart.lines.push(product.line(pieces)),
    }
    walk.event("add_to_cart").with_items(vec![product.line(pieces)]).cart_id = Some(cart_id);
}

/// The cart stays behind: unseen, seen, or at the door of the checkout.
fn leave_cart(walk: &mut Walk<'_>) {
    if walk.dice().happens(0.6) {
        checkout::view_cart(walk);
        if walk.dice().happens(0.3) {
            checkout::begin(walk);
        }
    }
}

/// Some ask by telephone or walk into a store; some who called say how it was.
fn reach_out(walk: &mut Walk<'_>, role: Role) {
    if role == Role::Browse(Depth::Landing) || !walk.shopper.person.is_recognisable() {
        return;
    }
    if walk.dice().happens(0.014) {
        let topic = walk.dice().one_of(&["size", "delivery", "return", "payment"]);
        let seconds = walk.dice().around(210.0, 0.6) as i64;
        walk.elsewhere("call", 1.5).properties.add("topic", topic).add("duration_seconds", seconds);
        if walk.dice().happens(0.5) {
            let score = walk.dice().pick(&[(45, 5_i64), (32, 4), (12, 3), (6, 2), (5, 1)]);
            walk.elsewhere("survey_csat", 6.0).properties.add("score", score).add("about", "call");
        }
    }
    if walk.dice().happens(0.01) {
        let store = walk.dice().one_of(&["Warszawa Mokotów", "Kraków Kazimierz", "Berlin Mitte", "Praha Vinohrady"]);
        walk.elsewhere("store_visit", 20.0).properties.add("store", store);
    }
}
