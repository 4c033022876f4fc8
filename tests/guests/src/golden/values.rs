//! What differs between runs, and what they say of themselves.

use std::time::Duration;

use mainspring_workflow::{
    Activity, Failure, Values, Workflow, deprecate_patch, now, patched, random, set_current_details, sleep,
    upsert_memo, upsert_search_attributes, uuid4, workflow,
};

/// Continues as new until `left` is 0, with a memo that says so.
#[workflow]
pub(crate) async fn golden_chain(left: u32) -> Result<String, Failure> {
    upsert_memo(Values::new().set("left", &left));
    Activity::<()>::new("work", (left,))
        .start_to_close(Duration::from_secs(60))
        .await?;
    match left {
        0 => Ok("done".to_owned()),
        left => golden_chain::continue_as_new((left - 1,)),
    }
}

/// Takes a path that is new, one that no run takes otherwise any more, and says what it took.
#[workflow]
pub(crate) async fn golden_versions() -> Result<bool, Failure> {
    let is_new = patched("new");
    deprecate_patch("old");
    Activity::<()>::new("work", (is_new,))
        .start_to_close(Duration::from_secs(60))
        .await?;
    Ok(is_new && patched("new"))
}

/// Describes itself, and takes some of it back.
#[workflow]
pub(crate) async fn golden_notes() -> Result<(), Failure> {
    upsert_memo(Values::new().set("note", "first").set("other", &1));
    upsert_search_attributes(Values::new().set("Customer", "ann").set("Items", &3));
    set_current_details("working");
    sleep(Duration::from_secs(1)).await?;
    upsert_memo(Values::new().set("note", "second").set("other", &()));
    upsert_search_attributes(Values::new().set("Items", &()));
    Ok(())
}

/// Calls `work` with what differs between runs, and is the same at a replay.
#[workflow]
pub(crate) async fn golden_chance() -> Result<(), Failure> {
    let moment = now()
        .duration_since(std::time::SystemTime::UNIX_EPOCH)
        .map_or(0, |it| it.as_secs());
    Activity::<()>::new("work", (moment, random::<u32>(), uuid4()))
        .start_to_close(Duration::from_secs(60))
        .await
}
