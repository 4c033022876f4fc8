//! The one thread that writes: batches of all shards that wait while one commit is under way share the next.

use super::Message;
use crate::shard::Outgoing;
use crate::store::{ShardId, Store};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, SyncSender, sync_channel};
use std::thread::JoinHandle;
use tokio::sync::watch;

/// Batches that may wait for the writer. At the bound a shard's thread waits too: it is as fast as the disk.
const BATCHES_WAITING_MAX: usize = 256;

/// A batch on its way, with whom to tell once it is durable.
pub(super) struct Write {
    pub(super) shard: ShardId,
    pub(super) outgoing: Outgoing,
    pub(super) committed: Sender<Message>,
}

/// Starts the thread. It ends when every sender is gone, or when a commit fails: then `failed` says why, and
/// nothing is acknowledged any more.
pub(super) fn start(
    store: Arc<dyn Store>,
    failed: watch::Sender<Option<String>>,
) -> std::io::Result<(SyncSender<Write>, JoinHandle<()>)> {
    let (sender, receiver) = sync_channel(BATCHES_WAITING_MAX);
    let thread = std::thread::Builder::new()
        .name("writer".into())
        .spawn(move || write(&*store, &receiver, &failed))?;
    Ok((sender, thread))
}

fn write(store: &dyn Store, waiting: &Receiver<Write>, failed: &watch::Sender<Option<String>>) {
    while let Ok(first) = waiting.recv() {
        let mut batches = Vec::new();
        let mut told = Vec::new();
        for Write {
            shard,
            outgoing,
            committed,
        } in std::iter::once(first).chain(waiting.try_iter())
        {
            told.push((committed, Message::Committed(shard, outgoing.number)));
            // Answers without a change wait for what came before them, and for nothing else.
            if !outgoing.batch.runs.is_empty() {
                batches.push(outgoing.batch);
            }
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
