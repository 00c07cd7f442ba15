//! How many files this process may have open: each connection is one.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Files that are no connections: segments, the store, the control file, answers on their way.
const OTHER_FILES: u64 = 256;

/// As many connections as `wanted`, or as the system allows; a limit that this process may raise itself is raised.
pub(super) fn connections_max(wanted: usize) -> usize {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let needed = wanted as u64 + OTHER_FILES;
    let (Some(current), reachable) = (current, maximum.unwrap_or(needed).min(needed)) else { return wanted };
    if needed <= current {
        return wanted;
    }
    let raised = setrlimit(Resource::Nofile, Rlimit { current: Some(reachable.max(current)), maximum });
    let files = if raised.is_ok() { reachable.max(current) } else { current };
    let possible = possible(files);
    if possible < wanted {
        tracing::warn!(
            files,
            connections = possible,
            wanted,
            "the system allows too few open files for `serve.connections_max`; raise `ulimit -n`"
        );
    }
    possible.min(wanted)
}

/// How many of so many files may be connections; a few even where there are hardly any files.
fn possible(files: u64) -> usize {
    usize::try_from(files.saturating_sub(OTHER_FILES).max(files / 4)).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_that_are_no_connections_keep_their_share() {
        assert_eq!((possible(10_256), possible(1_024), possible(300)), (10_000, 768, 75));
    }
}
