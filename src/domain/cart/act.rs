//! What an event means to a cart, by its name.

/// What an event does to the carts of whoever did it. Whatever it does, it is activity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// `add_to_cart`: more in the cart.
    Add,
    /// `remove_from_cart`: less in it.
    Remove,
    /// `view_cart`, `begin_checkout` and the two steps behind it: what is in the cart now, at this step.
    Show(Step),
    /// `checkout_stage`, `checkout_leave`, `payment_redirect`: where in the checkout somebody is, by a property.
    Stage,
    /// `purchase`.
    Purchase,
    /// Something that may have sent the visitor away.
    Trouble(Reason),
    /// `engagement`, `scroll`, `web_vital`, `survey_*`: activity, but at no touchpoint of its own.
    Passive,
    /// Everything else.
    Other,
}

impl Act {
    /// Events that may open a cart.
    pub const OPENERS: [&'static str; 3] = ["add_to_cart", "view_cart", "begin_checkout"];
    /// Events whose items say what is, comes into or leaves a cart.
    pub const WITH_ITEMS: [&'static str; 6] =
        ["add_to_cart", "remove_from_cart", "view_cart", "begin_checkout", "add_shipping_info", "add_payment_info"];
    /// Events with a `stage` or a `field` among their properties.
    pub const WITH_PLACES: [&'static str; 4] = ["checkout_stage", "checkout_leave", "payment_redirect", "form_error"];

    /// All events that may change a cart, or say why its owner left it: every name that is neither passive nor other.
    pub fn named() -> Vec<&'static str> {
        let reasons = Reason::ALL.map(Reason::as_str);
        [&Self::WITH_ITEMS[..], &Self::WITH_PLACES, &["purchase"], &reasons].concat()
    }

    /// What an event of this name does.
    pub fn of(name: &str) -> Self {
        match name {
            "add_to_cart" => Self::Add,
            "remove_from_cart" => Self::Remove,
            "view_cart" => Self::Show(Step::Cart),
            "begin_checkout" => Self::Show(Step::Checkout),
            "add_shipping_info" => Self::Show(Step::Shipping),
            "add_payment_info" => Self::Show(Step::Payment),
            "checkout_stage" | "checkout_leave" | "payment_redirect" => Self::Stage,
            "purchase" => Self::Purchase,
            "engagement" | "scroll" | "web_vital" => Self::Passive,
            _ if name.starts_with("survey_") => Self::Passive,
            _ => Reason::of(name).map_or(Self::Other, Self::Trouble),
        }
    }
}

/// How far into the checkout a cart got.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Step {
    /// No further than the cart.
    Cart,
    /// `begin_checkout`.
    Checkout,
    /// `add_shipping_info`.
    Shipping,
    /// `add_payment_info`.
    Payment,
}

impl Step {
    const ALL: [Self; 4] = [Self::Cart, Self::Checkout, Self::Shipping, Self::Payment];

    /// The word used on the wire, which is also the snippet's for its `stage`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Cart => "cart",
            Self::Checkout => "checkout",
            Self::Shipping => "shipping",
            Self::Payment => "payment",
        }
    }

    /// Takes the word; `None` when it is another.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.as_str() == text)
    }
}

/// Why somebody may have left. Called as the event that says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(missing_docs, reason = "each variant is the event of its name")]
pub enum Reason {
    PaymentFailed,
    CouponDenied,
    ShippingQuoted,
    OutOfStock,
    FormError,
    Error,
}

impl Reason {
    const ALL: [Self; 6] =
        [Self::PaymentFailed, Self::CouponDenied, Self::ShippingQuoted, Self::OutOfStock, Self::FormError, Self::Error];

    /// The event's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PaymentFailed => "payment_failed",
            Self::CouponDenied => "coupon_denied",
            Self::ShippingQuoted => "shipping_quoted",
            Self::OutOfStock => "out_of_stock",
            Self::FormError => "form_error",
            Self::Error => "error",
        }
    }

    fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == name)
    }
}
