//! The one thread that writes: batches of all shards that wait while one commit is under way share the next.

use super::Message;
use crate::shard::Outgoing;
use crate::store::{ShardId, Store};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, SyncSender, sync_channel};
use std::thread::JoinHandle;
use tokio::sync::watch;

/// Writes that may wait for the writer. At the bound a shard's thread waits too: it is as fast as the disk.
const WRITES_WAITING_MAX: usize = 256;

/// What a thread's shards have decided in one turn, on its way, with whom to tell once it is durable.
///
/// One write and not one a shard: the writer takes what is there, and what comes a moment later waits for a whole
/// commit.
pub(super) struct Write {
    pub(super) batches: Vec<(ShardId, Outgoing)>,
    pub(super) committed: Sender<Message>,
}

/// Starts the thread. It ends when every sender is gone, or when a commit fails: then `failed` says why, and
/// nothing is acknowledged any more.
pub(super) fn start(
    store: Arc<dyn Store>,
    failed: watch::Sender<Option<String>>,
) -> std::io::Result<(SyncSender<Write>, JoinHandle<()>)> {
    let (sender, receiver) = sync_channel(WRITES_WAITING_MAX);
    let thread = std::thread::Builder::new()
        .name("writer".into())
        .spawn(move || write(&*store, &receiver, &failed))?;
    Ok((sender, thread))
}

fn write(store: &dyn Store, waiting: &Receiver<Write>, failed: &watch::Sender<Option<String>>) {
    while let Ok(first) = waiting.recv() {
        let mut batches = Vec::new();
        let mut told = Vec::new();
        for write in std::iter::once(first).chain(waiting.try_iter()) {
            let numbers = write.batches.iter().map(|(shard, outgoing)| (*shard, outgoing.number));
            told.push((write.committed, Message::Committed(numbers.collect())));
            // Answers without a change wait for what came before them, and for nothing else.
            let changes = write.batches.into_iter().map(|(_, outgoing)| outgoing.batch);
            batches.extend(changes.filter(|batch| !batch.runs.is_empty() || !batch.outbox.is_empty()));
        }
        if !batches.is_empty()
            && let Err(error) = store.append(&batches)
        {
            tracing::error!(%error, "a commit failed; the process must stop and open the store again");
            failed.send_replace(Some(error.to_string()));
            return;
        }
        for (committed, message) in told {
            // A shard's thread that is gone needs to know nothing.
            let _ = committed.send(message);
        }
    }
}
