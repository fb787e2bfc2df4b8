//! A way to a server on which large bodies wait for one another, so that they are under way at the same time.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use url::Url;

/// A body of more bytes than this waits.
const LARGE: usize = 1024 * 1024;

/// The near end of a way that lets no large body pass before there are so many. After that it is open.
pub async fn strait(server: &Url, bodies: usize) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut url = server.clone();
    url.set_port(Some(listener.local_addr().unwrap().port()))
        .unwrap();
    let server = server.socket_addrs(|| None).unwrap()[0];
    let here = watch::Sender::new(0);
    tokio::spawn(async move {
        while let Ok((near, _)) = listener.accept().await {
            let far = TcpStream::connect(server).await.unwrap();
            tokio::spawn(carry(near, far, here.clone(), bodies));
        }
    });
    url.to_string()
}

async fn carry(near: TcpStream, far: TcpStream, here: watch::Sender<usize>, wanted: usize) {
    let (mut requests, mut near) = near.into_split();
    let (mut answers, mut far) = far.into_split();
    // How much of a request has passed; an answer ends it.
    let passed = Arc::new(AtomicUsize::new(0));
    tokio::spawn({
        let passed = passed.clone();
        async move {
            let mut piece = vec![0; 64 * 1024];
            while let Ok(length @ 1..) = answers.read(&mut piece).await {
                passed.store(0, Ordering::Relaxed);
                if near.write_all(&piece[..length]).await.is_err() {
                    return;
                }
            }
        }
    });
    let mut piece = vec![0; 64 * 1024];
    while let Ok(length @ 1..) = requests.read(&mut piece).await {
        let before = passed.fetch_add(length, Ordering::Relaxed);
        if before <= LARGE && before + length > LARGE {
            here.send_modify(|here| *here += 1);
            let _ = here.subscribe().wait_for(|here| *here >= wanted).await;
        }
        if far.write_all(&piece[..length]).await.is_err() {
            return;
        }
    }
}
