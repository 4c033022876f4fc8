//! From the core module that Go leaves to a component that imports nothing but the contract.

use crate::Error;
use crate::component::{Adapter, component_of};
use wit_component::StringEncoding;
use wit_parser::{PackageId, Resolve};

/// What Go takes for its operating system; its file says more.
const ADAPTER: &str = include_str!("../../../../guest-sdk/go/adapter/wasi_snapshot_preview1.wat");

/// The name under which Go imports it.
const ADAPTER_NAME: &str = "wasi_snapshot_preview1";

/// The one import that the adapter has of its own: how it says why a module died.
const ADAPTER_WORLD: &str =
    "package mainspring:go-adapter; world adapter { import mainspring:workflow/outcome@0.1.0; }";

/// The contract, as one file.
const CONTRACT: &str = concat!(
    include_str!("../../../../wit/world.wit"),
    include_str!("../../../../wit/types.wit"),
    include_str!("../../../../wit/commands.wit"),
    include_str!("../../../../wit/guest.wit"),
);

pub(super) fn of(core: Vec<u8>) -> Result<Vec<u8>, Error> {
    let mut resolve = Resolve::default();
    let contract = add(&mut resolve, "workflow.wit", CONTRACT);
    let adapter = add(&mut resolve, "adapter.wit", ADAPTER_WORLD);
    let core = typed(core, &resolve, contract, "workflow");
    let adapter = typed(
        wat::parse_str(ADAPTER).expect("the adapter is valid"),
        &resolve,
        adapter,
        "adapter",
    );
    let adapter = Adapter {
        name: ADAPTER_NAME,
        module: &adapter,
    };
    component_of(&core, Some(adapter)).map_err(|report| Error::Source {
        what: "what Go built cannot be made a module of workflows".to_owned(),
        report,
        advice: Some(
            "does the package import mainspring.dev/workflow and call workflow.Register in an init function? Go from \
             1.25 to 1.27 is known to work"
                .to_owned(),
        ),
    })
}

fn add(resolve: &mut Resolve, name: &str, text: &str) -> PackageId {
    resolve.push_str(name, text).expect("the WIT is valid")
}

/// The module, with a component's type in it.
fn typed(mut module: Vec<u8>, resolve: &Resolve, package: PackageId, world: &str) -> Vec<u8> {
    let world = resolve
        .select_world(&[package], Some(world))
        .expect("the package has the world");
    wit_component::embed_component_metadata(&mut module, resolve, world, StringEncoding::UTF8)
        .expect("a component's type can be written");
    module
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_without_workflows_is_refused_with_advice() {
        let error = of(wat::parse_str("(module (memory (export \"memory\") 1))").unwrap()).unwrap_err();
        assert!(error.advice().unwrap().contains("workflow.Register"), "{error:?}");
    }
}
