//! Changes of one file, as `diff -u` writes them. They are applied where they say and to what they say, or not at all: the
//! file is that of one version.

use anyhow::{Context as _, bail, ensure};

pub(super) struct Patch {
    /// Below the directory that it was made in.
    pub(super) file: String,
    hunks: Vec<Hunk>,
}

struct Hunk {
    /// The line that it begins at, of the file before; from 1 on.
    start: usize,
    /// Each line with what it begins with: a blank if it stays, `-` if it goes, `+` if it is new.
    lines: Vec<String>,
}

impl Patch {
    /// Reads one. What comes before the names of the file is for people.
    pub(super) fn of(text: &str) -> anyhow::Result<Self> {
        let mut lines = text.lines().skip_while(|line| !line.starts_with("--- "));
        lines.next().context("it has no line that begins with ---")?;
        let file = lines
            .next()
            .and_then(|line| line.strip_prefix("+++ b/"))
            .context("its second line does not begin with +++ b/")?
            .to_owned();
        let mut hunks: Vec<Hunk> = Vec::new();
        for line in lines {
            if let Some(ranges) = line.strip_prefix("@@ -") {
                let start = ranges.split([',', ' ']).next().and_then(|start| start.parse().ok());
                hunks.push(Hunk {
                    start: start.with_context(|| format!("{line:?} names no line"))?,
                    lines: Vec::new(),
                });
            } else {
                let hunk = hunks.last_mut().context("a change comes before the first @@")?;
                ensure!(line.starts_with([' ', '-', '+']), "{line:?} is no line of a change");
                hunk.lines.push(line.to_owned());
            }
        }
        Ok(Self { file, hunks })
    }

    pub(super) fn applied_to(&self, text: &str) -> anyhow::Result<String> {
        let mut before = text.split_inclusive('\n').enumerate().peekable();
        let mut after = String::with_capacity(text.len());
        for hunk in &self.hunks {
            while let Some((_, line)) = before.next_if(|(at, _)| at + 1 < hunk.start) {
                after.push_str(line);
            }
            for line in &hunk.lines {
                let (sign, wanted) = line.split_at(1);
                if sign == "+" {
                    after.push_str(wanted);
                    after.push('\n');
                    continue;
                }
                match before.next() {
                    Some((_, found)) if found.trim_end_matches('\n') == wanted => {
                        if sign == " " {
                            after.push_str(found);
                        }
                    }
                    Some((at, found)) => bail!("line {} is {found:?}, and was to be {wanted:?}", at + 1),
                    None => bail!("the file ends before {wanted:?}"),
                }
            }
        }
        after.extend(before.map(|(_, line)| line));
        Ok(after)
    }
}

#[cfg(test)]
mod tests {
    use super::Patch;

    const PATCH: &str =
        "Why.\n\n--- a/song\n+++ b/song\n@@ -2,2 +2,3 @@ in it\n two\n-three\n+3\n+3.5\n@@ -6,1 +7,0 @@\n-six\n";

    #[test]
    fn a_patch_changes_the_lines_that_it_names() {
        let patch = Patch::of(PATCH).unwrap();
        assert_eq!(patch.file, "song");
        let changed = patch.applied_to("one\ntwo\nthree\nfour\nfive\nsix\nseven\n").unwrap();
        assert_eq!(changed, "one\ntwo\n3\n3.5\nfour\nfive\nseven\n");
    }

    #[test]
    fn a_patch_of_another_version_is_refused() {
        let patch = Patch::of(PATCH).unwrap();
        let refusal = patch
            .applied_to("zero\none\ntwo\nthree\n")
            .err()
            .map(|error| error.to_string());
        assert_eq!(refusal.as_deref(), Some("line 2 is \"one\\n\", and was to be \"two\""));
        assert!(patch.applied_to("one\ntwo\nthree\nfour\n").is_err());
    }
}
