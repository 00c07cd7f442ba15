//! CPU time of a process, its threads included, as Linux counts it.

use std::time::Duration;

/// Ticks a second in `/proc/<pid>/stat`: 100 on every architecture that Linux runs this program on.
const TICKS_PER_SECOND: f64 = 100.0;

/// User and system time of the process `pid` since it began; `self` is this one. To 10 ms.
pub(crate) fn of_process(pid: &str) -> Duration {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).expect("Linux tells the CPU time of a process");
    // The name is in brackets and may hold spaces; user and system time are the 12th and 13th field behind it.
    let (_, fields) = stat.rsplit_once(')').expect("the name of the process is in brackets");
    let ticks =
        fields.split_whitespace().skip(11).take(2).map(|field| field.parse::<f64>().expect("ticks are a number"));
    Duration::from_secs_f64(ticks.sum::<f64>() / TICKS_PER_SECOND)
}
