//! Everything on the account's host that is not the API: the page at `/`, control under `/_sim/`.

use super::engine::Engine;
use super::http::{Reply, Request};

pub(crate) async fn serve(_engine: &Engine, _request: &Request) -> Reply {
    Reply::unknown_path()
}
