//! Drives `addresses::url` with new bytes.
#![no_main]

include!("../modules.rs");

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz::addresses::url(bytes));
