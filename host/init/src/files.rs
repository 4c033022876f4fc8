//! The files of templates and SDKs, by their paths. The build script writes the tables.

include!(concat!(env!("OUT_DIR"), "/files.rs"));
