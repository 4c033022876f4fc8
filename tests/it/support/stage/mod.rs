//! The host in one thread, on a clock of one's choice, and without chance: what is played here twice is the same twice.
//!
//! Shards and guests are the real ones; the store is the model in memory. Whatever is asked is served and committed,
//! with all that follows from it, before the call returns, unless it is asked [`together`](Stage::together) with
//! something else.

mod clients;
mod schedules;
mod workers;

use super::guests;
use mainspring::shard::{AttemptRef, Mail, Notice, Offer, Outgoing, Request, Shard, ShardSettings};
use mainspring::store::memory::MemoryStore;
use mainspring::store::search::{Condition, RunQuery};
use mainspring::store::{RunSummary, ShardId, Store};
use mainspring::wasm::Modules;
use mainspring_core::{Content, Millis, Record, RunId, Timestamp};
use std::collections::VecDeque;
use std::sync::Arc;

/// When it begins: early, so that moments can be read.
const BEGINNING: Timestamp = Timestamp::from_millis(1_000_000);

/// More than one, so that workflows have to do with others by mail.
const SHARDS: u16 = 2;
/// More than any story has.
const RUNS_MAX: usize = 10_000;

/// Everything there is.
pub(crate) struct Stage {
    now: Timestamp,
    store: Arc<MemoryStore>,
    modules: Arc<Modules>,
    index: Arc<guests::Index>,
    settings: ShardSettings,
    shards: Vec<Shard<Modules>>,
    offers: VecDeque<Offer>,
    mail: VecDeque<Mail>,
    /// Messages that were carried, to be carried once more.
    carried: Vec<Mail>,
    /// Ids that were given out.
    ids: u64,
    /// Whether what is asked waits for more.
    is_gathering: bool,
}

impl Stage {
    pub(crate) fn new() -> Self {
        Self::with(guests::RUST)
    }

    /// With the workflows of a module that may be in another language.
    pub(crate) fn with(module: &'static str) -> Self {
        let (modules, index) = guests::load(module);
        let mut stage = Self {
            now: BEGINNING,
            store: Arc::new(MemoryStore::new(SHARDS)),
            modules,
            index,
            settings: ShardSettings::default(),
            shards: Vec::new(),
            offers: VecDeque::new(),
            mail: VecDeque::new(),
            carried: Vec::new(),
            ids: 0,
            is_gathering: false,
        };
        stage.boot();
        stage
    }

    /// The present moment.
    pub(crate) fn now(&self) -> Timestamp {
        self.now
    }

    /// Time passes, and everything happens when it is due.
    pub(crate) fn pass(&mut self, millis: u64) {
        let until = self.now.after(Millis::new(millis));
        while let Some(due) = self.next_deadline().filter(|due| *due <= until) {
            self.now = due.max(self.now);
            self.settle();
        }
        self.now = until;
        self.settle();
    }

    /// Time passes while nobody looks: whatever was due in it is late.
    pub(crate) fn oversleep(&mut self, millis: u64) {
        self.now = self.now.after(Millis::new(millis));
        self.settle();
    }

    /// The machine's clock is set.
    pub(crate) fn set_clock(&mut self, now: Timestamp) {
        self.now = now;
        self.settle();
    }

    /// Pauses all workflow types, or lets their runs go on.
    pub(crate) fn pause_types(&mut self, paused: bool) {
        self.index.pause(paused);
        for shard in &mut self.shards {
            shard.modules_changed(self.now);
        }
        self.settle();
    }

    /// When something is due next.
    pub(crate) fn next_deadline(&self) -> Option<Timestamp> {
        self.shards.iter().filter_map(Shard::next_deadline).min()
    }

    /// The process dies, and another one begins so many milliseconds later. Everything that was asked before is durable.
    pub(crate) fn crash(&mut self, millis: u64) {
        self.shards.clear();
        self.offers.clear();
        self.mail.clear();
        self.now = self.now.after(Millis::new(millis));
        self.boot();
    }

    /// All of this comes to the host before it does anything of it, and is committed together.
    pub(crate) fn together<T>(&mut self, ask: impl FnOnce(&mut Self) -> T) -> T {
        self.is_gathering = true;
        let asked = ask(self);
        self.is_gathering = false;
        self.settle();
        asked
    }

    /// All runs that there are, the oldest first.
    pub(crate) fn runs(&self) -> Vec<RunSummary> {
        let query = RunQuery {
            namespace: "default".into(),
            condition: Condition::All(Vec::new()),
            before: None,
            limit: RUNS_MAX,
        };
        let page = self.store.find_runs(&query).expect("the model does not fail");
        assert_eq!(page.next, None, "there are more runs than a story may have");
        page.runs.into_iter().rev().collect()
    }

    /// A run's history.
    pub(crate) fn history_of_run(&self, run: RunId) -> Vec<Record> {
        self.store.history(run).expect("the model does not fail")
    }

    /// The history of a workflow's current run.
    pub(crate) fn history(&self, workflow_id: &str) -> Vec<Record> {
        let current = self.store.current_run("default", workflow_id);
        let run = current.expect("the model does not fail");
        self.history_of_run(run.unwrap_or_else(|| panic!("there is no {workflow_id}")))
    }

    fn ask(&mut self, request: Request) {
        let (namespace, workflow_id) = request.subject();
        let shard = ShardId::of(namespace, workflow_id, SHARDS);
        let now = self.now;
        self.shards[usize::from(shard.0)].handle(request, now);
        self.settle();
    }

    /// An id that is never the same within a stage, and always the same in another one.
    fn new_id(&mut self) -> RunId {
        self.ids += 1;
        // Ids of version 7 begin with the time: the store relies on their order.
        RunId::from_bytes(((u128::from(self.now.as_millis()) << 80) | u128::from(self.ids)).to_be_bytes())
    }

    fn boot(&mut self) {
        for id in 0..SHARDS {
            let shard = Shard::open(
                ShardId(id),
                self.store.clone(),
                self.modules.clone(),
                self.index.clone(),
                self.settings.clone(),
                self.now,
            );
            let mut shard = shard.expect("the shard opens");
            self.mail.extend(shard.take_mail());
            self.shards.push(shard);
        }
        self.settle();
    }

    /// Serves and commits until nothing follows from anything any more.
    fn settle(&mut self) {
        if self.is_gathering {
            return;
        }
        let now = self.now;
        loop {
            let mut outgoing = Vec::new();
            for shard in &mut self.shards {
                shard.advance(now);
                outgoing.extend(shard.take_batch());
            }
            if outgoing.is_empty() && self.mail.is_empty() {
                return;
            }
            self.commit(outgoing);
            self.carry_mail();
        }
    }

    fn commit(&mut self, outgoing: Vec<Outgoing>) {
        let batches: Vec<_> = outgoing
            .iter()
            .map(|it| it.batch.clone())
            .filter(|it| !it.is_empty())
            .collect();
        self.store.append(&batches).expect("the model does not fail");
        for Outgoing { number, batch } in outgoing {
            let shard = &mut self.shards[usize::from(batch.shard.0)];
            let notices = shard.committed(number, self.now);
            for notice in notices {
                match notice {
                    Notice::Offered(offer) => self.offers.push_back(offer),
                    Notice::Released((run, operation)) => {
                        let is_it = |it: AttemptRef| it.execution.run_id == run && it.operation == operation;
                        self.offers.retain(|offer| !is_it(offer.target()));
                    }
                    Notice::Taken { .. } | Notice::RunClosed(_) => {}
                }
            }
            self.mail.extend(shard.take_mail());
        }
    }

    /// The process dies with all receipts, and another one begins: every message of the children that were to start is
    /// carried once more, in the same order.
    pub(crate) fn start_children_again(&mut self) {
        self.crash(0);
        let is_start = |mail: &&Mail| match mail {
            Mail::Message { message, .. } => matches!(message.content, Content::StartChild(_)),
            Mail::Receipt { .. } => false,
        };
        let again: Vec<Mail> = self.carried.iter().filter(is_start).cloned().collect();
        self.mail.extend(again);
        self.settle();
    }

    fn carry_mail(&mut self) {
        for mail in std::mem::take(&mut self.mail) {
            self.carried.push(mail.clone());
            match mail {
                Mail::Message { from, number, message } => {
                    let to = ShardId::of(&message.namespace, &message.workflow_id, SHARDS);
                    self.shards[usize::from(to.0)].deliver(from, number, *message, self.now);
                }
                Mail::Receipt { to, number } => self.shards[usize::from(to.0)].forget(number),
            }
        }
    }
}
