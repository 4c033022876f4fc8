use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use futures::{FutureExt, join, pin_mut, select};
use mainspring_workflow::testing::TestRun;
use mainspring_workflow::{Activity, Failure, sleep, spawn, timeout, wait_condition, workflow};

fn call(number: u32) -> Activity<u32> {
    Activity::new("noop", (number,)).start_to_close(Duration::from_secs(1))
}

#[workflow]
async fn races() -> Result<String, Failure> {
    let work = call(1).fuse();
    let mut nap = sleep(Duration::from_micros(1500));
    pin_mut!(work);
    select! {
        result = work => Ok(format!("worked: {}", result?)),
        slept = nap => slept.map(|()| "slept".to_owned()),
    }
}

#[test]
fn select_drops_the_loser_which_cancels_it() {
    let mut run = TestRun::start::<races>(());
    let mut started = run.commands();
    // `select!` polls its branches in an order of its own, the same one every time.
    started.sort_by_key(|line| line.split_once(' ').map(|(_, what)| what.to_owned()));
    let number = |line: &str| {
        line.split(':')
            .next()
            .and_then(|number| number.parse::<u64>().ok())
            .unwrap()
    };
    let (work, nap) = (number(&started[0]), number(&started[1]));
    assert!(started[1].ends_with("timer 2 ms"), "{started:?}");
    run.fire(nap);
    assert_eq!(
        run.commands(),
        [format!("cancel {work}"), r#"complete "slept""#.to_owned()]
    );
}

#[workflow]
async fn limited() -> Result<Option<u32>, Failure> {
    timeout(Duration::from_secs(5), call(1)).await
}

#[test]
fn timeout_gives_the_result_or_nothing() {
    let mut run = TestRun::start::<limited>(());
    assert_eq!(run.commands(), ["1: activity noop 1", "2: timer 5000 ms"]);
    run.complete(1, &9);
    assert_eq!(run.commands(), ["cancel 2", "complete 9"]);

    let mut run = TestRun::start::<limited>(());
    run.fire(2);
    assert_eq!(run.commands()[2..], ["cancel 1", "complete null"]);
}

#[workflow]
async fn spawns() -> Result<u32, Failure> {
    let done = Rc::new(Cell::new(0));
    for number in 0..3 {
        let done = Rc::clone(&done);
        spawn(async move {
            if call(number).await.is_ok() {
                done.set(done.get() + 1);
            }
        })
        .detach();
    }
    let aside = spawn(call(3));
    let dropped = spawn(call(4));
    let (_, aside) = join!(wait_condition(|| done.get() == 2), aside);
    drop(dropped);
    aside
}

#[test]
fn tasks_run_beside_each_other_until_the_story_ends() {
    let mut run = TestRun::start::<spawns>(());
    assert_eq!(run.commands().len(), 5);
    run.complete(2, &0);
    run.complete(1, &0);
    assert!(run.commands().is_empty());
    run.complete(4, &33);
    assert_eq!(run.commands(), ["cancel 5", "complete 33"]);
}

#[workflow]
async fn chained() -> Result<(), Failure> {
    let step = Rc::new(Cell::new(0));
    let next = Rc::clone(&step);
    let _follower = spawn(async move {
        if wait_condition(|| next.get() == 1).await.is_ok() {
            next.set(2);
        }
    });
    sleep(Duration::from_secs(1)).await?;
    step.set(1);
    wait_condition(|| step.get() == 2).await
}

#[test]
fn one_condition_may_make_the_next_one_true_in_the_same_activation() {
    let mut run = TestRun::start::<chained>(());
    run.fire(1);
    assert_eq!(run.commands(), ["1: timer 1000 ms", "complete null"]);
}
