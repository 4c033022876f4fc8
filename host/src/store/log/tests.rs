//! What a log gives back, whatever happened to its file.

use super::record::BLOCK_BYTES;
use super::*;
use std::sync::{Arc, Mutex};

const KEY: Key = Key([7; 32]);

/// A file in memory; clones are the same file.
#[derive(Clone, Debug, Default)]
struct MemoryFile(Arc<Mutex<Vec<u8>>>);

impl LogFile for MemoryFile {
    fn size(&self) -> io::Result<u64> {
        Ok(self.0.lock().unwrap().len() as u64)
    }

    fn read_at(&self, offset: u64, into: &mut [u8]) -> io::Result<()> {
        let offset = offset as usize;
        into.copy_from_slice(&self.0.lock().unwrap()[offset..offset + into.len()]);
        Ok(())
    }

    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        let mut contents = self.0.lock().unwrap();
        let end = offset as usize + bytes.len();
        let length = contents.len().max(end);
        contents.resize(length, 0);
        contents[offset as usize..end].copy_from_slice(bytes);
        Ok(())
    }

    fn sync(&self) -> io::Result<()> {
        Ok(())
    }
}

fn new_log() -> MemoryFile {
    let file = MemoryFile::default();
    create(&file, &KEY, 8 * BLOCK_BYTES).unwrap();
    file
}

fn open(file: &MemoryFile, applied: u64) -> Result<(Log, Vec<Bytes>), LogError> {
    Log::open(Box::new(file.clone()), KEY, applied)
}

fn damage(file: &MemoryFile, block: u64) {
    file.0.lock().unwrap()[(block * BLOCK_BYTES) as usize + 30] ^= 1;
}

/// Records 1 to 4 in blocks 1 to 5, the third of two blocks.
fn four_records() -> MemoryFile {
    let file = new_log();
    let (mut log, _) = open(&file, 0).unwrap();
    for body in [vec![1; 10], vec![], vec![3; 5_000], vec![4; 10]] {
        assert!(log.has_room_for(body.len()));
        log.append(&body).unwrap();
    }
    file
}

#[track_caller]
fn check(file: &MemoryFile, applied: u64, expected: &[&[u8]], last: u64) {
    let (log, records) = open(file, applied).unwrap();
    assert_eq!(records, expected);
    assert_eq!(log.last(), last);
}

#[test]
fn records_come_back_from_the_one_that_is_asked_for() {
    let file = four_records();
    check(&file, 0, &[&[1; 10], &[], &[3; 5_000], &[4; 10]], 4);
    check(&file, 2, &[&[3; 5_000], &[4; 10]], 4);
    check(&file, 4, &[], 4);
    check(&file, 9, &[], 9);
}

#[test]
fn a_record_that_was_cut_short_is_left_out() {
    let file = four_records();
    damage(&file, 5);
    check(&file, 0, &[&[1; 10], &[], &[3; 5_000]], 3);
}

#[test]
fn older_records_behind_newer_ones_are_left_out() {
    let file = four_records();
    let (mut log, _) = open(&file, 4).unwrap();
    log.rewind();
    log.append(b"five").unwrap();
    log.append(b"six").unwrap();
    check(&file, 4, &[b"five", b"six"], 6);
}

#[test]
fn the_log_is_full_when_its_last_block_is_taken() {
    let (mut log, _) = open(&new_log(), 0).unwrap();
    for _ in 0..7 {
        assert!(log.has_room_for(1));
        log.append(&[0]).unwrap();
    }
    assert!(!log.has_room_for(0));
    log.rewind();
    let whole = 7 * BLOCK_BYTES as usize - 56;
    assert!(log.has_room_for(whole) && !log.has_room_for(whole + 1));
}

#[test]
fn a_hole_is_not_taken_for_the_end() {
    for block in [1, 2, 3] {
        let file = four_records();
        damage(&file, block);
        assert!(matches!(open(&file, 0), Err(LogError::Hole(_))), "block {block}");
    }
}

#[test]
fn a_gap_is_refused() {
    let file = new_log();
    let (mut log, _) = open(&file, 7).unwrap();
    log.append(b"eight").unwrap();
    assert!(matches!(open(&file, 6), Err(LogError::Gap { found: 8, needed: 7 })));
}

#[test]
fn another_log_is_refused() {
    let file = four_records();
    let other = Log::open(Box::new(file), Key([8; 32]), 0);
    assert!(matches!(other, Err(LogError::Foreign)));
    assert!(matches!(open(&MemoryFile::default(), 0), Err(LogError::Foreign)));
}

#[test]
fn a_newer_log_is_refused() {
    let file = four_records();
    file.0.lock().unwrap()[7] = 2;
    assert!(matches!(open(&file, 0), Err(LogError::Newer(2))));
}
