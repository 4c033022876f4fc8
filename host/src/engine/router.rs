//! Which thread has which shard, and how requests get there.

use super::Message;
use crate::shard::{Mail, Request};
use crate::store::ShardId;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{SendError, Sender};

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
        let lane = &self.threads[lane];
        if lane.depth.load(Ordering::Relaxed) >= REQUESTS_WAITING_MAX {
            return Err(NotSent::Full);
        }
        lane.send(vec![(shard, request)]).map_err(|_| NotSent::Stopped)
    }

    /// Sends requests of this process's own workers. There are at most as many as activities run here, so they are
    /// never refused; once the engine stops, nobody needs them.
    pub(super) fn send_own(&self, requests: impl IntoIterator<Item = Request>) {
        let mut of_threads: Vec<_> = self.threads.iter().map(|lane| (lane, Vec::new())).collect();
        for request in requests {
            let (shard, lane) = self.way(&request);
            of_threads[lane].1.push((shard, request));
        }
        for (lane, requests) in of_threads {
            if !requests.is_empty() {
                let _ = lane.send(requests);
            }
        }
    }

    /// Sends mail to the shard that it is for. There is at most as much of it as runs have asked for, so it is never
    /// refused; what is lost when the engine stops is sent again by the next one.
    pub(super) fn send_mail(&self, mail: Mail) {
        let shard = match &mail {
            Mail::Message { message, .. } => ShardId::of(&message.namespace, &message.workflow_id, self.shards),
            Mail::Receipt { to, .. } => *to,
        };
        let _ = self.threads[self.lane_of(shard)]
            .sender
            .send(Message::Mail(shard, mail));
    }

    pub(super) fn tell_all(&self, message: impl Fn() -> Message) {
        for lane in self.threads.iter() {
            let _ = lane.sender.send(message());
        }
    }

    fn way(&self, request: &Request) -> (ShardId, usize) {
        let (namespace, workflow_id) = request.subject();
        let shard = ShardId::of(namespace, workflow_id, self.shards);
        (shard, self.lane_of(shard))
    }

    fn lane_of(&self, shard: ShardId) -> usize {
        usize::from(shard.0) % self.threads.len()
    }
}

impl Lane {
    fn send(&self, requests: Vec<(ShardId, Request)>) -> Result<(), SendError<Message>> {
        self.depth.fetch_add(requests.len(), Ordering::Relaxed);
        self.sender.send(Message::Requests(requests))
    }
}
