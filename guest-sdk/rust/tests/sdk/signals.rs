use mainspring_workflow::testing::TestRun;
use mainspring_workflow::{Activity, Failure, Signal, workflow};

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
