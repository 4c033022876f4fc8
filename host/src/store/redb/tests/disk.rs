//! A disk that loses power: what was not synced is kept, dropped or torn by sectors.

use crate::store::log::LogFile;
use ::redb::StorageBackend;
use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex};

const SECTOR_BYTES: usize = 512;

/// A disk with named files; clones are the same disk.
#[derive(Clone, Debug, Default)]
pub(super) struct Disk(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    files: BTreeMap<&'static str, Contents>,
    /// After so many further changes and syncs, everything fails.
    fails_after: Option<u64>,
    /// Whether no file can grow.
    is_full: bool,
}

#[derive(Debug, Default)]
struct Contents {
    /// As of the last sync.
    durable: Vec<u8>,
    /// As it is read.
    current: Vec<u8>,
    /// What happened since the last sync.
    unsynced: Vec<Change>,
}

#[derive(Debug)]
enum Change {
    Write(usize, Vec<u8>),
    Resize(usize),
}

/// One file of a disk.
#[derive(Clone, Debug)]
pub(super) struct DiskFile {
    disk: Disk,
    name: &'static str,
}

/// Chance that a seed decides (SplitMix64).
#[derive(Clone, Debug)]
pub(super) struct Chance(pub(super) u64);

impl Chance {
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % bound
    }
}

impl Disk {
    pub(super) fn file(&self, name: &'static str) -> DiskFile {
        self.0.lock().unwrap().files.entry(name).or_default();
        DiskFile {
            disk: self.clone(),
            name,
        }
    }

    pub(super) fn fail_after(&self, changes: u64) {
        self.0.lock().unwrap().fails_after = Some(changes);
    }

    pub(super) fn set_full(&self, is_full: bool) {
        self.0.lock().unwrap().is_full = is_full;
    }

    pub(super) fn is_dead(&self) -> bool {
        self.0.lock().unwrap().fails_after == Some(0)
    }

    /// The disk as it is found after the power has come back.
    pub(super) fn after_power_loss(&self, chance: &mut Chance) -> Self {
        let state = self.0.lock().unwrap();
        let survivors = state.files.iter().map(|(name, file)| {
            let found = file.after_power_loss(chance);
            let contents = Contents {
                durable: found.clone(),
                current: found,
                unsynced: Vec::new(),
            };
            (*name, contents)
        });
        Self(Arc::new(Mutex::new(State {
            files: survivors.collect(),
            fails_after: None,
            is_full: false,
        })))
    }
}

impl Contents {
    fn after_power_loss(&self, chance: &mut Chance) -> Vec<u8> {
        let mut found = self.durable.clone();
        for change in &self.unsynced {
            match (change, chance.below(3)) {
                (_, 0) => {}
                (Change::Resize(length), _) => found.resize(*length, 0),
                (Change::Write(offset, bytes), 1) => write(&mut found, *offset, bytes),
                (Change::Write(offset, bytes), _) => {
                    for (sector, bytes) in bytes.chunks(SECTOR_BYTES).enumerate() {
                        if chance.below(2) == 0 {
                            write(&mut found, offset + sector * SECTOR_BYTES, bytes);
                        }
                    }
                }
            }
        }
        found
    }
}

fn write(contents: &mut Vec<u8>, offset: usize, bytes: &[u8]) {
    let end = offset + bytes.len();
    if contents.len() < end {
        contents.resize(end, 0);
    }
    contents[offset..end].copy_from_slice(bytes);
}

impl State {
    fn check(&self) -> io::Result<()> {
        match self.fails_after {
            Some(0) => Err(io::Error::other("the power is gone")),
            Some(_) | None => Ok(()),
        }
    }

    /// The last change that is counted still happens; whether it survives is another matter.
    fn count(&mut self) -> io::Result<()> {
        self.check()?;
        if let Some(left) = &mut self.fails_after {
            *left -= 1;
        }
        Ok(())
    }
}

impl DiskFile {
    fn change(&self, change: Change) -> io::Result<()> {
        let mut state = self.disk.0.lock().unwrap();
        state.count()?;
        let is_full = state.is_full;
        let file = state.files.entry(self.name).or_default();
        let end = match &change {
            Change::Write(offset, bytes) => offset + bytes.len(),
            Change::Resize(length) => *length,
        };
        if is_full && end > file.current.len() {
            return Err(io::ErrorKind::StorageFull.into());
        }
        match &change {
            Change::Write(offset, bytes) => write(&mut file.current, *offset, bytes),
            Change::Resize(length) => file.current.resize(*length, 0),
        }
        file.unsynced.push(change);
        state.check()
    }

    fn sync(&self) -> io::Result<()> {
        let mut state = self.disk.0.lock().unwrap();
        state.count()?;
        // A sync during which the power goes has promised nothing.
        state.check()?;
        let file = state.files.entry(self.name).or_default();
        file.durable.clone_from(&file.current);
        file.unsynced.clear();
        Ok(())
    }

    fn read_at(&self, offset: usize, out: &mut [u8]) -> io::Result<()> {
        let state = self.disk.0.lock().unwrap();
        state.check()?;
        let bytes = state.files[self.name].current.get(offset..offset + out.len());
        out.copy_from_slice(bytes.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn length(&self) -> io::Result<u64> {
        let state = self.disk.0.lock().unwrap();
        state.check()?;
        Ok(state.files[self.name].current.len() as u64)
    }
}

impl StorageBackend for DiskFile {
    fn len(&self) -> io::Result<u64> {
        self.length()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.read_at(offset as usize, out)
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        self.change(Change::Resize(length as usize))
    }

    fn sync_data(&self) -> io::Result<()> {
        self.sync()
    }

    fn write(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        self.change(Change::Write(offset as usize, bytes.to_vec()))
    }
}

impl LogFile for DiskFile {
    fn size(&self) -> io::Result<u64> {
        self.length()
    }

    fn read_at(&self, offset: u64, into: &mut [u8]) -> io::Result<()> {
        DiskFile::read_at(self, offset as usize, into)
    }

    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        self.change(Change::Write(offset as usize, bytes.to_vec()))
    }

    fn sync(&self) -> io::Result<()> {
        DiskFile::sync(self)
    }
}
