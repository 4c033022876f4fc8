//! The host's own secret: what it signs with it, it knows again. It authenticates compiled artefacts and task tokens.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// 32 random bytes that stay with the data directory.
#[derive(Clone)]
pub struct HostKey([u8; 32]);

const FILE: &str = "host.key";

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
        let path = directory.join(FILE);
        match fs::read(&path) {
            Ok(bytes) => bytes.try_into().map(Self).map_err(|_| {
                io::Error::new(
                    io::ErrorKind::InvalidData,
                    format!("{FILE} is damaged; delete it to have a new one made"),
                )
            }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let key = Self::random();
                key.save(directory)?;
                Ok(key)
            }
            Err(error) => Err(error),
        }
    }

    fn save(&self, directory: &Path) -> io::Result<()> {
        let temporary = directory.join("host.key.new");
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&temporary)?;
        file.write_all(&self.0)?;
        file.sync_all()?;
        fs::rename(&temporary, directory.join(FILE))?;
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
