//! Modules in Python.

use crate::{Built, Error, Options, Types};
use std::path::Path;

pub(crate) fn build(_source: &Path, _options: &Options<'_>) -> Result<Built, Error> {
    Err(Error::Missing {
        what: "the SDK for Python".to_owned(),
        advice: "write the workflow in Rust".to_owned(),
    })
}

pub(crate) fn check_types(_source: &Path, _options: &Options<'_>) -> Result<Types, Error> {
    Ok(Types::Unchecked)
}
