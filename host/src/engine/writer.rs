//! Makes batches durable: in a thread of its own, where batches of all shards that wait while one commit is under way
//! share the next; or at once in the thread that made them, if nobody else is committing.

use super::Message;
use crate::shard::{BatchNumber, Outgoing};
use crate::store::{Batch, ShardId, Store};
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, TryLockError};
use std::thread::JoinHandle;
use tokio::sync::watch;

/// Writes that may wait for the writer. At the bound a shard's thread waits too: it is as fast as the disk.
const WRITES_WAITING_MAX: usize = 256;

/// The way to the disk. Cloning shares it.
#[derive(Clone)]
pub(super) struct Writer {
    waiting: SyncSender<Write>,
    commits: Arc<Commits>,
}

/// What a thread's shards have decided in one turn, on its way, with whom to tell once it is durable.
///
/// One write and not one a shard: the writer takes what is there, and what comes a moment later waits for a whole
/// commit.
struct Write {
    batches: Vec<(ShardId, Outgoing)>,
    committed: Sender<Message>,
}

/// Commits, one at a time.
struct Commits {
    store: Arc<dyn Store>,
    /// Whether commits may still succeed; held for as long as one is under way. After a failure nothing may be
    /// acknowledged any more, whoever commits.
    is_sound: Mutex<bool>,
    /// Whether a thread waits to commit next by itself. If more would, the writer's thread commits together what they have.
    has_next: AtomicBool,
    /// Writes that the writer's thread has been given and has not committed yet.
    waiting: AtomicUsize,
    failed: watch::Sender<Option<String>>,
}

/// A commit failed, this one or one before it: the process must stop.
pub(super) struct Failed;

/// What is done with batches while another thread commits.
pub(super) enum IfBusy {
    /// The writer gets them: they go together with what others have then.
    Send,
    /// The thread that made them waits for its turn, if it is the first to.
    Wait,
}

/// What became of batches that were handed over.
pub(super) enum HandedOver {
    /// They are durable.
    Committed(Vec<(ShardId, BatchNumber)>),
    /// They wait for the writer, which tells when they are durable.
    Waiting,
}

impl Writer {
    /// Starts the thread. It ends when every clone of the writer is gone, or when a commit fails: then `failed` says
    /// why, and nothing is acknowledged any more.
    pub(super) fn start(
        store: Arc<dyn Store>,
        failed: watch::Sender<Option<String>>,
    ) -> std::io::Result<(Self, JoinHandle<()>)> {
        let commits = Arc::new(Commits {
            store,
            is_sound: Mutex::new(true),
            has_next: AtomicBool::new(false),
            waiting: AtomicUsize::new(0),
            failed,
        });
        let (waiting, receiver) = sync_channel(WRITES_WAITING_MAX);
        let writing = commits.clone();
        let thread = std::thread::Builder::new()
            .name("writer".into())
            .spawn(move || writing.write(&receiver))?;
        Ok((Self { waiting, commits }, thread))
    }

    /// Makes batches durable in the calling thread, unless others wait for a commit already. That spares two changes of
    /// threads, and is for callers who have nothing else to do, and nothing that still waits for the writer: a shard's
    /// batches are committed in their order.
    pub(super) fn commit_or_send(
        &self,
        batches: Vec<(ShardId, Outgoing)>,
        if_busy: IfBusy,
        committed: &Sender<Message>,
    ) -> Result<HandedOver, Failed> {
        // A thread that commits again and again keeps nobody else from it.
        if self.commits.waiting.load(Ordering::Relaxed) > 0 {
            return self.send(batches, committed);
        }
        let is_sound = match if_busy {
            IfBusy::Send => self.commits.begin_now()?,
            IfBusy::Wait => self.commits.begin_next()?,
        };
        let Some(is_sound) = is_sound else {
            return self.send(batches, committed);
        };
        let (numbers, batches) = unzip(batches);
        self.commits.commit(is_sound, batches, None)?;
        Ok(HandedOver::Committed(numbers))
    }

    /// Gives batches to the writer's thread, which sends [`Message::Committed`] once they are durable.
    pub(super) fn send(
        &self,
        batches: Vec<(ShardId, Outgoing)>,
        committed: &Sender<Message>,
    ) -> Result<HandedOver, Failed> {
        let committed = committed.clone();
        self.commits.waiting.fetch_add(1, Ordering::Relaxed);
        let sent = self.waiting.send(Write { batches, committed });
        sent.map(|()| HandedOver::Waiting).map_err(|_| Failed)
    }
}

impl Commits {
    /// The right to commit, unless another thread has it.
    fn begin_now(&self) -> Result<Option<MutexGuard<'_, bool>>, Failed> {
        match self.is_sound.try_lock() {
            Ok(is_sound) => Ok(Some(is_sound)),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Poisoned(_)) => Err(Failed),
        }
    }

    /// The right to commit after whoever has it, unless another thread waits for that.
    fn begin_next(&self) -> Result<Option<MutexGuard<'_, bool>>, Failed> {
        if self.has_next.swap(true, Ordering::Relaxed) {
            return Ok(None);
        }
        let is_sound = self.is_sound.lock();
        self.has_next.store(false, Ordering::Relaxed);
        is_sound.map(Some).map_err(|_| Failed)
    }

    fn write(&self, waiting: &Receiver<Write>) {
        while let Ok(first) = waiting.recv() {
            // Taken first: what comes while another thread commits is part of this commit.
            let Ok(is_sound) = self.is_sound.lock() else { return };
            let mut batches = Vec::new();
            let mut told = Vec::new();
            for write in std::iter::once(first).chain(waiting.try_iter()) {
                let (numbers, outgoing) = unzip(write.batches);
                told.push((write.committed, Message::Committed(numbers)));
                batches.extend(outgoing);
            }
            // Shards go on while the store does what is left to do.
            let mut tell = || {
                self.waiting.fetch_sub(told.len(), Ordering::Relaxed);
                for (committed, message) in told.drain(..) {
                    // A shard's thread that is gone needs to know nothing.
                    let _ = committed.send(message);
                }
            };
            if self.commit(is_sound, batches, Some(&mut tell)).is_err() {
                return;
            }
        }
    }

    /// Calls `durable`, if somebody waits for it, as soon as the batches are.
    fn commit(
        &self,
        mut is_sound: MutexGuard<'_, bool>,
        mut batches: Vec<Batch>,
        durable: Option<&mut dyn FnMut()>,
    ) -> Result<(), Failed> {
        if !*is_sound {
            return Err(Failed);
        }
        // Answers without a change wait for what came before them, and for nothing else.
        batches.retain(|batch| !batch.is_empty());
        if batches.is_empty() {
            if let Some(tell) = durable {
                tell();
            }
            return Ok(());
        }
        // What a panic leaves behind in the store nobody knows, and whoever waits for a commit must hear of it.
        let appended = catch_unwind(AssertUnwindSafe(|| match durable {
            Some(tell) => self.store.append_and_tell(&batches, tell),
            None => self.store.append(&batches),
        }));
        let error = match appended {
            Ok(Ok(())) => return Ok(()),
            Ok(Err(error)) => error.to_string(),
            Err(panic) => format!("the store panicked: {}", message_of(panic.as_ref())),
        };
        *is_sound = false;
        tracing::error!(%error, "a commit failed; the process must stop and open the store again");
        self.failed.send_replace(Some(error));
        Err(Failed)
    }
}

fn message_of(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("it did not say why")
}

fn unzip(batches: Vec<(ShardId, Outgoing)>) -> (Vec<(ShardId, BatchNumber)>, Vec<Batch>) {
    let numbered = batches.into_iter();
    numbered
        .map(|(shard, outgoing)| ((shard, outgoing.number), outgoing.batch))
        .unzip()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::memory::MemoryStore;
    use crate::store::{Epoch, RunHead, RunWrite, WatchedStore, Watcher};
    use mainspring_core::RunId;
    use std::sync::mpsc::channel;
    use std::time::Duration;

    /// A store refuses by a panic what no shard may write: here that of a shard that it has not got.
    fn impossible() -> Vec<(ShardId, Outgoing)> {
        let shard = ShardId(7);
        let write = RunWrite {
            run: RunId::from_bytes([1; 16]),
            chunk: None,
            head: RunHead::default(),
            attempts: Vec::new(),
            summary: None,
            becomes_current: false,
        };
        let batch = Batch {
            shard,
            epoch: Epoch(1),
            runs: vec![write],
            outbox: Vec::new(),
            deletions: Vec::new(),
            schedules: Vec::new(),
        };
        vec![(shard, Outgoing { number: 1, batch })]
    }

    fn writer() -> (Writer, JoinHandle<()>, watch::Receiver<Option<String>>) {
        let (failed, why) = watch::channel(None);
        let (writer, thread) = Writer::start(Arc::new(MemoryStore::new(1)), failed).expect("the thread starts");
        (writer, thread, why)
    }

    fn assert_says_so(why: &watch::Receiver<Option<String>>) {
        let said = why.borrow().clone().expect("it says why");
        assert!(said.contains("panicked") && said.contains("of 1 shards"), "{said}");
    }

    #[test]
    fn a_panic_of_the_store_is_a_failure_that_the_engine_hears_of() {
        let (writer, thread, why) = writer();
        let (committed, _told) = channel();
        assert!(writer.send(impossible(), &committed).is_ok());
        thread.join().expect("the thread ends, and does not panic");
        assert_says_so(&why);
        assert!(writer.send(impossible(), &committed).is_err());
    }

    #[test]
    fn so_is_one_in_a_thread_that_commits_by_itself() {
        let (writer, _thread, why) = writer();
        let (committed, _told) = channel();
        assert!(writer.commit_or_send(impossible(), IfBusy::Wait, &committed).is_err());
        assert_says_so(&why);
        assert!(writer.commit_or_send(Vec::new(), IfBusy::Wait, &committed).is_err());
    }

    /// Every commit takes as long as a test has this locked.
    #[derive(Clone, Default)]
    struct Gate(Arc<Mutex<()>>);

    impl Watcher for Gate {
        fn commits(&self, _batches: &[Batch]) -> impl FnOnce() {
            drop(self.0.lock());
            || {}
        }
    }

    #[track_caller]
    fn wait_until(holds: impl Fn() -> bool) {
        for _ in 0..10_000 {
            if holds() {
                return;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        panic!("it never came to that");
    }

    #[test]
    fn one_thread_waits_for_its_turn_and_the_next_gives_to_the_writer() {
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new(1));
        let shard = ShardId(0);
        let epoch = store.acquire(shard).expect("the shard is there");
        let deletion = |number| {
            let batch = Batch {
                shard,
                epoch,
                runs: Vec::new(),
                outbox: Vec::new(),
                deletions: vec![RunId::from_bytes([1; 16])],
                schedules: Vec::new(),
            };
            vec![(shard, Outgoing { number, batch })]
        };
        let gate = Gate::default();
        let (failed, _why) = watch::channel(None);
        let watched = Arc::new(WatchedStore::new(store, gate.clone()));
        let (writer, _thread) = Writer::start(watched, failed).expect("the thread starts");
        let (committed, told) = channel();
        let is_done = |handed_over| matches!(handed_over, Ok(HandedOver::Committed(_)));
        std::thread::scope(|scope| {
            let closed = gate.0.lock();
            let first = scope.spawn(|| is_done(writer.commit_or_send(deletion(1), IfBusy::Wait, &committed.clone())));
            wait_until(|| writer.commits.is_sound.try_lock().is_err());
            let second = scope.spawn(|| is_done(writer.commit_or_send(deletion(2), IfBusy::Wait, &committed.clone())));
            wait_until(|| writer.commits.has_next.load(Ordering::Relaxed));
            for third in [
                writer.commit_or_send(deletion(3), IfBusy::Wait, &committed),
                writer.commit_or_send(deletion(4), IfBusy::Send, &committed),
            ] {
                assert!(matches!(third, Ok(HandedOver::Waiting)));
            }
            drop(closed);
            assert!(first.join().expect("no panic") && second.join().expect("no panic"));
        });
        let mut numbers = Vec::new();
        while numbers.len() < 2 {
            match told.recv().expect("the writer tells") {
                Message::Committed(of_write) => numbers.extend(of_write.iter().map(|(_, number)| *number)),
                _ => panic!("the writer tells nothing else"),
            }
        }
        assert_eq!(numbers, [3, 4]);
    }
}
