//! The processor's time: what a thread has computed, however long it had to wait for others.

use anyhow::Context as _;
use std::time::Duration;

/// What this thread has computed so far.
pub(crate) fn time() -> anyhow::Result<Duration> {
    const FILE: &str = "/proc/thread-self/schedstat";
    // The kernel adds up when it looks at the thread, and now it does.
    std::thread::yield_now();
    let text = std::fs::read_to_string(FILE).with_context(|| format!("cannot read {FILE}"))?;
    let nanos = text.split_whitespace().next().unwrap_or_default();
    let nanos = nanos
        .parse()
        .with_context(|| format!("{nanos:?} in {FILE} is no time"))?;
    Ok(Duration::from_nanos(nanos))
}
