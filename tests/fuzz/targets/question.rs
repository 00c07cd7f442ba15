//! Drives `bodies::question` with new bytes.
#![no_main]

use std::cell::OnceCell;
use std::mem::ManuallyDrop;

include!("../modules.rs");

thread_local! {
    // Never dropped: it cannot be closed once the thread's end has begun.
    static SHOP: OnceCell<ManuallyDrop<crate::shop::Shop>> = const { OnceCell::new() };
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| SHOP.with(|shop| {
    fuzz::bodies::question(shop.get_or_init(|| ManuallyDrop::new(fuzz::bodies::asked())), bytes);
}));
