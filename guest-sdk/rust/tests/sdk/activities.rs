use std::time::Duration;

use futures::stream::FuturesUnordered;
use futures::{StreamExt, join};
use mainspring_workflow::testing::TestRun;
use mainspring_workflow::{Bytes, Failure, INVALID_ARGUMENTS, RetryPolicy, activities, workflow};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct Parcel {
    weight: u32,
}

#[activities(
    rename_all = "camelCase",
    start_to_close = "30s",
    retry(initial = "1s", coefficient = 2, maximum_attempts = 5)
)]
trait Post {
    async fn weigh_parcel(parcel: &Parcel) -> Result<u32, Failure>;

    #[activity(name = "STAMP", schedule_to_close = "1h", cancellation = "wait", local)]
    async fn stamp(cents: u32, colour: Option<&str>) -> Result<(), Failure>;

    async fn scan(picture: &Bytes) -> Result<Bytes, Failure>;
}

#[workflow]
async fn one_after_the_other(weight: u32) -> Result<u32, Failure> {
    let weighed = Post::weigh_parcel(&Parcel { weight }).await?;
    Post::stamp(weighed * 2, None).retry(RetryPolicy::never()).await?;
    Post::stamp(1, Some("red"))
        .start_to_close(Duration::from_secs(1))
        .await?;
    Ok(weighed)
}

#[test]
fn names_and_arguments_are_as_declared() {
    let mut run = TestRun::start::<one_after_the_other>((7,));
    assert_eq!(run.commands(), [r#"1: activity weighParcel {"weight":7}"#]);
    run.complete(1, &8);
    assert_eq!(run.commands(), ["2: activity STAMP 16 null"]);
    run.complete(2, &());
    assert_eq!(run.commands(), [r#"3: activity STAMP 1 "red""#]);
    run.complete(3, &());
    assert_eq!(run.commands(), ["complete 8"]);
}

#[workflow]
async fn scans(picture: String) -> Result<usize, Failure> {
    Ok(Post::scan(&Bytes(picture.into_bytes())).await?.0.len())
}

#[test]
fn bytes_travel_as_they_are() {
    let mut run = TestRun::start::<scans>(("pic".to_owned(),));
    assert_eq!(run.commands(), ["1: activity scan pic"]);
    run.complete(1, &Bytes(vec![0xff; 9]));
    assert_eq!(run.commands(), ["complete 9"]);
}

#[test]
fn a_failed_activity_fails_the_workflow_that_passes_it_on() {
    let mut run = TestRun::start::<one_after_the_other>((7,));
    run.fail(1, Failure::application("Broken", "no scales").non_retryable());
    assert_eq!(run.commands().last().unwrap(), "fail Broken: no scales");
}

#[test]
#[should_panic(expected = "the result of activity `weighParcel`: the JSON does not fit the type")]
fn a_result_of_another_type_is_a_bug() {
    let mut run = TestRun::start::<one_after_the_other>((7,));
    run.complete(1, "heavy");
}

#[workflow]
async fn takes_a_parcel(parcel: Parcel) -> Result<u32, Failure> {
    Ok(parcel.weight)
}

#[test]
fn arguments_that_do_not_fit_fail_the_run() {
    use mainspring_workflow::{ContinueAsNew, Workflow};
    #[workflow(name = "takes_a_parcel")]
    async fn takes_less(_weight: u32) -> Result<u32, Failure> {
        ContinueAsNew::new((1,)).into_result()
    }
    // The same type for callers, another one inside.
    assert_eq!(takes_less::NAME, takes_a_parcel::NAME);
    let mut arguments = TestRun::start::<takes_a_parcel>((Parcel { weight: 3 },));
    assert_eq!(arguments.commands(), ["complete 3"]);

    #[workflow]
    async fn wants_two(_first: mainspring_workflow::Payload, second: u32) -> Result<u32, Failure> {
        Ok(second)
    }
    let text = mainspring_workflow::ToPayload::to_payload("x").unwrap();
    let mut run = TestRun::start::<wants_two>((text, 5));
    assert_eq!(run.commands(), ["complete 5"]);

    #[workflow]
    async fn wants_a_number(number: Number) -> Result<u32, Failure> {
        Ok(number.0)
    }
    let mut run = TestRun::start::<wants_a_number>((Number(0),));
    assert!(run.commands()[0].starts_with(&format!("fail {INVALID_ARGUMENTS}: argument 1 (`number`)")));
}

/// Writes itself as something that it cannot read.
struct Number(u32);

impl Serialize for Number {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str("zero")
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        u32::deserialize(deserializer).map(Number)
    }
}

#[workflow]
async fn side_by_side() -> Result<(u32, u32), Failure> {
    let (light, heavy) = join!(
        Post::weigh_parcel(&Parcel { weight: 1 }),
        Post::weigh_parcel(&Parcel { weight: 2 })
    );
    Ok((light?, heavy?))
}

#[test]
fn join_schedules_everything_at_once() {
    let mut run = TestRun::start::<side_by_side>(());
    assert_eq!(
        run.commands(),
        [
            r#"1: activity weighParcel {"weight":1}"#,
            r#"2: activity weighParcel {"weight":2}"#
        ]
    );
    run.complete(2, &20);
    assert!(run.commands().is_empty());
    run.complete(1, &10);
    assert_eq!(run.commands(), ["complete [10,20]"]);
}

#[workflow]
async fn as_they_come(n: u32) -> Result<Vec<u32>, Failure> {
    let calls: FuturesUnordered<_> = (0..n).map(|weight| Post::weigh_parcel(&Parcel { weight })).collect();
    calls
        .map(|result| result.unwrap_or(0))
        .collect::<Vec<_>>()
        .map_ok()
        .await
}

/// `Ok` of what a future gives.
trait MapOk: Future + Sized {
    async fn map_ok(self) -> Result<Self::Output, Failure> {
        Ok(self.await)
    }
}

impl<F: Future> MapOk for F {}

#[test]
fn futures_unordered_gives_results_in_their_order_of_arrival() {
    let mut run = TestRun::start::<as_they_come>((3,));
    assert_eq!(run.commands().len(), 3);
    run.complete(2, &2);
    run.complete(3, &3);
    run.complete(1, &1);
    assert_eq!(run.commands(), ["complete [2,3,1]"]);
}
