//! One session being written down: the page somebody is on, the clock, and the events so far.

use super::chance::Dice;
use super::plan::Plan;
use super::shop::{CURRENCY, SHOP_NAME};
use super::stories::Stories;
use super::visitors::{Channel, Entry, Person};
use super::wire::{Text, WireEvent, WireItem};

/// Where it all happens.
#[derive(Clone, Debug)]
pub(super) struct Scene {
    /// Scheme and host of the shop, without a slash at the end.
    pub(super) origin: String,
    /// What goes wrong, and when.
    pub(super) stories: Stories,
}

/// A person from arrival to the last session.
pub(super) struct Shopper {
    /// Who they are.
    pub(super) person: Person,
    /// What brought them first.
    pub(super) channel: Channel,
    /// What they are going to do.
    pub(super) plan: Plan,
    /// Their own chance.
    pub(super) dice: Dice,
    /// How many arrived before them.
    pub(super) number: u64,
    /// Sessions that are over.
    pub(super) sessions: u32,
    /// Whether the shop knows by now who they are.
    pub(super) customer: Option<Text>,
    /// What they put into the cart and did not buy yet.
    pub(super) cart: Cart,
    /// Orders that went through.
    pub(super) orders: u32,
}

/// A cart, kept over sessions.
#[derive(Clone, Debug, Default)]
pub(super) struct Cart {
    /// The shop's id; empty before the first article.
    pub(super) id: Text,
    /// One line an article.
    pub(super) lines: Vec<WireItem>,
}

impl Cart {
    /// Sum of the lines, in cents.
    pub(super) fn sum_minor(&self) -> i64 {
        sum_minor(&self.lines)
    }
}

/// Price times quantity over all lines, in cents.
pub(super) fn sum_minor(lines: &[WireItem]) -> i64 {
    lines.iter().map(|line| line.price_minor * i64::from(line.quantity)).sum()
}

/// The pen that writes a session.
pub(super) struct Walk<'a> {
    /// Where it happens.
    pub(super) scene: &'a Scene,
    /// Who walks.
    pub(super) shopper: &'a mut Shopper,
    /// Milliseconds since 1970; never goes back.
    pub(super) at_ms: i64,
    url: Option<Text>,
    referrer: Option<Text>,
    title: Option<Text>,
    query: String,
    events: Vec<WireEvent>,
}

impl<'a> Walk<'a> {
    /// A session that starts at `at_ms`; its first page carries what `entry` says.
    pub(super) fn new(scene: &'a Scene, shopper: &'a mut Shopper, at_ms: i64, entry: Entry) -> Self {
        Self {
            scene,
            shopper,
            at_ms,
            url: None,
            referrer: entry.referrer.map(Text::from),
            title: None,
            query: entry.query,
            events: Vec::new(),
        }
    }

    /// The walker's chance.
    pub(super) fn dice(&mut self) -> &mut Dice {
        &mut self.shopper.dice
    }

    /// Time passes: around `median_seconds`, at most 15 minutes, so that a session stays one.
    pub(super) fn wait(&mut self, median_seconds: f64) {
        let seconds = self.dice().around(median_seconds, 0.85).clamp(0.8, 900.0);
        self.at_ms += (seconds * 1_000.0) as i64;
    }

    /// Opens a page of the shop; the page before becomes the referrer. The first page's path has no query of its own.
    pub(super) fn open(&mut self, path: &str, title: &str) {
        if self.url.is_some() {
            self.wait(17.0);
            self.referrer = self.url.take();
        }
        let query = std::mem::take(&mut self.query);
        self.url = Some([self.scene.origin.as_str(), path, &query].concat().into());
        self.title = Some([title, " – ", SHOP_NAME].concat().into());
        self.event("page_view");
    }

    /// Writes an event on the present page, a blink after the one before.
    pub(super) fn event(&mut self, name: &'static str) -> &mut WireEvent {
        self.at_ms += 30 + self.dice().below(350) as i64;
        let event = WireEvent {
            url: self.url.clone(),
            referrer: self.referrer.clone(),
            title: self.title.clone(),
            user_agent: Some(self.shopper.person.user_agent),
            ip: Some(self.shopper.person.ip.clone()),
            ..self.blank(name, self.at_ms)
        };
        self.push(event)
    }

    /// Logs in, if there is an account; the shop knows the customer from then on.
    pub(super) fn log_in(&mut self) {
        if self.shopper.customer.is_some() {
            return;
        }
        if let Some(account) = self.shopper.person.account.clone() {
            self.wait(20.0);
            self.shopper.customer = Some(account);
            self.event("login").properties.add("method", "password");
        }
    }

    /// Writes an event about the cart as it stands.
    pub(super) fn cart_event(&mut self, name: &'static str) -> &mut WireEvent {
        let (cart_id, lines) = (self.shopper.cart.id.clone(), self.shopper.cart.lines.clone());
        let event = self.event(name);
        event.cart_id = Some(cart_id);
        event.with_items(lines)
    }

    /// Writes what happens away from the web shop, `after_hours` from now (around that).
    pub(super) fn elsewhere(&mut self, name: &'static str, after_hours: f64) -> &mut WireEvent {
        let delay_ms = (self.dice().around(after_hours, 0.6) * 3_600_000.0) as i64;
        let event = self.blank(name, self.at_ms + delay_ms);
        self.push(event)
    }

    /// The events of the session, in the order written, and when its last page was left.
    pub(super) fn finish(self) -> (Vec<WireEvent>, i64) {
        (self.events, self.at_ms)
    }

    fn push(&mut self, event: WireEvent) -> &mut WireEvent {
        self.events.push(event);
        self.events.last_mut().expect("an event was just pushed")
    }

    fn blank(&mut self, name: &'static str, occurred_at_ms: i64) -> WireEvent {
        WireEvent {
            id: self.dice().uuid(),
            name,
            occurred_at_ms,
            visitor: self.shopper.person.visitor.clone(),
            customer: self.shopper.customer.clone(),
            consent: self.shopper.person.consent,
            language: self.shopper.person.language,
            country: self.shopper.person.country,
            ..WireEvent::default()
        }
    }
}

impl WireEvent {
    /// Gives the event these lines and their sum as its value.
    pub(super) fn with_items(&mut self, items: Vec<WireItem>) -> &mut Self {
        self.value_minor = Some(sum_minor(&items));
        self.currency = Some(CURRENCY);
        self.items = items;
        self
    }
}
