//! What memory the kernel has given to guests.

use anyhow::Context as _;

/// Pages that this process has written and shares with nobody, but for its heap: the memories and tables of instances, and what
/// does not change meanwhile. The heap is left out because it keeps, for a while, what was freed. wasmtime's own records of an
/// instance are there.
pub(crate) fn written_bytes() -> anyhow::Result<usize> {
    let maps = std::fs::read_to_string("/proc/self/smaps").context("cannot read /proc/self/smaps")?;
    let mut is_heap = false;
    let mut kilobytes = 0;
    for line in maps.lines() {
        match line.strip_prefix("Anonymous:") {
            Some(size) if !is_heap => {
                let size = size.trim().trim_end_matches(" kB");
                kilobytes += size.parse::<usize>().with_context(|| format!("{size:?} is no size"))?;
            }
            Some(_) => {}
            // A mapping begins with its addresses, in hexadecimal without capitals, and ends with its name.
            None if line.starts_with(|first: char| !first.is_ascii_uppercase()) => is_heap = line.ends_with("[heap]"),
            None => {}
        }
    }
    Ok(kilobytes << 10)
}
