//! Sizes that both ends of a connection keep to, in bytes.

/// One gRPC message, as received: tonic's own default, and Temporal's limit.
/// A larger request is refused with `OUT_OF_RANGE` before it is decoded.
pub const REQUEST_BYTES_MAX: usize = 4 * 1024 * 1024;

/// One gRPC message, as a client accepts it: a page of history may hold many payloads.
pub const RESPONSE_BYTES_MAX: usize = 128 * 1024 * 1024;

/// The payloads of one argument list, result or set of details together.
/// A request that exceeds it is refused with `INVALID_ARGUMENT`.
pub const PAYLOADS_BYTES_MAX: usize = 2 * 1024 * 1024;

/// The chunks in which a client uploads a module.
pub const MODULE_CHUNK_BYTES: usize = 1024 * 1024;

/// The parts in which a server sends a history that is exported.
pub const HISTORY_PART_BYTES: usize = 1024 * 1024;

/// A whole module. Interpreted languages bring their interpreter: a Python module has about 20 MB.
pub const MODULE_BYTES_MAX: usize = 64 * 1024 * 1024;
