//! A file of functions: those that were new when a module was compiled.
//!
//! It begins with the keyed hash of its index, and the number of entries. An entry is a function's key, where its bytes
//! end, and the keyed hash of both. Then come the bytes of all functions. So a function is read and authenticated by
//! itself, and a pack costs no more than its index before one is.

use super::FunctionKey;
use crate::wasm::compiled::directory::Directory;
use crate::wasm::compiled::short;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

/// An open pack.
#[derive(Debug)]
pub(super) struct Pack {
    file: File,
    hasher: Hasher,
    was_used: AtomicBool,
}

/// Where in a pack a function is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    begin: u64,
    bytes: usize,
    mac: [u8; MAC_BYTES],
}

const EXTENSION: &str = "functions";
const MAC_BYTES: usize = blake3::OUT_LEN;
const HEADER_BYTES: usize = MAC_BYTES + size_of::<u64>();
const ENTRY_BYTES: usize = size_of::<FunctionKey>() + size_of::<u64>() + MAC_BYTES;

/// Makes the keyed hashes of one compiler's functions.
#[derive(Clone, Debug)]
struct Hasher {
    /// One key for each kind of thing, so that none can be passed off as the other.
    of_functions: [u8; 32],
    of_indexes: [u8; 32],
}

impl Hasher {
    fn new(key: &[u8; 32], compiler: &[u8; 32]) -> Self {
        let derived = |kind: &[u8]| {
            // The compiler is of fixed length.
            let hasher = blake3::Hasher::new_keyed(key).update(compiler).update(kind).finalize();
            *hasher.as_bytes()
        };
        Self {
            of_functions: derived(b"functions"),
            of_indexes: derived(b"indexes"),
        }
    }

    fn function(&self, key: &[u8], bytes: &[u8]) -> blake3::Hash {
        // The key is of fixed length.
        blake3::Hasher::new_keyed(&self.of_functions)
            .update(key)
            .update(bytes)
            .finalize()
    }

    fn index(&self, index: &[u8]) -> blake3::Hash {
        blake3::keyed_hash(&self.of_indexes, index)
    }
}

/// Every pack of this compiler, with its functions. What does not authenticate is left out.
pub(super) fn open_all<'a>(
    directory: &'a Directory,
    key: &[u8; 32],
    compiler: &[u8; 32],
) -> impl Iterator<Item = (Pack, Vec<(FunctionKey, Place)>)> + use<'a> {
    let (hasher, beginning) = (Hasher::new(key, compiler), short(compiler));
    let entries = fs::read_dir(directory.path()).into_iter().flatten().flatten();
    entries.filter_map(move |entry| {
        let path = entry.path();
        let is_ours = path.extension().is_some_and(|extension| extension == EXTENSION)
            && entry.file_name().to_string_lossy().starts_with(&beginning);
        is_ours.then(|| open(&path, &hasher)).flatten()
    })
}

fn open(path: &Path, hasher: &Hasher) -> Option<(Pack, Vec<(FunctionKey, Place)>)> {
    let mut file = File::open(path).ok()?;
    let mut header = [0; HEADER_BYTES];
    file.read_exact(&mut header).ok()?;
    let (claimed, count) = header.split_first_chunk::<MAC_BYTES>()?;
    let count = usize::try_from(u64::from_le_bytes(count.try_into().ok()?)).ok()?;
    let index_bytes = count.checked_mul(ENTRY_BYTES)?;
    if index_bytes as u64 > file.metadata().ok()?.len() {
        return None;
    }
    let mut index = vec![0; index_bytes];
    file.read_exact(&mut index).ok()?;
    if hasher.index(&index) != blake3::Hash::from_bytes(*claimed) {
        tracing::warn!(path = %path.display(), "compiled functions on disk are not as this host wrote them; compiling again");
        return None;
    }
    let mut begin = 0;
    let places = index
        .chunks_exact(ENTRY_BYTES)
        .map(|entry| {
            let (key, rest) = entry.split_first_chunk().expect("an entry begins with a key");
            let (end, mac) = rest.split_first_chunk().expect("then comes where it ends");
            let end = u64::from_le_bytes(*end);
            let place = Place {
                begin: (HEADER_BYTES + index.len()) as u64 + begin,
                bytes: usize::try_from(end.checked_sub(begin)?).ok()?,
                mac: mac.try_into().expect("the rest is its hash"),
            };
            begin = end;
            Some((*key, place))
        })
        .collect::<Option<Vec<_>>>()?;
    let pack = Pack {
        file,
        hasher: hasher.clone(),
        was_used: AtomicBool::new(false),
    };
    Some((pack, places))
}

impl Pack {
    /// The function, if it is as it was written.
    pub(super) fn read(&self, key: &[u8], place: &Place) -> Option<Vec<u8>> {
        let mut bytes = vec![0; place.bytes];
        self.file.read_exact_at(&mut bytes, place.begin).ok()?;
        let is_ours = self.hasher.function(key, &bytes) == blake3::Hash::from_bytes(place.mac);
        if is_ours {
            self.was_used.store(true, Ordering::Relaxed);
        }
        is_ours.then_some(bytes)
    }

    pub(super) fn was_used(&self) -> bool {
        self.was_used.load(Ordering::Relaxed)
    }

    pub(super) const fn file(&self) -> &File {
        &self.file
    }
}

/// Writes a pack of these functions.
pub(super) fn write(
    directory: &Directory,
    key: &[u8; 32],
    compiler: &[u8; 32],
    functions: &BTreeMap<FunctionKey, Vec<u8>>,
) -> io::Result<()> {
    let hasher = Hasher::new(key, compiler);
    let mut index = Vec::with_capacity(functions.len() * ENTRY_BYTES);
    let mut end = 0;
    for (key, bytes) in functions {
        end += bytes.len() as u64;
        index.extend_from_slice(key);
        index.extend_from_slice(&end.to_le_bytes());
        index.extend_from_slice(hasher.function(key, bytes).as_bytes());
    }
    let mac = hasher.index(&index);
    // The same functions have the same name, whoever compiled them.
    let name = format!("{}-{}.{EXTENSION}", short(compiler), &mac.to_hex()[..32]);
    let count = (functions.len() as u64).to_le_bytes();
    let parts = [mac.as_bytes().as_slice(), &count, &index];
    let parts: Vec<&[u8]> = parts.into_iter().chain(functions.values().map(Vec::as_slice)).collect();
    directory.write(&name, &parts)
}
