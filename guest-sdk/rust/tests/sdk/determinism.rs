use std::time::{Duration, SystemTime};

use mainspring_workflow::testing::TestRun;
use mainspring_workflow::{
    Failure, Values, info, now, patched, random, random_range, set_current_details, sleep, upsert_memo, uuid4, warn,
    workflow,
};

type Drawn = (u64, f64, bool, String, Vec<u64>);

#[workflow]
async fn draws() -> Result<Drawn, Failure> {
    let numbers = (0..50).map(|_| random_range(10..16)).collect();
    Ok((random(), random(), random(), uuid4(), numbers))
}

#[test]
fn the_same_seed_gives_the_same_chance() {
    let first = TestRun::start::<draws>(()).commands();
    assert_eq!(first, TestRun::start::<draws>(()).commands());
    let json = first[0].strip_prefix("complete ").unwrap();
    let (_, fraction, _, uuid, numbers): Drawn = serde_json::from_str(json).unwrap();
    assert!((0.0..1.0).contains(&fraction));
    assert_eq!((uuid.len(), &uuid[14..15]), (36, "4"));
    assert!("89ab".contains(&uuid[19..20]), "{uuid}");
    assert!((10..16).all(|number| numbers.contains(&number)) && numbers.iter().all(|number| (10..16).contains(number)));
}

#[workflow]
async fn measures() -> Result<u64, Failure> {
    let before = now();
    assert_eq!(before, now());
    sleep(Duration::from_secs(60)).await?;
    Ok(now().duration_since(before).map_or(0, |passed| passed.as_secs()))
}

#[test]
fn time_stands_still_between_events() {
    let mut run = TestRun::start::<measures>(());
    run.advance(Duration::from_secs(61));
    run.fire(1);
    assert_eq!(run.commands()[1..], ["complete 61"]);
    assert!(SystemTime::UNIX_EPOCH < SystemTime::now());
}

#[workflow]
async fn tells(order: String) -> Result<(), Failure> {
    info!("plain");
    warn!(order = order, cents = 5 + 5, "charging {} of {order}", 10);
    upsert_memo(Values::new().set("b", &1).set("a", "x").set("gone", &()));
    set_current_details("**half** way");
    if patched("new-way") {
        Ok(())
    } else {
        Err(Failure::application("Old", "the old way"))
    }
}

#[test]
fn what_people_see() {
    let mut run = TestRun::start::<tells>(("o-1".to_owned(),));
    assert_eq!(run.log(), ["Info plain", "Warn charging 10 of o-1 order=o-1 cents=10"]);
    assert_eq!(
        run.commands(),
        [
            r#"memo a="x" b=1 gone=null"#,
            "details **half** way",
            "patched new-way",
            "complete null"
        ]
    );
}
