// What every target shares: the checks of `tests/it/fuzz`, and the shops that they are made with.
#[path = "../it/fuzz/mod.rs"]
mod fuzz;
#[path = "../it/hostile_parse/shop.rs"]
mod hostile_shop;
#[path = "../it/metrics.rs"]
mod metrics;
#[path = "../it/shop.rs"]
mod shop;

mod hostile_parse {
    pub(crate) use crate::hostile_shop as shop;
}
