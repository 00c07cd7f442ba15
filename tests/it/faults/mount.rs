//! Disks made for a test: a file system in memory, and an ext4 in a file whose power can be cut.
//!
//! # A disk that lies
//! A loop device over a file that cannot grow calls a write done of which it kept only the first part (Linux 6.18):
//!
//! ```text
//! mount -t tmpfs -o size=1m tmpfs /mnt && truncate -s 8M /mnt/disk && dd if=/dev/urandom of=/mnt/ballast bs=4K count=252
//! losetup --sector-size 4096 /dev/loop7 /mnt/disk
//! dd if=/dev/urandom of=/dev/loop7 bs=64K count=1 oflag=direct    # no error; fewer than 16 blocks are there
//! ```
//!
//! The system's write to the file falls short, and the device takes whatever is no error for success. No program can
//! keep a promise on that: of 40 runs of a few lines of Python (write, `fdatasync`, note) on such an ext4, 12 lost what
//! was noted. So our devices take one block at a time, which fits or is refused: of 450 runs none did. A
//! test below holds them to it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

use super::say;
use crate::program::wait_for;

/// `FS_IOC_SHUTDOWN` without flushing anything, the log included: what was not synced is gone, as in a power cut.
const CUT_POWER: &str = "
import fcntl, os, struct, sys
fcntl.ioctl(os.open(sys.argv[1], os.O_RDONLY), 0x8004587D, struct.pack('I', 2))
";

/// The size of a block, of a sector and of a page: whatever a device is asked to write is one of each.
const BLOCK_BYTES: &str = "4096";

/// A device whose blocks lie in a file; taken down when dropped.
struct Device(PathBuf);

impl Device {
    /// One that says so when the file cannot take a block.
    fn over(image: &Path) -> Self {
        let device = run("losetup", &["--find", "--show", "--sector-size", BLOCK_BYTES, path(image)]);
        let device = Self(device.trim().into());
        let name = device.0.file_name().expect("it has a name");
        fs::write(Path::new("/sys/block").join(name).join("queue/max_sectors_kb"), "4").unwrap();
        device
    }
}

impl Drop for Device {
    fn drop(&mut self) {
        // While it is in use, the system waits until it no longer is.
        output("losetup", &["--detach", path(&self.0)]);
    }
}

/// A mounted file system; taken down when dropped.
pub(crate) struct Mount {
    point: PathBuf,
    /// The folder that was made for it.
    _made: Option<TempDir>,
    options: String,
    /// What is mounted; `None` is memory.
    device: Option<Device>,
}

/// Whether this machine lets us mount. Says so loudly where it does not, for the test is skipped then.
pub(crate) fn can_mount(test: &str) -> bool {
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
        Self::made(memory(mib), None)
    }

    /// The same, over the folder at `point`.
    pub(crate) fn tmpfs_at(point: &Path, mib: u32) -> Self {
        fs::create_dir_all(point).unwrap();
        let mount = Self { point: point.to_owned(), _made: None, options: memory(mib), device: None };
        mount.mount();
        mount
    }

    /// An ext4 of so many mebibytes in the file `disk.img` of `place`.
    pub(super) fn ext4(mib: u32, place: &Path) -> Self {
        let image = place.join("disk.img");
        run("truncate", &["-s", &format!("{mib}M"), path(&image)]);
        let device = Device::over(&image);
        run("mkfs.ext4", &["-q", "-F", "-b", BLOCK_BYTES, path(&device.0)]);
        Self::made("defaults".to_owned(), Some(device))
    }

    fn made(options: String, device: Option<Device>) -> Self {
        let made = tempfile::tempdir().unwrap();
        let mount = Self { point: made.path().to_owned(), _made: Some(made), options, device };
        mount.mount();
        mount
    }

    /// The folder where it is mounted.
    pub(super) fn path(&self) -> &Path {
        &self.point
    }

    fn mount(&self) {
        let (kind, source) = match &self.device {
            None => ("tmpfs", "tmpfs"),
            Some(device) => ("ext4", path(&device.0)),
        };
        run("mount", &["-t", kind, "-o", &self.options, source, path(self.path())]);
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

/// The options of a file system in memory of so many mebibytes.
fn memory(mib: u32) -> String {
    format!("size={mib}m,mode=700")
}

fn path(path: &Path) -> &str {
    path.to_str().expect("temporary folders have plain names")
}

/// Runs a program to its end; gives what it printed.
fn run(program: &str, arguments: &[&str]) -> String {
    let output = output(program, arguments);
    assert!(output.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("it prints text")
}

fn output(program: &str, arguments: &[&str]) -> Output {
    let found =
        ["/usr/sbin", "/sbin"].iter().map(|folder| PathBuf::from(folder).join(program)).find(|path| path.exists());
    let output = Command::new(found.unwrap_or_else(|| program.into())).args(arguments).output();
    output.unwrap_or_else(|error| panic!("`{program}` cannot be run: {error}"))
}

/// If this fails, what the tests on broken disks say of Styk is no evidence.
#[test]
fn a_device_that_cannot_keep_all_of_a_write_says_so() {
    if !can_mount("a device that says so") {
        return;
    }
    let below = Mount::tmpfs(1);
    let image = below.path().join("disk.img");
    run("truncate", &["-s", "8M", path(&image)]);
    let device = Device::over(&image);
    let write = |kib: &str, seek: &str| {
        let to = format!("of={}", path(&device.0));
        output(
            "dd",
            &["if=/dev/urandom", &to, "count=1", "oflag=direct", &format!("bs={kib}K"), &format!("seek={seek}")],
        )
    };
    assert!(write("512", "0").status.success());
    let refused = write("1024", "1");
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(said.contains("No space left on device"), "{said}");
}
