//! Disks made for a test: a file system in memory, and an ext4 in a file whose power can be cut.

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use super::say;
use crate::program::wait_for;

/// `FS_IOC_SHUTDOWN` without flushing anything, the log included: what was not synced is gone, as in a power cut.
const CUT_POWER: &str = "
import fcntl, os, struct, sys
fcntl.ioctl(os.open(sys.argv[1], os.O_RDONLY), 0x8004587D, struct.pack('I', 2))
";

/// A mounted file system; taken down when dropped.
pub(super) struct Mount {
    point: TempDir,
    /// What is mounted: `tmpfs`, or the path of an image.
    source: String,
    options: String,
}

/// Whether this machine lets us mount. Says so loudly where it does not, for the test is skipped then.
pub(super) fn can_mount(test: &str) -> bool {
    let user = Command::new("id").arg("-u").output().unwrap();
    let missing = if user.stdout != b"0\n" {
        "it needs root"
    } else if !Path::new("/dev/loop-control").exists() {
        "it needs loop devices"
    } else {
        return true;
    };
    say(&format!("SKIPPED, NOT TESTED: {test}: {missing}"));
    false
}

impl Mount {
    /// A file system in memory of so many mebibytes.
    pub(super) fn tmpfs(mib: u32) -> Self {
        let mount = Self {
            point: tempfile::tempdir().unwrap(),
            source: "tmpfs".to_owned(),
            options: format!("size={mib}m,mode=700"),
        };
        mount.mount();
        mount
    }

    /// An ext4 of so many mebibytes in the file `disk.img` of `place`.
    pub(super) fn ext4(mib: u32, place: &Path) -> Self {
        let image = place.join("disk.img");
        run("truncate", &["-s", &format!("{mib}M"), path(&image)]);
        run("mkfs.ext4", &["-q", "-F", path(&image)]);
        let mount =
            Self { point: tempfile::tempdir().unwrap(), source: path(&image).to_owned(), options: "loop".to_owned() };
        mount.mount();
        mount
    }

    /// The folder where it is mounted.
    pub(super) fn path(&self) -> &Path {
        self.point.path()
    }

    fn mount(&self) {
        let kind = if self.source == "tmpfs" { "tmpfs" } else { "ext4" };
        run("mount", &["-t", kind, "-o", &self.options, &self.source, path(self.path())]);
    }

    /// Makes a file system in memory that large.
    pub(super) fn resize(&self, mib: u32) {
        run("mount", &["-o", &format!("remount,size={mib}m"), path(self.path())]);
    }

    /// From now on nothing reaches the disk and every call that tries fails.
    pub(super) fn cut_power(&self) {
        run("python3", &["-c", CUT_POWER, path(self.path())]);
    }

    /// Takes it down and up again, as a reboot does. Nobody may have a file of it open.
    pub(super) fn mount_again(&self) {
        self.unmount();
        self.mount();
    }

    fn unmount(&self) {
        // The process that was killed may be a moment in leaving.
        let unmounted = || Command::new("umount").arg(self.path()).output().unwrap().status.success();
        wait_for("the disk to be free", unmounted);
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        // Lazily, for a test that failed may leave files open; and more than once is no harm.
        Command::new("umount").arg("-l").arg(self.path()).output().ok();
    }
}

fn path(path: &Path) -> &str {
    path.to_str().expect("temporary folders have plain names")
}

fn run(program: &str, arguments: &[&str]) {
    let found =
        ["/usr/sbin", "/sbin"].iter().map(|folder| PathBuf::from(folder).join(program)).find(|path| path.exists());
    let output = Command::new(found.unwrap_or_else(|| program.into())).args(arguments).output();
    let output = output.unwrap_or_else(|error| panic!("`{program}` cannot be run: {error}"));
    assert!(output.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}
