//! What cargo printed.

use super::{Package, Target, wrong};
use crate::Error;
use crate::tools::Finished;
use serde::Deserialize;
use std::path::PathBuf;

/// As far as it matters here.
#[derive(Default)]
pub(super) struct Messages {
    pub(super) module: Option<PathBuf>,
    errors: Vec<String>,
    pub(super) warnings: Vec<String>,
}

#[derive(Deserialize)]
#[serde(tag = "reason")]
enum Message {
    #[serde(rename = "compiler-artifact")]
    Artifact {
        manifest_path: PathBuf,
        target: Target,
        filenames: Vec<PathBuf>,
    },
    #[serde(rename = "compiler-message")]
    Said {
        manifest_path: PathBuf,
        message: Diagnostic,
    },
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
struct Diagnostic {
    level: String,
    rendered: Option<String>,
}

impl Messages {
    pub(super) fn read(finished: &Finished, package: &Package) -> Result<Self, Error> {
        let mut messages = Self::default();
        for line in finished
            .stdout
            .split(|byte| *byte == b'\n')
            .filter(|line| line.starts_with(b"{"))
        {
            let message = serde_json::from_slice(line).map_err(|error| Error::Io {
                action: "read what `cargo build` printed".to_owned(),
                cause: error.into(),
            })?;
            messages.note(message, package);
        }
        Ok(messages)
    }

    fn note(&mut self, message: Message, package: &Package) {
        match message {
            Message::Artifact {
                manifest_path,
                target,
                filenames,
            } if manifest_path == package.manifest && target.is_module() => {
                self.module = filenames
                    .into_iter()
                    .find(|file| file.extension().is_some_and(|it| it == "wasm"));
            }
            Message::Said { manifest_path, message } => {
                let text = message.rendered.unwrap_or_default().trim_end().to_owned();
                if message.level == "error" {
                    self.errors.push(text);
                } else if manifest_path == package.manifest {
                    self.warnings.push(text);
                }
            }
            Message::Artifact { .. } | Message::Other => {}
        }
    }

    pub(super) fn into_error(self, finished: Finished) -> Error {
        if self.errors.is_empty() {
            return wrong(&finished);
        }
        Error::Source {
            what: "the crate does not compile".to_owned(),
            report: self.errors.join("\n\n"),
            advice: None,
        }
    }
}
