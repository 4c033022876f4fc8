//! From what a compiler leaves, a core module with a component's type in it, to a component.

use wit_component::ComponentEncoder;

/// Stands in for what the module imports of its language's usual system.
pub(crate) struct Adapter<'a> {
    /// As the module imports it.
    pub(crate) name: &'a str,
    pub(crate) module: &'a [u8],
}

/// The component, or why there is none.
pub(crate) fn component_of(core: &[u8], adapter: Option<Adapter<'_>>) -> Result<Vec<u8>, String> {
    let mut encoder = ComponentEncoder::default().validate(true).module(core);
    if let Some(Adapter { name, module }) = adapter {
        encoder = encoder.and_then(|encoder| encoder.adapter(name, module));
    }
    encoder
        .and_then(|mut encoder| encoder.encode())
        .map_err(|error| format!("{error:#}"))
}
