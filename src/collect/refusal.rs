//! Why an event is turned away: a stable code, and what the sender can change.

macro_rules! refusals {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $message:literal;)*) => {
        /// Why an event, or a whole body, is turned away.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Refusal {
            $(#[doc = $message] $(#[$doc])* $name,)*
        }

        impl Refusal {
            /// All of them, in the order of their numbers.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The stable name, such as `bad_url`.
            pub fn code(self) -> &'static str {
                match self { $(Self::$name => $code),* }
            }

            /// What to change. Never holds input.
            pub fn message(self) -> &'static str {
                match self { $(Self::$name => $message),* }
            }
        }
    };
}

refusals! {
    EmptyBody = "empty_body", "the body is empty; send one JSON object with `site` and `events`";
    NoEvents = "no_events", "`events` is empty; send at least one event";
    NotAnEvent = "not_an_event", "this is no JSON object; send {\"name\": …}, or {\"events\": [{\"name\": …}]}";
    BadJson = "bad_json", "this is not valid JSON; check for a cut-off body, or text behind its end";
    TooDeep = "too_deep", "objects and lists may be nested 16 deep, in properties 4";
    BadUtf8 = "bad_utf8", "text must be valid UTF-8 without lone surrogates";
    ControlChar = "control_char", "text holds a control character; remove it";
    ValueTooLong = "value_too_long", "a text is too long: at most 200 characters, in properties 1,024";
    BadText = "bad_text", "a field that must be text is not; write it in quotes";
    BadName = "bad_name", "`name` must be 1 to 64 letters, digits or any of _ - . :";
    BadId = "bad_id", "`id` must be a text of 1 to 200 bytes without control characters";
    BadTime = "bad_time", "times must be RFC 3339 with an offset, or milliseconds since 1970; `age_ms` a number from 0";
    BadSequence = "bad_sequence", "`sequence` must be a whole number from 0 to 4,294,967,295";
    BadUrl = "bad_url", "`url` must be an absolute http or https address of at most 16,384 bytes";
    BadConsent = "bad_consent", "`consent` must be granted, denied, pending or cookieless";
    BadCountry = "bad_country", "`country` must be two letters of ISO 3166";
    BadIp = "bad_ip", "`ip` must be an IPv4 or IPv6 address";
    BadCampaign = "bad_campaign", "`campaign` must be an object of source, medium, name, term and content";
    BadContext = "bad_context", "`context` must be an object of url, referrer, title, language and screen";
    BadCurrency = "bad_currency", "`currency` must be a three-letter code of ISO 4217";
    BadMoney = "bad_money", "amounts must be decimal numbers such as 19.90";
    MoneyTooPrecise = "money_too_precise", "an amount has more decimals than its currency; round it";
    MoneyNegative = "money_negative", "amounts may not be negative; say `refund` with a positive value";
    MoneyOutOfRange = "money_out_of_range", "an amount is larger than 10^15 minor units";
    BadItem = "bad_item", "`items` must be a list of objects with `item_id` or `item_name`";
    TooManyItems = "too_many_items", "an event may have at most 200 items";
    BadQuantity = "bad_quantity", "`quantity` must be a whole number from 1 to 1,000,000";
    BadProperties = "bad_properties", "`properties` must be an object whose names have 1 to 64 characters";
    TooManyProperties = "too_many_props", "an event may have at most 64 properties";
    PropertiesTooLong = "props_too_long", "the properties of an event may take at most 8 KiB";
    BadNumber = "bad_number", "numbers must be finite and fit 64 bits";
    OtherSite = "unknown_site", "`site` names another site than the batch or the key";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_plain_and_unique() {
        let mut codes: Vec<_> = Refusal::ALL.iter().map(|refusal| refusal.code()).collect();
        assert!(codes.iter().all(|code| code.bytes().all(|byte| byte.is_ascii_lowercase() || b"_8".contains(&byte))));
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), Refusal::ALL.len());
        for (number, refusal) in Refusal::ALL.iter().enumerate() {
            assert_eq!(*refusal as usize, number);
        }
    }
}
