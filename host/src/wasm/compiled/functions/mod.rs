//! Single functions, compiled, so that a module that changed in part is compiled in part.
//!
//! Every module in TypeScript has the code of one engine, every module in Python that of one interpreter; what an author
//! changes is their data. So after the first, nearly each function of a module has been compiled before.
//!
//! What a function is found by is a hash of all that its compiler is given (of Cranelift's intermediate code, which has
//! the settings in it), made by Cranelift. It was not made to withstand somebody who looks for two functions with the
//! same hash: only modules that trust one another may share these.

mod pack;

use super::compiler;
use super::directory::{Directory, Limits};
use pack::Pack;
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use wasmtime::{CacheStore, Engine};

/// The compiled functions of a directory.
///
/// In memory there are only those of modules that are being compiled: an engine that compiles nothing holds none.
#[derive(Debug)]
pub(in crate::wasm) struct Functions {
    directory: Directory,
    /// Derived from the host's key, for this purpose only.
    key: [u8; 32],
    session: RwLock<Session>,
}

/// What is known while modules are being compiled.
#[derive(Debug, Default)]
struct Session {
    /// How many are being compiled now. With the last one this ends.
    modules: usize,
    compiler: [u8; 32],
    packs: Vec<Pack>,
    /// In which pack a function is, and where.
    known: HashMap<FunctionKey, (usize, pack::Place)>,
    /// What no pack has yet.
    fresh: BTreeMap<FunctionKey, Vec<u8>>,
    fresh_bytes: usize,
}

/// Cranelift's hash of all that a function is compiled of.
type FunctionKey = [u8; 32];

const KEY_PURPOSE: &str = "mainspring 2026-11 keyed hash of compiled functions";
/// The functions of a module in TypeScript take 4 MB, those of one in Python 28.
const LIMITS: Limits = Limits {
    files_max: 64,
    bytes_max: 256 << 20,
};
/// What is compiled beyond this, in modules that are being compiled at the same time, is not kept.
const FRESH_BYTES_MAX: usize = 128 << 20;

impl Functions {
    pub(super) fn open(directory: PathBuf, host_key: &[u8; 32]) -> io::Result<Self> {
        Ok(Self {
            directory: Directory::open(directory, LIMITS)?,
            key: blake3::derive_key(KEY_PURPOSE, host_key),
            session: RwLock::default(),
        })
    }

    /// Has the functions at hand for as long as what it returns lives, for a module that this engine compiles.
    pub(in crate::wasm) fn at_hand(self: &Arc<Self>, engine: &Engine) -> AtHand {
        let mut session = self.write();
        session.modules += 1;
        if session.modules == 1 {
            session.begin(&self.directory, &self.key, compiler(engine));
        }
        AtHand(self.clone())
    }

    fn finish(&self) {
        let mut session = self.write();
        session.modules -= 1;
        if session.modules > 0 {
            return;
        }
        let Session {
            packs, fresh, compiler, ..
        } = std::mem::take(&mut *session);
        drop(session);
        for pack in packs.iter().filter(|pack| pack.was_used()) {
            self.directory.used(pack.file());
        }
        if !fresh.is_empty()
            && let Err(error) = pack::write(&self.directory, &self.key, &compiler, &fresh)
        {
            // Costs time at the next compilation, and nothing else.
            tracing::warn!(%error, "compiled functions cannot be kept");
        }
    }

    // What runs under the lock leaves nothing half done, whatever it panics of.
    fn read(&self) -> RwLockReadGuard<'_, Session> {
        self.session.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Session> {
        self.session.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Session {
    fn begin(&mut self, directory: &Directory, key: &[u8; 32], compiler: [u8; 32]) {
        self.compiler = compiler;
        for (pack, index) in pack::open_all(directory, key, &compiler) {
            let number = self.packs.len();
            self.packs.push(pack);
            self.known
                .extend(index.into_iter().map(|(key, place)| (key, (number, place))));
        }
    }
}

/// The functions are at hand while this lives. Then those that are new are kept, and memory is given back.
#[derive(Debug)]
pub(in crate::wasm) struct AtHand(Arc<Functions>);

impl Drop for AtHand {
    fn drop(&mut self) {
        self.0.finish();
    }
}

impl CacheStore for Functions {
    fn get(&self, key: &[u8]) -> Option<Cow<'_, [u8]>> {
        let session = self.read();
        if let Some(fresh) = session.fresh.get(key) {
            return Some(Cow::Owned(fresh.clone()));
        }
        let (pack, place) = session.known.get(key)?;
        session.packs[*pack].read(key, place).map(Cow::Owned)
    }

    fn insert(&self, key: &[u8], function: Vec<u8>) -> bool {
        let Ok(key) = FunctionKey::try_from(key) else {
            return false;
        };
        let mut session = self.write();
        // Nobody would end a session that nobody has begun.
        if session.modules == 0 || session.fresh_bytes.saturating_add(function.len()) > FRESH_BYTES_MAX {
            return false;
        }
        session.fresh_bytes += function.len();
        session.fresh.insert(key, function);
        true
    }
}

#[cfg(test)]
mod tests;
