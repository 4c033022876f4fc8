//! What released versions wrote can be read, for ever.
//!
//! A golden file is never changed. `UPDATE_GOLDEN=1` writes those that are missing.

use super::*;
use crate::store::samples;
use mainspring_core::{Content, Event, Record, Timestamp};
use std::collections::BTreeSet;
use std::path::PathBuf;

/// The file is what is written now, and it is returned to be read.
fn golden(name: &str, written: &[u8]) -> Bytes {
    let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), "src/store/format/golden/v1", name]
        .iter()
        .collect();
    if std::env::var_os("UPDATE_GOLDEN").is_some() && !path.exists() {
        std::fs::write(&path, written).expect("the golden file can be written");
    }
    let stored = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    assert!(stored == written, "{name}: what is written has changed");
    stored.into()
}

#[test]
fn chunk_v1() {
    let stored = golden("chunk.bin", samples::chunk().bytes());
    assert_eq!(Chunk::decode(stored), Ok(samples::records()));
}

#[test]
fn later_events_v1() {
    for (name, event) in samples::later_events() {
        let time = Timestamp::from_millis(1_700_000_000_000);
        let record = Record { time, event };
        let chunk = Chunk::encode(std::slice::from_ref(&record));
        let stored = golden(&format!("event-{name}.bin"), chunk.bytes());
        assert_eq!(Chunk::decode(stored), Ok(vec![record]));
    }
}

#[test]
fn there_is_a_golden_file_of_every_kind_of_event() {
    let records = samples::records();
    let later = samples::later_events();
    let kinds: BTreeSet<_> = records
        .iter()
        .map(|record| &record.event)
        .chain(later.iter().map(|(_, event)| event))
        .map(Event::name)
        .collect();
    assert_eq!(kinds.len(), 36, "{kinds:?}");
}

#[test]
fn attempts_v1() {
    for (at, attempt) in samples::attempts().iter().enumerate() {
        let stored = golden(&format!("attempt-{at}.bin"), &encode_attempt(attempt));
        assert_eq!(decode_attempt(stored).as_ref(), Ok(attempt));
    }
}

#[test]
fn later_attempts_v1() {
    for (name, attempt) in samples::later_attempts() {
        let stored = golden(&format!("attempt-with-{name}.bin"), &encode_attempt(&attempt));
        assert_eq!(decode_attempt(stored), Ok(attempt));
    }
}

#[test]
fn heads_v1() {
    for (at, head) in samples::heads().into_iter().enumerate() {
        let last_chunk = (at > 0).then_some(70_000);
        let row = StoredHead { head, last_chunk };
        let stored = golden(&format!("head-{at}.bin"), &row.encode());
        assert_eq!(StoredHead::decode(&stored), Ok(row));
    }
}

#[test]
fn summaries_v1() {
    for (at, summary) in samples::summaries().iter().enumerate() {
        let stored = golden(&format!("summary-{at}.bin"), &encode_summary(summary));
        assert_eq!(decode_summary(stored).as_ref(), Ok(summary));
    }
}

#[test]
fn summary_of_a_child_v1() {
    let summary = samples::summary_of_a_child();
    let stored = golden("summary-of-a-child.bin", &encode_summary(&summary));
    assert_eq!(decode_summary(stored), Ok(summary));
}

#[test]
fn summary_of_a_reset_v1() {
    let summary = samples::summary_of_a_reset();
    let stored = golden("summary-of-a-reset.bin", &encode_summary(&summary));
    assert_eq!(decode_summary(stored), Ok(summary));
}

#[test]
fn later_summary_v1() {
    let summary = samples::later_summary();
    let stored = golden("summary-with-history-bytes.bin", &encode_summary(&summary));
    assert_eq!(decode_summary(stored), Ok(summary));
}

#[test]
fn summaries_with_shown_length_v1() {
    for (name, summary) in samples::summaries_with_shown_length() {
        let stored = golden(&format!("summary-shown-{name}.bin"), &encode_summary(&summary));
        assert_eq!(decode_summary(stored), Ok(summary));
    }
}

#[test]
fn later_namespace_v1() {
    let namespace = samples::later_namespace();
    let stored = golden("namespace-with-search-attributes.bin", &encode_namespace(&namespace));
    assert_eq!(decode_namespace(stored), Ok(namespace));
}

#[test]
fn owned_namespace_v1() {
    let namespace = samples::owned_namespace();
    let stored = golden("namespace-with-retention.bin", &encode_namespace(&namespace));
    assert_eq!(decode_namespace(stored), Ok(namespace));
}

#[test]
fn leaving_namespace_v1() {
    let namespace = samples::leaving_namespace();
    let stored = golden("namespace-that-leaves.bin", &encode_namespace(&namespace));
    assert_eq!(decode_namespace(stored), Ok(namespace));
}

#[test]
fn batches_v1() {
    let batches = samples::batches();
    let stored = golden("batches.bin", &encode_batches(&batches));
    // Writes have no equality of their own: their chunks are bytes, and these are equal bytes.
    assert_eq!(format!("{:?}", decode_batches(stored)), format!("Ok({batches:?})"));
}

#[test]
fn a_batch_with_an_outbox_v1() {
    let batches = [samples::outbox_batch()];
    let stored = golden("batch-with-outbox.bin", &encode_batches(&batches));
    assert_eq!(format!("{:?}", decode_batches(stored)), format!("Ok({batches:?})"));
}

#[test]
fn a_batch_with_deletions_v1() {
    let batches = [samples::deleting_batch()];
    let stored = golden("batch-with-deletions.bin", &encode_batches(&batches));
    assert_eq!(format!("{:?}", decode_batches(stored)), format!("Ok({batches:?})"));
}

#[test]
fn batch_operations_v1() {
    for (name, operation) in samples::batch_operations() {
        let stored = golden(
            &format!("batch-operation-{name}.bin"),
            &encode_batch_operation(&operation),
        );
        assert_eq!(decode_batch_operation(stored), Ok(operation));
    }
}

#[test]
fn messages_v1() {
    for (name, message) in samples::messages() {
        let stored = golden(&format!("message-{name}.bin"), &encode_message(&message));
        assert_eq!(decode_message(stored), Ok(message));
    }
}

#[test]
fn there_is_a_golden_file_of_every_kind_of_message() {
    let messages = samples::messages();
    let kinds = messages.iter().map(|(_, message)| match message.content {
        Content::StartChild(_) => 0,
        Content::ChildStarted { .. } => 1,
        Content::ChildNotStarted { .. } => 2,
        Content::ChildClosed { .. } => 3,
        Content::Signal { .. } => 4,
        Content::RequestCancel { .. } => 5,
        Content::Terminate { .. } => 6,
        Content::Delivered { .. } => 7,
        Content::AskChild { .. } => 8,
        Content::StartScheduled(_) => 9,
        Content::ScheduledStarted { .. } => 10,
        Content::ScheduledClosed { .. } => 11,
        Content::StopScheduled { .. } => 12,
    });
    assert_eq!(kinds.collect::<BTreeSet<_>>(), (0..13).collect());
}

#[test]
fn schedules_v1() {
    for (name, schedule) in samples::schedules() {
        let stored = golden(&format!("schedule-{name}.bin"), &encode_schedule(&schedule));
        assert_eq!(decode_schedule(stored), Ok(schedule));
    }
}

#[test]
fn a_batch_with_schedules_v1() {
    let batches = [samples::schedules_batch()];
    let stored = golden("batch-with-schedules.bin", &encode_batches(&batches));
    assert_eq!(format!("{:?}", decode_batches(stored)), format!("Ok({batches:?})"));
}

#[test]
fn damaged_schedules_are_refused_or_read_but_never_panic() {
    for (_, schedule) in samples::schedules() {
        let whole = encode_schedule(&schedule);
        for at in 0..whole.len() {
            assert_ne!(decode_schedule(whole.slice(..at)).as_ref(), Ok(&schedule));
            let mut flipped = whole.to_vec();
            flipped[at] ^= 0x55;
            let _ = decode_schedule(flipped.into());
        }
    }
}

#[test]
fn damaged_messages_are_refused_or_read_but_never_panic() {
    for (_, message) in samples::messages() {
        let whole = encode_message(&message);
        for at in 0..whole.len() {
            assert_ne!(decode_message(whole.slice(..at)).as_ref(), Ok(&message));
            let mut flipped = whole.to_vec();
            flipped[at] ^= 0x55;
            let _ = decode_message(flipped.into());
        }
    }
}

#[test]
fn module_version_v1() {
    let version = samples::module_version();
    let stored = golden("module-version.bin", &encode_module_version(&version));
    assert_eq!(decode_module_version(stored), Ok(version));
}

#[test]
fn namespace_v1() {
    let namespace = samples::namespace();
    let stored = golden("namespace.bin", &encode_namespace(&namespace));
    assert_eq!(decode_namespace(stored), Ok(namespace));
}

#[test]
fn settings_v1() {
    let queue = samples::task_queue();
    let stored = golden("task-queue.bin", &encode_task_queue(&queue));
    assert_eq!(decode_task_queue(stored), Ok(queue));
    let of_type = samples::workflow_type();
    let stored = golden("workflow-type.bin", &encode_workflow_type(&of_type));
    assert_eq!(decode_workflow_type(stored), Ok(of_type));
}

#[test]
fn a_newer_version_is_refused() {
    let mut bytes = samples::chunk().bytes().to_vec();
    bytes[0] = VERSION + 1;
    assert_eq!(Chunk::decode(bytes.into()), Err(Malformed::Version(VERSION + 1)));
}

#[test]
fn damaged_bytes_are_refused_or_read_but_never_panic() {
    let whole = samples::chunk().bytes().clone();
    for at in 0..whole.len() {
        assert!(at == 1 || Chunk::decode(whole.slice(..at)).as_ref() != Ok(&samples::records()));
        let mut flipped = whole.to_vec();
        flipped[at] ^= 0x55;
        let _ = Chunk::decode(flipped.into());
    }
}
