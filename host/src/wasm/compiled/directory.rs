//! A directory of files that are there whole or not at all, and together take no more than they may.
//!
//! Several processes may use it at once. Nothing is synced to the disk: what a crash of the machine cuts short does not
//! authenticate, and is made again.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

/// The directory. Its files are named by what they hold, and so never change.
#[derive(Debug)]
pub(super) struct Directory {
    path: PathBuf,
    limits: Limits,
}

/// One file more, and those that nobody has used for longest are removed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub(super) files_max: usize,
    pub(super) bytes_max: u64,
}

const UNFINISHED: &str = "unfinished";
/// Nobody writes one file for so long: its writer is dead.
const UNFINISHED_AGE_MAX: Duration = Duration::from_secs(3600);

impl Directory {
    /// Makes the directory if need be.
    pub(super) fn open(path: PathBuf, limits: Limits) -> io::Result<Self> {
        fs::create_dir_all(&path)?;
        let directory = Self { path, limits };
        directory.make_room();
        Ok(directory)
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Writes a file from its parts, and makes room for it.
    pub(super) fn write(&self, name: &str, parts: &[&[u8]]) -> io::Result<()> {
        // Two threads, or two processes, may write the same file: each under a name of its own, and the last stays.
        static WRITES: AtomicU64 = AtomicU64::new(0);
        let unique = WRITES.fetch_add(1, Ordering::Relaxed);
        let unfinished = self
            .path
            .join(format!("{name}.{}-{unique}.{UNFINISHED}", process::id()));
        let written = File::create(&unfinished)
            .and_then(|mut file| parts.iter().try_for_each(|part| file.write_all(part)))
            .and_then(|()| fs::rename(&unfinished, self.path.join(name)));
        if written.is_err() {
            // What cannot be written can often not be removed either; `make_room` tries again.
            let _ = fs::remove_file(&unfinished);
        }
        written?;
        self.make_room();
        Ok(())
    }

    /// Notes that a file is in use, which others have to make room for first.
    pub(super) fn used(&self, file: &File) {
        // In a directory that cannot be written, the oldest go first instead.
        let _ = file.set_modified(SystemTime::now());
    }

    /// Best effort: what cannot be removed now is removed next time, or has been by somebody else.
    fn make_room(&self) {
        let Ok(entries) = fs::read_dir(&self.path) else {
            return;
        };
        let now = SystemTime::now();
        let mut files = Vec::new();
        for entry in entries.flatten() {
            let (path, Ok(metadata)) = (entry.path(), entry.metadata()) else {
                continue;
            };
            let used = metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH);
            if path.extension().is_none_or(|extension| extension != UNFINISHED) {
                files.push((used, metadata.len(), path));
            } else if now.duration_since(used).is_ok_and(|age| age > UNFINISHED_AGE_MAX) {
                let _ = fs::remove_file(path);
            }
        }
        // The latest first, whatever their size.
        files.sort_unstable_by(|a, b| b.cmp(a));
        let mut bytes = 0;
        for (number, (_, size, path)) in files.into_iter().enumerate() {
            bytes += size;
            if number >= self.limits.files_max || bytes > self.limits.bytes_max {
                let _ = fs::remove_file(path);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits {
        files_max: 3,
        bytes_max: 100,
    };

    fn open() -> (tempfile::TempDir, Directory) {
        let home = tempfile::tempdir().expect("a directory can be made");
        let directory = Directory::open(home.path().join("code"), LIMITS).expect("it can be used");
        (home, directory)
    }

    /// As if the file had been used so many seconds ago.
    fn age(directory: &Directory, name: &str, seconds: u64) {
        let file = File::open(directory.path.join(name)).expect("it is there");
        let then = SystemTime::now() - Duration::from_secs(seconds);
        file.set_modified(then).expect("it is ours");
    }

    fn names(directory: &Directory) -> Vec<String> {
        let entries = fs::read_dir(&directory.path).expect("it is there");
        let mut names: Vec<_> = entries
            .map(|entry| entry.expect("readable").file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn what_nobody_has_used_for_longest_gives_way() {
        let (_home, directory) = open();
        for (name, bytes, seconds) in [("a", 40, 30), ("b", 40, 20)] {
            directory.write(name, &[&vec![0; bytes]]).expect("there is room");
            age(&directory, name, seconds);
        }
        directory.used(&File::open(directory.path.join("a")).expect("it is there"));
        directory.write("c", &[&[0; 30], &[0; 10]]).expect("there is room");
        assert_eq!(names(&directory), ["a", "c"]);
    }

    #[test]
    fn there_are_no_more_files_than_there_may_be() {
        let (_home, directory) = open();
        for (name, seconds) in [("a", 40), ("b", 30), ("c", 20), ("d", 10)] {
            directory.write(name, &[b"1"]).expect("there is room");
            age(&directory, name, seconds);
        }
        assert_eq!(names(&directory), ["b", "c", "d"]);
    }

    #[test]
    fn what_a_crash_left_unfinished_is_removed_and_what_is_being_written_is_not() {
        let (_home, directory) = open();
        for (name, seconds) in [("old.unfinished", 7200), ("new.unfinished", 1)] {
            fs::write(directory.path.join(name), b"half").expect("it can be written");
            age(&directory, name, seconds);
        }
        let directory = Directory::open(directory.path, LIMITS).expect("it can be used");
        assert_eq!(names(&directory), ["new.unfinished"]);
    }
}
