//! The contract as Rust sees it, generated from `wit/`.

wit_bindgen::generate!({
    path: ["../../../wit", "wit"],
    world: "mainspring:quickjs/quickjs",
    generate_all,
});
