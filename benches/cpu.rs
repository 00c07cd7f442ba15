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

/// User and system time of the threads that this process has at present: finer, for short work that starts none of its own.
pub(crate) fn of_threads() -> Duration {
    // A thread that waits has been counted to the end.
    std::thread::sleep(Duration::from_millis(2));
    let threads = std::fs::read_dir("/proc/self/task").expect("Linux lists the threads of a process").flatten();
    let spent = |thread: std::fs::DirEntry| {
        let text = std::fs::read_to_string(thread.path().join("schedstat")).ok()?;
        text.split(' ').next()?.parse().ok().map(Duration::from_nanos)
    };
    threads.filter_map(spent).sum()
}
