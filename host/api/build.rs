//! Generates the gRPC stubs: Temporal's services from the descriptor that `temporalio-protos`
//! exports, our own from `proto/`. Neither needs `protoc`.

use std::{collections::BTreeSet, env, error::Error, fs, path::Path};

use prost::Message;
use tonic_prost_build::FileDescriptorSet;

#[path = "src/methods.rs"]
#[expect(unreachable_pub, reason = "public in the crate, shared with it")]
mod methods;

const OWN_PROTOS: [&str; 3] = [
    "proto/mainspring/modules/v1/modules.proto",
    "proto/mainspring/control/v1/control.proto",
    "proto/mainspring/histories/v1/histories.proto",
];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=src/methods.rs");
    for proto in OWN_PROTOS {
        println!("cargo:rerun-if-changed={proto}");
    }
    println!("cargo:rerun-if-env-changed=DEP_TEMPORALIO_PROTOS_DESCRIPTOR_PATH");
    generate_temporal_services()?;
    generate_own_services()
}

/// Stubs only: every message is a type of `temporalio-protos`.
fn generate_temporal_services() -> Result<(), Box<dyn Error>> {
    let path = env::var("DEP_TEMPORALIO_PROTOS_DESCRIPTOR_PATH")
        .map_err(|_| "temporalio-protos no longer exports the path of its descriptor set")?;
    let mut descriptors = FileDescriptorSet::decode(fs::read(Path::new(&path))?.as_slice())?;
    keep_served_methods(&mut descriptors)?;
    keep_files_of_services(&mut descriptors);
    export("temporal.bin", &descriptors)?;
    tonic_prost_build::configure()
        .extern_path(".temporal", "::temporalio_protos::temporal")
        .extern_path(".google.rpc", "::temporalio_protos::google::rpc")
        .extern_path(".google.protobuf", "::prost_wkt_types")
        .compile_well_known_types(true)
        .emit_rerun_if_changed(false)
        .compile_fds(descriptors)?;
    Ok(())
}

fn generate_own_services() -> Result<(), Box<dyn Error>> {
    let descriptors = protox::compile(OWN_PROTOS, ["proto"])?;
    export("own.bin", &descriptors)?;
    tonic_prost_build::configure()
        .extern_path(".google.protobuf", "::prost_wkt_types")
        .compile_well_known_types(true)
        .bytes(".mainspring.modules.v1.PushModuleRequest.chunk")
        .bytes(".mainspring.histories.v1.ExportHistoryResponse.part")
        .emit_rerun_if_changed(false)
        .compile_fds(descriptors)?;
    Ok(())
}

/// Keeps a description of the messages for those who print them as JSON.
fn export(file: &str, descriptors: &FileDescriptorSet) -> Result<(), Box<dyn Error>> {
    let mut bare = descriptors.clone();
    // Comments are most of its size.
    bare.file.iter_mut().for_each(|file| file.source_code_info = None);
    Ok(fs::write(
        Path::new(&env::var("OUT_DIR")?).join(file),
        bare.encode_to_vec(),
    )?)
}

/// Removes all services and methods but those of `methods.rs`, each of which must exist.
fn keep_served_methods(descriptors: &mut FileDescriptorSet) -> Result<(), Box<dyn Error>> {
    let mut wanted: BTreeSet<String> = BTreeSet::new();
    for (service, names) in [
        (methods::WORKFLOW_SERVICE, methods::WORKFLOW_SERVICE_METHODS),
        (methods::OPERATOR_SERVICE, methods::OPERATOR_SERVICE_METHODS),
        (methods::TEST_SERVICE, methods::TEST_SERVICE_METHODS),
    ] {
        wanted.extend(names.iter().map(|name| format!("{service}/{name}")));
    }
    for file in &mut descriptors.file {
        let package = file.package().to_owned();
        for service in &mut file.service {
            let service_name = format!("{package}.{}", service.name());
            // The comments of methods are found by position, and removing methods moves them.
            service
                .method
                .retain(|method| wanted.remove(&format!("{service_name}/{}", method.name())));
        }
        if file.service.iter().any(|service| !service.method.is_empty()) {
            file.source_code_info = None;
        }
        file.service.retain(|service| !service.method.is_empty());
    }
    match wanted.first() {
        None => Ok(()),
        Some(missing) => Err(format!("Temporal's API has no method {missing}").into()),
    }
}

/// What travels beside the services' messages: the details of errors.
const ERROR_FILES: [&str; 2] = ["google/rpc/status.proto", "temporal/api/errordetails/v1/message.proto"];

/// Removes the files that neither a remaining service nor an error needs.
fn keep_files_of_services(descriptors: &mut FileDescriptorSet) {
    let mut needed: BTreeSet<String> = BTreeSet::new();
    let mut to_visit: Vec<String> = descriptors
        .file
        .iter()
        .filter(|file| !file.service.is_empty() || ERROR_FILES.contains(&file.name()))
        .map(|file| file.name().to_owned())
        .collect();
    while let Some(name) = to_visit.pop() {
        if let Some(file) = descriptors.file.iter().find(|file| file.name() == name) {
            to_visit.extend(file.dependency.iter().filter(|dep| !needed.contains(*dep)).cloned());
        }
        needed.insert(name);
    }
    descriptors.file.retain(|file| needed.contains(file.name()));
}
