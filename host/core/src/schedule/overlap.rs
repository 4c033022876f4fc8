//! What becomes of a start while a run of the same schedule is under way.

/// What becomes of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OverlapPolicy {
    /// Nothing.
    #[default]
    Skip,
    /// It waits for the run to end, unless another one does.
    BufferOne,
    /// It waits for the run to end, and for those that wait already.
    BufferAll,
    /// The run is asked to cancel itself, and the start waits for its end.
    CancelOther,
    /// The run is terminated, and the start waits for its end.
    TerminateOther,
    /// It is made.
    AllowAll,
}

/// How a run is to end that a start waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stop {
    /// It is asked to cancel itself.
    Cancel,
    /// It is terminated.
    Terminate,
}

/// What becomes of several starts, in their order.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Verdict<T> {
    /// Those that are made beside others, whatever runs.
    pub(super) beside: Vec<T>,
    /// The one that is made because nothing runs.
    pub(super) alone: Option<T>,
    /// Those that wait.
    pub(super) waiting: Vec<T>,
    /// How many are not made at all.
    pub(super) skipped: u64,
    /// What is to happen to what runs.
    pub(super) stop: Option<Stop>,
}

/// Decides over starts, each with its policy.
pub(super) fn judge<T>(starts: impl IntoIterator<Item = (T, OverlapPolicy)>, is_running: bool) -> Verdict<T> {
    let mut verdict = Verdict {
        beside: Vec::new(),
        alone: None,
        waiting: Vec::new(),
        skipped: 0,
        stop: None,
    };
    for (start, policy) in starts {
        match policy {
            OverlapPolicy::AllowAll => verdict.beside.push(start),
            _ if !is_running && verdict.alone.is_none() => verdict.alone = Some(start),
            OverlapPolicy::BufferOne if verdict.waiting.is_empty() => verdict.waiting.push(start),
            OverlapPolicy::Skip | OverlapPolicy::BufferOne => verdict.skipped += 1,
            OverlapPolicy::BufferAll => verdict.waiting.push(start),
            // What it would stop has not begun, and never does.
            OverlapPolicy::CancelOther | OverlapPolicy::TerminateOther if !is_running => {
                verdict.skipped += 1;
                verdict.alone = Some(start);
            }
            OverlapPolicy::CancelOther => {
                verdict.stop = verdict.stop.max(Some(Stop::Cancel));
                verdict.waiting.push(start);
            }
            OverlapPolicy::TerminateOther => {
                verdict.stop = Some(Stop::Terminate);
                verdict.waiting.push(start);
            }
        }
    }
    verdict
}
