//! What names a run and the things in it.

use std::fmt;

/// One execution of a workflow: a UUID version 7, so that ids sort by the time they were made.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RunId([u8; 16]);

/// One operation of a run: 1, 2, 3 … in the order in which the guest asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OperationId(pub u64);

/// The place of an event in its run's history: 1, 2, 3 …
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventId(pub u64);

/// The number by which tools know an event: its place in the history as they are shown it, where one of our events may be
/// several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ShownEventId(pub u64);

/// A module's version: the BLAKE3 hash of the component's bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; 32]);

/// One execution of a workflow, as people name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Execution {
    /// The idempotency key that the caller chose.
    pub workflow_id: String,
    /// The run under that key.
    pub run_id: RunId,
}

impl RunId {
    /// The id with these bytes.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The id's bytes, in network order.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// Reads the hyphenated form that `Display` writes. `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let hyphens = [8, 13, 18, 23];
        if text.len() != 36 || !hyphens.iter().all(|&at| text.as_bytes()[at] == b'-') {
            return None;
        }
        let digits: Vec<u8> = text.bytes().filter(|&byte| byte != b'-').collect();
        let mut bytes = [0; 16];
        parse_hex(&digits, &mut bytes).then_some(Self(bytes))
    }
}

impl OperationId {
    /// Reads what `Display` writes. `None` for anything else.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let is_usual = !text.starts_with(['0', '+']);
        text.parse().ok().filter(|_| is_usual).map(Self)
    }
}

impl Digest {
    /// The digest with these bytes.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The digest's bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Reads the 64 hexadecimal digits that `Display` writes. `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        parse_hex(text.as_bytes(), &mut bytes).then_some(Self(bytes))
    }
}

fn parse_hex(digits: &[u8], bytes: &mut [u8]) -> bool {
    let value = |digit: u8| (digit as char).to_digit(16);
    digits.len() == bytes.len() * 2
        && bytes
            .iter_mut()
            .zip(digits.chunks_exact(2))
            .all(|(byte, pair)| match (value(pair[0]), value(pair[1])) {
                (Some(high), Some(low)) => {
                    *byte = (high << 4 | low) as u8;
                    true
                }
                _ => false,
            })
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, byte) in self.0.iter().enumerate() {
            if matches!(at, 4 | 6 | 8 | 10) {
                f.write_str("-")?;
            }
            write!(f, "{byte:02x}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RunId({self})")
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({self})")
    }
}

impl fmt::Display for OperationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}
