//! The host's own secret: what it signs with it, it knows again. It authenticates compiled artefacts and task tokens.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;

/// 32 random bytes that stay with a directory.
#[derive(Clone)]
pub struct HostKey([u8; 32]);

const FILE: &str = "host.key";
/// The bits of a file's mode that let anybody else have it.
const OTHERS: u32 = 0o077;

impl HostKey {
    /// A key for as long as the process lives.
    pub fn random() -> Self {
        let halves = [uuid::Uuid::new_v4(), uuid::Uuid::new_v4(), uuid::Uuid::new_v4()];
        let seed: Vec<u8> = halves.iter().flat_map(|half| *half.as_bytes()).collect();
        // A UUID has fixed bits; hashing three of them leaves 32 bytes without any.
        Self(*blake3::hash(&seed).as_bytes())
    }

    /// The directory's key, made if there is none.
    pub(super) fn open(directory: &Path) -> io::Result<Self> {
        match fs::read(directory.join(FILE)) {
            Ok(bytes) => Self::from_file(&bytes),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Self::random().save(directory)?;
                Self::from_file(&fs::read(directory.join(FILE))?)
            }
            Err(error) => Err(error),
        }
    }

    /// The same for a directory that many hosts may use, all of one user: whoever can read the key can make machine code
    /// that they run.
    pub(super) fn open_shared(directory: &Path) -> io::Result<Self> {
        fs::create_dir_all(directory)?;
        Self::open(directory)?;
        // What is asked and what is read is the same file, whatever becomes of its name meanwhile.
        let mut file = File::open(directory.join(FILE))?;
        let metadata = file.metadata()?;
        if metadata.uid() != rustix::process::geteuid().as_raw() || metadata.mode() & OTHERS != 0 {
            return Err(io::Error::new(
                io::ErrorKind::PermissionDenied,
                format!("{FILE} in it must be readable by this user alone; delete it to have a new one made"),
            ));
        }
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        Self::from_file(&bytes)
    }

    fn from_file(bytes: &[u8]) -> io::Result<Self> {
        bytes.try_into().map(Self).map_err(|_| {
            io::Error::new(
                io::ErrorKind::InvalidData,
                format!("{FILE} is damaged; delete it to have a new one made"),
            )
        })
    }

    /// Unless somebody else was quicker, whose key it is then.
    fn save(&self, directory: &Path) -> io::Result<()> {
        let unfinished = directory.join(format!("{FILE}.{}", uuid::Uuid::new_v4()));
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&unfinished)?;
        file.write_all(&self.0)?;
        file.sync_all()?;
        // Unlike a renamed file, a link replaces nothing. Not every file system has links.
        match fs::hard_link(&unfinished, directory.join(FILE)) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                fs::rename(&unfinished, directory.join(FILE))?;
            }
            _ => fs::remove_file(&unfinished)?,
        }
        File::open(directory)?.sync_all()
    }

    /// The key's bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl std::fmt::Debug for HostKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("HostKey(secret)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_directory_has_one_key_however_many_open_it() {
        let home = tempfile::tempdir().expect("a directory can be made");
        let directory = home.path().join("code");
        let opened: Vec<_> = std::thread::scope(|scope| {
            let open = || HostKey::open_shared(&directory).expect("it can be used").0;
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(open)).collect();
            threads.into_iter().map(|it| it.join().expect("no panic")).collect()
        });
        assert!(opened.iter().all(|key| *key == opened[0]));
        let files = fs::read_dir(&directory).expect("it is there");
        assert_eq!(files.count(), 1);
    }

    #[test]
    fn a_key_that_others_can_read_is_refused() {
        let home = tempfile::tempdir().expect("a directory can be made");
        HostKey::open_shared(home.path()).expect("it can be used");
        let file = home.path().join(FILE);
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).expect("it is ours");
        let refused = HostKey::open_shared(home.path()).expect_err("it is readable by others");
        assert!(refused.to_string().contains("delete it"), "{refused}");
        fs::remove_file(file).expect("it is ours");
        HostKey::open_shared(home.path()).expect("there is a new one");
    }
}
