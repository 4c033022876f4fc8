use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use futures::join;
use mainspring_workflow::bindings::exports::mainspring::workflow::guest::{Job, Signal as Sent};
use mainspring_workflow::testing::TestRun;
use mainspring_workflow::{Activity, Failure, Signal, ToPayload, sleep, spawn, workflow};

static ITEM: Signal<String> = Signal::new("item");

#[workflow(signals(ITEM))]
async fn collects(n: usize) -> Result<Vec<String>, Failure> {
    Activity::<()>::new("prepare", ()).await?;
    let mut items = Vec::new();
    while items.len() < n {
        items.push(ITEM.receive().await?);
    }
    Ok(items)
}

#[test]
fn signals_wait_for_somebody_who_receives_them() {
    let mut run = TestRun::start_with_signal::<collects>((3,), "item", ("early",));
    run.signal("item", ("still early",));
    run.signal("other", ("for nobody",));
    run.complete(1, &());
    run.signal("item", (17,));
    assert!(run.log()[0].starts_with("Warn signal `item` was passed over"));
    run.signal("item", ("late",));
    assert_eq!(
        run.commands(),
        ["1: activity prepare", r#"complete ["early","still early","late"]"#]
    );
}

#[workflow(signals(ITEM))]
async fn notes_the_order() -> Result<Vec<&'static str>, Failure> {
    let order = Rc::new(RefCell::new(Vec::new()));
    let (of_timer, of_signal) = (order.clone(), order.clone());
    let timer = spawn(async move {
        let slept = sleep(Duration::from_secs(1)).await;
        slept.map(|()| of_timer.borrow_mut().push("timer"))
    });
    let signal = spawn(async move {
        let received = ITEM.receive().await;
        received.map(|_| of_signal.borrow_mut().push("signal"))
    });
    let (timer, signal) = join!(timer, signal);
    timer.and(signal)?;
    Ok(order.take())
}

#[test]
fn a_signal_is_received_in_its_turn() {
    let signal = || {
        let input = vec!["it".to_payload().expect("text is a payload")];
        Job::SignalReceived(Sent {
            name: "item".to_owned(),
            input,
            headers: Vec::new(),
            identity: String::new(),
        })
    };
    let mut run = TestRun::start::<notes_the_order>(());
    run.activate(vec![signal(), Job::TimerFired(1)]);
    assert_eq!(run.commands()[1], r#"complete ["signal","timer"]"#);

    let mut run = TestRun::start::<notes_the_order>(());
    run.activate(vec![Job::TimerFired(1), signal()]);
    assert_eq!(run.commands()[1], r#"complete ["timer","signal"]"#);
}
