//! Ports of servers that come and go.

use std::fs::{self, File};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

/// Below those that systems give to outgoing connections: none of them takes the port while the server is down.
const PORTS: Range<u16> = 20_000..30_000;

/// Files that say by a lock which ports are somebody's: of the other tests, too, which are other processes.
static RESERVED: Mutex<Vec<File>> = Mutex::new(Vec::new());

/// An address that nobody listens at. It stays this process's until that ends, whether anybody listens there or not.
pub(crate) fn free_address() -> SocketAddr {
    let free = std::iter::repeat_with(|| fastrand::u16(PORTS)).find_map(|port| {
        let reserved = reserve(port)?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).ok()?;
        let address = listener.local_addr().ok()?;
        RESERVED.lock().unwrap_or_else(PoisonError::into_inner).push(reserved);
        Some(address)
    });
    free.expect("a port is free")
}

fn reserve(port: u16) -> Option<File> {
    let directory = std::env::temp_dir().join("mainspring-test-ports");
    fs::create_dir_all(&directory).expect("there is room");
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(directory.join(port.to_string()))
        .expect("there is room");
    file.try_lock().is_ok().then_some(file)
}
