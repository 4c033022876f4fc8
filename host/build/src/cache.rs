//! Results of slow tools, by what they were made of. It may be deleted at any time.

use crate::Error;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// So many results are kept; the oldest go first.
const ENTRIES_MAX: usize = 64;

/// A directory with results.
pub(crate) struct Cache {
    directory: PathBuf,
}

/// What a result depends on: every input, option and tool version, in order.
pub(crate) struct Key(blake3::Hasher);

impl Key {
    /// A key of a kind of result. Its name changes when the same inputs would give another result.
    pub(crate) fn of(kind: &str) -> Self {
        Self(blake3::Hasher::new()).with(kind.as_bytes())
    }

    /// Adds an input.
    pub(crate) fn with(mut self, input: &[u8]) -> Self {
        // With its length, so that no two lists of inputs run into the same bytes.
        self.0.update(&(input.len() as u64).to_le_bytes());
        self.0.update(input);
        self
    }

    fn name(&self) -> String {
        self.0.finalize().to_hex().to_string()
    }
}

/// Where this user's caches are: `$MAINSPRING_CACHE`, or `mainspring` in `$XDG_CACHE_HOME`, or in `~/.cache`. None for a
/// user without a home.
#[must_use]
pub fn cache_directory() -> Option<PathBuf> {
    let directory = |variable: &str| {
        std::env::var_os(variable)
            .filter(|it| !it.is_empty())
            .map(PathBuf::from)
    };
    directory("MAINSPRING_CACHE")
        .or_else(|| directory("XDG_CACHE_HOME").map(|cache| cache.join("mainspring")))
        .or_else(|| directory("HOME").map(|home| home.join(".cache/mainspring")))
}

impl Cache {
    /// The user's, if there is one.
    pub(crate) fn of_user() -> Option<Self> {
        cache_directory().map(|directory| Self { directory })
    }

    /// Where it is, for tools that keep what they like there.
    pub(crate) fn directory(&self) -> &Path {
        &self.directory
    }

    /// What was kept. Anything that cannot be read was not.
    pub(crate) fn get(&self, key: &Key) -> Option<Vec<u8>> {
        std::fs::read(self.directory.join(key.name())).ok()
    }

    /// Keeps a result. Two processes may keep the same at the same time: each file appears whole or not at all.
    pub(crate) fn put(&self, key: &Key, result: &[u8]) -> Result<(), Error> {
        let writing = |path: &Path| {
            let path = path.to_owned();
            move |cause| Error::writing(&path, cause)
        };
        std::fs::create_dir_all(&self.directory).map_err(writing(&self.directory))?;
        let name = key.name();
        let unfinished = self.directory.join(format!("{name}.{}", std::process::id()));
        std::fs::write(&unfinished, result).map_err(writing(&unfinished))?;
        std::fs::rename(&unfinished, self.directory.join(name)).map_err(writing(&unfinished))?;
        self.forget_oldest();
        Ok(())
    }

    /// Best effort: what cannot be removed today is removed next time.
    fn forget_oldest(&self) {
        let Ok(entries) = std::fs::read_dir(&self.directory) else {
            return;
        };
        let written = |entry: std::fs::DirEntry| {
            let modified = entry.metadata().and_then(|it| it.modified());
            (modified.unwrap_or(SystemTime::UNIX_EPOCH), entry.path())
        };
        let mut entries: Vec<_> = entries.flatten().map(written).collect();
        entries.sort();
        let surplus = entries.len().saturating_sub(ENTRIES_MAX);
        for (_, path) in entries.drain(..surplus) {
            let _ = std::fs::remove_file(path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_found_by_all_that_they_depend_on() {
        let home = tempfile::tempdir().unwrap();
        let cache = Cache {
            directory: home.path().join("cache"),
        };
        let key = |parts: [&str; 2]| {
            parts
                .iter()
                .fold(Key::of("test"), |key, part| key.with(part.as_bytes()))
        };
        assert_eq!(cache.get(&key(["ab", "c"])), None);
        cache.put(&key(["ab", "c"]), b"result").unwrap();
        assert_eq!(cache.get(&key(["ab", "c"])), Some(b"result".to_vec()));
        assert_eq!(cache.get(&key(["a", "bc"])), None);
    }

    #[test]
    fn a_cache_does_not_grow_for_ever() {
        let home = tempfile::tempdir().unwrap();
        let cache = Cache {
            directory: home.path().to_owned(),
        };
        for number in 0..ENTRIES_MAX as u64 + 3 {
            cache.put(&Key::of("test").with(&number.to_le_bytes()), b"").unwrap();
        }
        assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), ENTRIES_MAX);
    }
}
