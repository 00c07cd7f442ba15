//! All of Styk's Rust tests outside `src`, as one program: each program linked holds DuckDB, so one is enough.

mod access;
mod architecture;
mod channels;
mod cli;
mod control;
mod crash;
mod demo_shop;
mod funnel_matcher;
mod funnel_property;
mod funnel_stories;
mod funnel_tally;
mod funnel_whole;
mod fuzz;
mod hostile;
mod hostile_parse;
mod import_files;
mod journal;
mod login;
mod logs;
mod program;
mod reference;
mod roundtrip;
mod schemathesis;
mod shares;
mod shop;
mod touchpoints;
