//! The memory of a process, as Linux counts it.

/// The most that the process `pid` held since it began, or since it was told to forget; `self` is this one.
pub(crate) fn resident_most_bytes(pid: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).expect("Linux tells the memory of a process");
    let kib = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse().ok());
    kib.unwrap_or(0_u64) << 10
}
