//! Drives `addresses::forwarded` with new bytes.
#![no_main]

include!("../modules.rs");

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz::addresses::forwarded(bytes));
