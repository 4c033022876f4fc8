//! The contract as Rust sees it, generated from `wit/`. Everything else in this crate stands between these records and the author.

#![expect(missing_docs, reason = "generated from wit/, which has the documentation")]

wit_bindgen::generate!({
    path: "../../wit",
    world: "workflow",
    additional_derives: [PartialEq],
    // `export!` in the crate root calls the macro this makes, in the author's crate.
    pub_export_macro: true,
    default_bindings_module: "::mainspring_workflow::bindings",
});
