//! How much goes, and to whom.

use super::offers::{of_key, offer};
use super::{activity, at, drain, given, offered, queue, released, run, set};
use crate::dispatch::{Dispatcher, EffectiveRate};
use crate::shard::Notice;
use crate::store::{Change, Rate};

fn rate(per_second: f32) -> Option<Rate> {
    Some(Rate {
        per_second,
        change: Change::default(),
    })
}

#[test]
fn a_poll_that_waits_is_given_what_comes_and_one_that_has_left_is_not() {
    let dispatcher = Dispatcher::default();
    let gone = dispatcher.poll(queue(), "worker", None, at(0));
    let mut waits = dispatcher.poll(queue(), "worker", None, at(0));
    drop(gone);
    offered(&dispatcher, [offer(1), offer(2)], at(0));
    assert_eq!(given(&mut waits), Some(1));
    assert_eq!(drain(&dispatcher, at(0)), [2]);
}

#[test]
fn what_a_poll_was_given_and_never_took_goes_to_others() {
    let dispatcher = Dispatcher::default();
    let poll = dispatcher.poll(queue(), "worker", None, at(0));
    offered(&dispatcher, [offer(1)], at(0));
    assert_eq!(dispatcher.describe(&queue()).running, 1);
    drop(poll);
    let known = dispatcher.describe(&queue());
    assert_eq!((known.running, known.backlog()), (0, 1));
    assert_eq!(drain(&dispatcher, at(0)), [1]);
}

#[test]
fn a_rate_holds_and_what_it_holds_back_goes_when_its_time_comes() {
    let dispatcher = Dispatcher::default();
    set(&dispatcher, at(0), |settings| settings.rate = rate(2.0));
    offered(&dispatcher, (0..5).map(offer), at(0));
    assert_eq!(drain(&dispatcher, at(0)), [0, 1]);
    let mut waits = dispatcher.poll(queue(), "worker", None, at(0));
    assert_eq!(dispatcher.next_deadline(), Some(at(500)));
    dispatcher.pass_time(at(499));
    assert_eq!(given(&mut waits), None);
    dispatcher.pass_time(at(500));
    assert_eq!(given(&mut waits), Some(2));
    // Nobody waits, so nothing is to be done.
    assert_eq!(dispatcher.next_deadline(), None);
    set(&dispatcher, at(501), |settings| settings.rate = None);
    assert_eq!(drain(&dispatcher, at(501)), [3, 4]);
}

#[test]
fn at_rate_0_nothing_goes_and_a_new_rate_lets_it_go() {
    let dispatcher = Dispatcher::default();
    set(&dispatcher, at(0), |settings| settings.rate = rate(0.0));
    offered(&dispatcher, [offer(1)], at(0));
    let mut waits = dispatcher.poll(queue(), "worker", None, at(0));
    assert_eq!((given(&mut waits), dispatcher.next_deadline()), (None, None));
    set(&dispatcher, at(1), |settings| settings.rate = rate(1.0));
    assert_eq!(given(&mut waits), Some(1));
}

#[test]
fn a_worker_names_a_rate_unless_one_is_set() {
    let dispatcher = Dispatcher::default();
    let effective = || dispatcher.describe(&queue()).rate;
    drop(dispatcher.poll(queue(), "worker", Some(1.0), at(0)));
    drop(dispatcher.poll(queue(), "other", None, at(0)));
    let of_worker = EffectiveRate {
        per_second: 1.0,
        of_worker: true,
    };
    assert_eq!(effective(), Some(of_worker));
    offered(&dispatcher, (0..9).map(offer), at(0));
    assert_eq!(drain(&dispatcher, at(0)), [0]);
    set(&dispatcher, at(0), |settings| settings.rate = rate(3.0));
    assert_eq!(
        effective().map(|rate| (rate.per_second, rate.of_worker)),
        Some((3.0, false))
    );
    set(&dispatcher, at(0), |_| {});
    assert_eq!(effective(), Some(of_worker));
}

#[test]
fn each_fairness_key_has_its_rate_by_its_weight_and_does_not_hold_up_others() {
    let dispatcher = Dispatcher::default();
    set(&dispatcher, at(0), |settings| settings.key_rate = rate(1.0));
    offered(&dispatcher, (0..9).map(|number| of_key(number, "a", 1.0)), at(0));
    offered(&dispatcher, (10..19).map(|number| of_key(number, "b", 2.0)), at(0));
    let mut first = drain(&dispatcher, at(0));
    first.sort_unstable();
    assert_eq!(first, [0, 10, 11]);
    let mut waits = dispatcher.poll(queue(), "worker", None, at(0));
    assert_eq!(dispatcher.next_deadline(), Some(at(500)));
    dispatcher.pass_time(at(500));
    assert_eq!(given(&mut waits), Some(12));
}

#[test]
fn no_more_run_at_once_than_may_and_each_end_lets_one_follow() {
    let dispatcher = Dispatcher::default();
    set(&dispatcher, at(0), |settings| settings.concurrency = Some(2));
    offered(&dispatcher, (0..5).map(offer), at(0));
    assert_eq!(drain(&dispatcher, at(0)), [0, 1]);
    let mut waits = dispatcher.poll(queue(), "worker", None, at(0));
    released(&dispatcher, 0, at(1));
    assert_eq!(given(&mut waits), Some(2));
    // Said again, it is no second end.
    released(&dispatcher, 0, at(1));
    assert_eq!(drain(&dispatcher, at(1)), [0; 0]);
    // The end of the run is the end of its attempts.
    assert_eq!(dispatcher.take_in(vec![Notice::RunClosed(run(1))], at(2)), []);
    assert_eq!(drain(&dispatcher, at(2)), [3]);
    assert_eq!(dispatcher.describe(&queue()).running, 2);
}

#[test]
fn attempts_that_were_running_before_a_restart_count() {
    let dispatcher = Dispatcher::default();
    set(&dispatcher, at(0), |settings| settings.concurrency = Some(1));
    let taken = Notice::Taken {
        activity: activity(7),
        namespace: "default".into(),
        task_queue: queue().name,
    };
    dispatcher.take_in(vec![taken], at(0));
    offered(&dispatcher, [offer(1)], at(0));
    assert_eq!(drain(&dispatcher, at(0)), [0; 0]);
    released(&dispatcher, 7, at(0));
    assert_eq!(drain(&dispatcher, at(0)), [1]);
}

#[test]
fn a_limit_that_is_set_later_counts_what_runs_already() {
    let dispatcher = Dispatcher::default();
    offered(&dispatcher, (0..3).map(offer), at(0));
    assert_eq!(drain(&dispatcher, at(0)), [0, 1, 2]);
    set(&dispatcher, at(0), |settings| settings.concurrency = Some(3));
    offered(&dispatcher, [offer(3)], at(0));
    assert_eq!(drain(&dispatcher, at(0)), [0; 0]);
    released(&dispatcher, 1, at(0));
    assert_eq!(drain(&dispatcher, at(0)), [3]);
}

#[test]
fn a_paused_queue_hands_out_nothing_until_it_is_resumed() {
    let dispatcher = Dispatcher::default();
    set(&dispatcher, at(0), |settings| settings.paused = Some(Change::default()));
    let mut waits = dispatcher.poll(queue(), "worker", None, at(0));
    offered(&dispatcher, (0..2).map(offer), at(0));
    assert_eq!(given(&mut waits), None);
    assert_eq!(dispatcher.describe(&queue()).backlog(), 2);
    set(&dispatcher, at(1), |_| {});
    assert_eq!(given(&mut waits), Some(0));
}

#[test]
fn what_is_over_before_it_was_taken_is_not_handed_out_and_not_kept() {
    let dispatcher = Dispatcher::default();
    set(&dispatcher, at(0), |settings| settings.paused = Some(Change::default()));
    for number in 0..10_000 {
        offered(&dispatcher, [offer(number)], at(0));
        released(&dispatcher, number, at(0));
    }
    offered(&dispatcher, [offer(10_000)], at(0));
    assert_eq!(dispatcher.describe(&queue()).backlog(), 1);
    set(&dispatcher, at(0), |_| {});
    assert_eq!(drain(&dispatcher, at(0)), [10_000]);
}

#[test]
fn functions_of_this_process_come_first_for_what_they_do_and_keep_to_the_limits() {
    let dispatcher = Dispatcher::default();
    let (sender, here) = std::sync::mpsc::channel();
    dispatcher.on_run_here(move |offers| offers.into_iter().for_each(|it| sender.send(it).expect("it is heard")));
    let ran = || {
        here.try_iter()
            .map(|it| it.target().execution.workflow_id.clone())
            .collect::<Vec<_>>()
    };
    // What waits for workers when the function comes is its.
    offered(&dispatcher, [offer(0)], at(0));
    dispatcher.register_function(&queue(), "charge", 2, at(0));
    assert_eq!(ran(), ["order-0"]);
    // The second place is taken at once, by the caller.
    let at_once = dispatcher.take_in((1..5).map(|it| Notice::Offered(offer(it))).collect(), at(0));
    assert_eq!(at_once, [offer(1)]);
    let mut poll = dispatcher.poll(queue(), "worker", None, at(0));
    assert_eq!((given(&mut poll), ran()), (None, vec![]));
    dispatcher.functions_ended(&queue(), 1, at(0));
    assert_eq!(ran(), ["order-2"]);
    // A place alone is not enough once only so many may run.
    set(&dispatcher, at(0), |settings| settings.concurrency = Some(1));
    dispatcher.functions_ended(&queue(), 1, at(0));
    assert_eq!(ran(), Vec::<String>::new());
    for number in [0, 1, 2] {
        released(&dispatcher, number, at(0));
    }
    assert_eq!(ran(), ["order-3"]);
}

#[test]
fn one_that_could_not_be_delivered_waits_again() {
    let dispatcher = Dispatcher::default();
    offered(&dispatcher, [offer(1)], at(0));
    assert_eq!(drain(&dispatcher, at(0)), [1]);
    dispatcher.put_back(offer(1), at(0));
    assert_eq!(dispatcher.describe(&queue()).running, 0);
    assert_eq!(drain(&dispatcher, at(0)), [1]);
}

#[test]
fn idle_queues_are_forgotten_and_others_are_not() {
    use crate::dispatch::{IDLE_QUEUES_MAX, QueueName};
    let dispatcher = Dispatcher::default();
    set(&dispatcher, at(0), |settings| settings.concurrency = Some(0));
    offered(&dispatcher, [offer(1)], at(0));
    for number in 0..2 * IDLE_QUEUES_MAX {
        let name = QueueName {
            name: number.to_string(),
            ..queue()
        };
        drop(dispatcher.poll(name, "worker", None, at(0)));
    }
    assert!(dispatcher.list("default").len() <= IDLE_QUEUES_MAX);
    assert_eq!(dispatcher.describe(&queue()).backlog(), 1);
}
