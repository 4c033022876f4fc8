//! Which thread has which shard, and how requests get there.

use super::Message;
use crate::shard::{Mail, Request};
use crate::store::ShardId;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::Sender;

/// Requests from outside that may wait for one thread. One more is refused, and the caller asks again.
const REQUESTS_WAITING_MAX: usize = 10_000;

/// The way to the shards. Cloning shares it.
#[derive(Clone)]
pub(super) struct Router {
    threads: Arc<[Lane]>,
    shards: u16,
}

/// The way to one thread.
pub(super) struct Lane {
    pub(super) sender: Sender<Message>,
    pub(super) depth: Arc<AtomicUsize>,
}

/// Why a request was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NotSent {
    Full,
    Stopped,
}

impl Router {
    pub(super) fn new(threads: Vec<Lane>, shards: u16) -> Self {
        Self {
            threads: threads.into(),
            shards,
        }
    }

    /// Sends a request from outside.
    pub(super) fn send(&self, request: Request) -> Result<(), NotSent> {
        let (shard, lane) = self.way(&request);
        if lane.depth.load(Ordering::Relaxed) >= REQUESTS_WAITING_MAX {
            return Err(NotSent::Full);
        }
        lane.depth.fetch_add(1, Ordering::Relaxed);
        lane.sender
            .send(Message::Request(shard, request))
            .map_err(|_| NotSent::Stopped)
    }

    /// Sends a request of this process's own workers. There are at most as many as activities run here, so it is
    /// never refused; once the engine stops, nobody needs it.
    pub(super) fn send_own(&self, request: Request) {
        let (shard, lane) = self.way(&request);
        lane.depth.fetch_add(1, Ordering::Relaxed);
        let _ = lane.sender.send(Message::Request(shard, request));
    }

    /// Sends mail to the shard that it is for. There is at most as much of it as runs have asked for, so it is never
    /// refused; what is lost when the engine stops is sent again by the next one.
    pub(super) fn send_mail(&self, mail: Mail) {
        let shard = match &mail {
            Mail::Message { message, .. } => ShardId::of(&message.namespace, &message.workflow_id, self.shards),
            Mail::Receipt { to, .. } => *to,
        };
        let _ = self.lane_of(shard).sender.send(Message::Mail(shard, mail));
    }

    pub(super) fn tell_all(&self, message: impl Fn() -> Message) {
        for lane in self.threads.iter() {
            let _ = lane.sender.send(message());
        }
    }

    fn way(&self, request: &Request) -> (ShardId, &Lane) {
        let (namespace, workflow_id) = request.subject();
        let shard = ShardId::of(namespace, workflow_id, self.shards);
        (shard, self.lane_of(shard))
    }

    fn lane_of(&self, shard: ShardId) -> &Lane {
        &self.threads[usize::from(shard.0) % self.threads.len()]
    }
}
