//! Everything there is under one seed, and what may happen next.

use super::clients::Clients;
use super::conversations::Conversations;
use super::operators::Operators;
use super::resets::Resets;
use super::schedules::Schedules;
use super::workers::Workers;
use crate::support::guests;
use crate::support::replay::replay;
use mainspring::dispatch::Dispatcher;
use mainspring::shard::{Mail, Notice, Offer, Outgoing, Request, Shard, ShardSettings};
use mainspring::store::memory::MemoryStore;
use mainspring::store::search::{AttributeTypes, Condition, RunQuery};
use mainspring::store::{Namespace, RunSummary, ShardId, Store};
use mainspring::wasm::Modules;
use mainspring_core::{Millis, Record, RunId, Timestamp};
use std::collections::{BTreeMap, VecDeque};
use std::fmt::Write as _;
use std::sync::Arc;

const SHARDS: u16 = 2;
/// Moves of the seeded part; after it everything is let come to its end without faults.
const MOVES: u32 = 150;
/// More than any seed needs to come to its end. One that needs more hangs.
const MOVES_TO_END_MAX: u32 = 2_000;

/// More than any seed has.
const RUNS_MAX: usize = 1_000;
/// Mail that is carried twice, at most.
const MAIL_REPEATS: u32 = 20;

pub(super) struct World {
    pub(super) rng: fastrand::Rng,
    pub(super) now: Timestamp,
    pub(super) store: Arc<MemoryStore>,
    modules: Arc<Modules>,
    index: Arc<guests::Index>,
    settings: ShardSettings,
    shards: Vec<Shard<Modules>>,
    /// Batches on their way to the disk, in order.
    writing: VecDeque<Outgoing>,
    pub(super) offers: Vec<Offer>,
    /// Told what shards say of attempts. Nobody polls it: workers take what they like.
    dispatcher: Dispatcher,
    /// On its way from shard to shard.
    mail: VecDeque<Mail>,
    /// How much of it may still be carried twice.
    repeats: u32,
    story: String,
    crashes: u64,
}

pub(super) struct Outcome {
    /// What happened, line by line.
    pub(super) story: String,
    /// Over all final histories.
    pub(super) digest: blake3::Hash,
    pub(super) crashes: u64,
}

impl World {
    pub(super) fn new(seed: u64) -> Self {
        let mut rng = fastrand::Rng::with_seed(seed);
        let (modules, index) = guests::load(guests::RUST);
        let settings = ShardSettings {
            evict_always: rng.u8(..4) == 0,
            // Room for a guest or two, so that most are rebuilt again and again.
            guest_bytes_max: if rng.bool() { 3 << 20 } else { 64 << 20 },
            ..ShardSettings::default()
        };
        let mut world = Self {
            rng,
            now: Timestamp::from_millis(1_700_000_000_000),
            store: Arc::new(MemoryStore::new(SHARDS)),
            modules,
            index,
            settings,
            shards: Vec::new(),
            writing: VecDeque::new(),
            offers: Vec::new(),
            dispatcher: Dispatcher::default(),
            mail: VecDeque::new(),
            repeats: MAIL_REPEATS,
            story: String::new(),
            crashes: 0,
        };
        world.boot();
        world
    }

    /// Lets the seed play out, brings everything to its end, and checks what came of it.
    pub(super) fn run(mut self) -> Outcome {
        let mut clients = Clients::new(&mut self);
        let mut conversations = Conversations::new(&mut self);
        let mut operators = Operators::default();
        let mut resets = Resets::new(&mut self);
        let mut schedules = Schedules::new(&mut self);
        let mut workers = Workers::default();
        for _ in 0..MOVES {
            match self.rng.u8(..100) {
                0..15 => clients.act(&mut self),
                15..23 => conversations.act(&mut self),
                23..28 => resets.act(&mut self),
                28..31 => operators.act(&mut self),
                31..35 => schedules.act(&mut self),
                35..60 => workers.act(&mut self),
                60..80 => self.commit_some(),
                80..85 => self.carry_some_mail(),
                85..95 => self.let_time_pass(),
                95 => self.pause_or_resume(),
                _ => self.crash(),
            }
        }
        self.tell(|| "no more faults".into());
        if self.index.is_paused() {
            self.pause_or_resume();
        }
        let mut moves = 0;
        while !(clients.all_is_over(&self)
            && conversations.are_over()
            && resets.are_over()
            && schedules.are_over(&self)
            && self.is_at_rest())
        {
            clients.insist(&mut self);
            conversations.insist(&mut self);
            operators.insist(&mut self);
            resets.insist(&mut self);
            schedules.act(&mut self);
            workers.serve(&mut self);
            self.commit_all();
            self.let_time_pass();
            moves += 1;
            let is_stuck = moves >= MOVES_TO_END_MAX;
            assert!(
                !is_stuck,
                "it does not come to its end:\n{}\n{}{}",
                self.story,
                clients.unfinished(&self),
                self.unfinished()
            );
        }
        clients.check(&self);
        conversations.check(&self);
        resets.check(&self);
        schedules.check(&self);
        workers.check(&self);
        self.check_attempts();
        let digest = self.check_histories();
        Outcome {
            story: self.story,
            digest,
            crashes: self.crashes,
        }
    }

    pub(super) fn tell(&mut self, line: impl FnOnce() -> String) {
        let elapsed = self.now.as_millis() - 1_700_000_000_000;
        let _ = writeln!(self.story, "{elapsed:>8} ms  {}", line());
    }

    pub(super) fn ask(&mut self, request: Request) {
        let (namespace, workflow_id) = request.subject();
        let shard = ShardId::of(namespace, workflow_id, SHARDS);
        let now = self.now;
        self.shards[usize::from(shard.0)].handle(request, now);
        if self.rng.bool() {
            self.advance();
        }
    }

    pub(super) fn new_id(&mut self) -> RunId {
        let mut bytes = self.rng.u128(..).to_be_bytes();
        // Ids of version 7 begin with the time: the store relies on their order.
        bytes[..6].copy_from_slice(&self.now.as_millis().to_be_bytes()[2..]);
        RunId::from_bytes(bytes)
    }

    /// From now on, in the one namespace that there is.
    pub(super) fn keep_closed_runs_for(&mut self, retention: Millis) {
        let namespace = Namespace {
            name: "default".into(),
            id: self.new_id(),
            description: String::new(),
            registered: self.now,
            search_attributes: AttributeTypes::new(),
            retention: Some(retention),
            is_deprecated: false,
            owner_email: String::new(),
            data: BTreeMap::new(),
            is_leaving: false,
        };
        self.store.put_namespace(&namespace).expect("the model does not fail");
        let now = self.now;
        self.shards.iter_mut().for_each(|shard| shard.namespaces_changed(now));
    }

    pub(super) fn history(&self, run: RunId) -> Vec<Record> {
        self.store.history(run).expect("the model does not fail")
    }

    pub(super) fn current_run(&self, workflow_id: &str) -> Option<RunId> {
        let current = self.store.current_run("default", workflow_id);
        current.expect("the model does not fail")
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
            self.dispatcher.take_in(shard.take_recovered(), self.now);
            self.shards.push(shard);
        }
    }

    fn advance(&mut self) {
        let now = self.now;
        for shard in &mut self.shards {
            shard.advance(now);
            self.writing.extend(shard.take_batch());
        }
    }

    /// The writer takes some of what waits, together, and reports it durable.
    pub(super) fn commit_some(&mut self) {
        self.advance();
        let count = self.rng.usize(..=self.writing.len());
        self.commit(count);
    }

    pub(super) fn commit_all(&mut self) {
        self.advance();
        while !self.writing.is_empty() || !self.mail.is_empty() {
            self.commit(self.writing.len());
            self.carry_mail(self.mail.len());
            self.advance();
        }
    }

    fn commit(&mut self, count: usize) {
        let batches: Vec<Outgoing> = self.writing.drain(..count).collect();
        self.write(&batches);
        for Outgoing { number, batch } in batches {
            let now = self.now;
            let shard = &mut self.shards[usize::from(batch.shard.0)];
            let notices = shard.committed(number, now);
            self.mail.extend(shard.take_mail());
            self.take_in(notices);
        }
    }

    fn take_in(&mut self, notices: Vec<Notice>) {
        let offers = notices.iter().filter_map(|notice| match notice {
            Notice::Offered(offer) => Some(offer.clone()),
            _ => None,
        });
        self.offers.extend(offers);
        let here = self.dispatcher.take_in(notices, self.now);
        assert_eq!(here, [], "there are no functions of this process");
    }

    /// Once all is over, no attempt is taken for one that waits or runs.
    fn check_attempts(&self) {
        for (queue, known) in self.dispatcher.list("default") {
            assert_eq!((known.running, known.backlog()), (0, 0), "{queue}\n{}", self.story);
        }
    }

    fn carry_some_mail(&mut self) {
        let count = self.rng.usize(..=self.mail.len());
        self.carry_mail(count);
    }

    fn carry_mail(&mut self, count: usize) {
        let now = self.now;
        let carried: Vec<_> = self.mail.drain(..count).collect();
        for mail in carried {
            if self.rng.u8(..12) == 0 && self.repeats > 0 {
                // As after a crash: it comes again behind all that is under way.
                self.repeats -= 1;
                self.mail.push_back(mail.clone());
            }
            match mail {
                Mail::Message { from, number, message } => {
                    let to = ShardId::of(&message.namespace, &message.workflow_id, SHARDS);
                    self.shards[usize::from(to.0)].deliver(from, number, *message, now);
                }
                Mail::Receipt { to, number } => self.shards[usize::from(to.0)].forget(number),
            }
        }
    }

    fn write(&self, batches: &[Outgoing]) {
        let batches: Vec<_> = batches
            .iter()
            .map(|it| it.batch.clone())
            .filter(|it| !it.is_empty())
            .collect();
        self.store.append(&batches).expect("the model does not fail");
    }

    /// The process dies. Some of what was being written may have reached the disk; nobody was told.
    pub(super) fn crash(&mut self) {
        let written = self.rng.usize(..=self.writing.len());
        let lost = self.writing.len() - written;
        let batches: Vec<Outgoing> = self.writing.drain(..written).collect();
        self.write(&batches);
        self.writing.clear();
        self.offers.clear();
        self.mail.clear();
        self.shards.clear();
        self.dispatcher = Dispatcher::default();
        self.crashes += 1;
        self.tell(|| format!("crash: {written} unacknowledged batches are on disk, {lost} are lost"));
        self.now = self.now.after(Millis::new(self.rng.u64(..5_000)));
        self.boot();
        self.advance();
    }

    /// To the next deadline, or a little; now and then the machine's clock is set back.
    pub(super) fn let_time_pass(&mut self) {
        let deadline = self.shards.iter().filter_map(Shard::next_deadline).min();
        self.now = match deadline {
            Some(due) if self.rng.bool() => due.max(self.now),
            _ => self.now.after(Millis::new(self.rng.u64(..500))),
        };
        self.advance();
    }

    /// An operator pauses all workflow types, or resumes them.
    fn pause_or_resume(&mut self) {
        let paused = !self.index.is_paused();
        self.index.pause(paused);
        self.tell(|| if paused { "paused".into() } else { "resumed".into() });
        if !paused {
            let now = self.now;
            self.shards.iter_mut().for_each(|shard| shard.modules_changed(now));
        }
    }

    /// All runs that there are, the oldest first.
    pub(super) fn runs(&self) -> Vec<RunSummary> {
        let query = RunQuery {
            namespace: "default".into(),
            condition: Condition::All(Vec::new()),
            before: None,
            limit: RUNS_MAX,
        };
        let page = self.store.find_runs(&query).expect("the model does not fail");
        assert_eq!(page.next, None, "there are more runs than a seed can have");
        page.runs.into_iter().rev().collect()
    }

    /// Whether all runs are closed, and have told each other everything.
    fn is_at_rest(&self) -> bool {
        let outbox = |shard| self.store.outbox(ShardId(shard)).expect("the model does not fail");
        (0..SHARDS).all(|shard| outbox(shard).is_empty()) && self.runs().iter().all(|run| run.status.is_closed())
    }

    fn unfinished(&self) -> String {
        let mut text = String::new();
        for run in self.runs().iter().filter(|run| !run.status.is_closed()) {
            let history = self.history(run.execution.run_id);
            let events: Vec<_> = history.iter().map(|record| format!("  {:?}", record.event)).collect();
            let _ = writeln!(text, "{:?}:\n{}", run.execution, events.join("\n"));
        }
        for shard in 0..SHARDS {
            let _ = writeln!(text, "outbox {shard}: {:?}", self.store.outbox(ShardId(shard)));
        }
        text
    }

    /// Every final history can be replayed by a fresh guest.
    fn check_histories(&self) -> blake3::Hash {
        let mut hasher = blake3::Hasher::new();
        for run in self.runs() {
            let run = run.execution.run_id;
            let history = self.history(run);
            hasher.update(format!("{history:?}").as_bytes());
            replay(history).unwrap_or_else(|error| panic!("run {run} does not replay: {error}\n{}", self.story));
        }
        hasher.finalize()
    }
}
