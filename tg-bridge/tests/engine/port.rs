//! Ports for servers that go away and come back.

use std::net::TcpListener;

/// A port that is free, and outside of what Linux hands out by itself: while its server is away, no connection that goes out
/// gets it.
pub fn free_port() -> u16 {
    let mut ports = std::iter::repeat_with(|| fastrand::u16(15_000..32_000));
    let free = ports.find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok());
    free.expect("ports never run out")
}
