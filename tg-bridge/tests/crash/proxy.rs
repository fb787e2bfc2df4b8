//! A network that is not to be relied on: a TCP proxy on loopback whose connections are slow, break, half close or fall
//! silent. In front of several replicas it is their load balancer too.

use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// What befalls one connection.
#[derive(Debug, Clone, Copy)]
enum Fate {
    Whole,
    /// Every piece waits this many milliseconds.
    Slow(u64),
    /// Broken after this many bytes, either way.
    Reset(usize),
    /// After this many bytes the answer ends, as if it were whole.
    HalfClose(usize),
    /// After this many bytes nothing comes through any more, and nobody says so for a while.
    Silent(usize),
}

pub(crate) struct Proxy {
    pub(crate) port: u16,
    shared: Arc<Shared>,
}

struct Shared {
    targets: Mutex<Vec<u16>>,
    /// Of a thousand connections so many have a bad fate.
    trouble: AtomicU32,
    /// When connections ended, in Unix milliseconds.
    broken: Mutex<Vec<i64>>,
}

/// How long a silent connection is kept open.
const SILENCE: Duration = Duration::from_secs(2);

impl Proxy {
    pub(crate) async fn to(port: u16) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let shared = Arc::new(Shared {
            targets: Mutex::new(vec![port]),
            trouble: AtomicU32::new(0),
            broken: Mutex::default(),
        });
        let proxy = Self {
            port: listener.local_addr().unwrap().port(),
            shared: shared.clone(),
        };
        tokio::spawn(async move {
            loop {
                if let Ok((stream, _)) = listener.accept().await {
                    tokio::spawn(shared.clone().carry(stream));
                }
            }
        });
        proxy
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}/", self.port)
    }

    /// Where connections go; each to the first one that takes it.
    pub(crate) fn lead_to(&self, targets: Vec<u16>) {
        *self.shared.targets.lock().unwrap() = targets;
    }

    pub(crate) fn trouble(&self, per_thousand: u32) {
        self.shared.trouble.store(per_thousand, Ordering::Relaxed);
    }

    pub(crate) fn broken(&self) -> Vec<i64> {
        self.shared.broken.lock().unwrap().clone()
    }
}

impl Shared {
    fn fate(&self) -> Fate {
        if fastrand::u32(..1000) >= self.trouble.load(Ordering::Relaxed) {
            return Fate::Whole;
        }
        let after = fastrand::usize(..6000);
        match fastrand::u8(..4) {
            0 => Fate::Slow(fastrand::u64(5..60)),
            1 => Fate::Reset(after),
            2 => Fate::HalfClose(after),
            _ => Fate::Silent(after),
        }
    }

    async fn carry(self: Arc<Self>, client: TcpStream) {
        let mut targets = self.targets.lock().unwrap().clone();
        fastrand::shuffle(&mut targets);
        let mut server = None;
        for target in targets {
            if let Ok(stream) = TcpStream::connect((Ipv4Addr::LOCALHOST, target)).await {
                server = Some(stream);
                break;
            }
        }
        let Some(server) = server else { return };
        let (_, _) = (client.set_nodelay(true), server.set_nodelay(true));
        let fate = self.fate();
        self.pump(client, server, fate).await;
        self.broke();
    }

    fn broke(&self) {
        self.broken.lock().unwrap().push(super::now());
    }

    async fn pump(&self, mut client: TcpStream, mut server: TcpStream, fate: Fate) {
        let mut left = match fate {
            Fate::Whole | Fate::Slow(_) => usize::MAX,
            Fate::Reset(bytes) | Fate::HalfClose(bytes) | Fate::Silent(bytes) => bytes,
        };
        let (mut up, mut down) = (vec![0; 16 * 1024], vec![0; 16 * 1024]);
        loop {
            let (piece, to_server) = tokio::select! {
                read = client.read(&mut up) => (read.map(|n| &up[..n]), true),
                read = server.read(&mut down) => (read.map(|n| &down[..n]), false),
            };
            let piece = match piece {
                // One side that ends ends both: HTTP has nothing to say after that. What a killed process had sent is
                // still read and acted on, so the end is the server's.
                Ok([]) | Err(_) => {
                    if to_server {
                        let _ = server.shutdown().await;
                        let mut nowhere = tokio::io::sink();
                        let done = tokio::io::copy(&mut server, &mut nowhere);
                        let _ = tokio::time::timeout(SILENCE, done).await;
                    }
                    return;
                }
                Ok(piece) => piece,
            };
            if let Fate::Slow(milliseconds) = fate {
                tokio::time::sleep(Duration::from_millis(milliseconds)).await;
            }
            let through = &piece[..piece.len().min(left)];
            left -= through.len();
            let onwards = if to_server { &mut server } else { &mut client };
            if onwards.write_all(through).await.is_err() {
                return;
            }
            if left == 0 {
                // Whoever learns of the break at once may have acted on it before the connection is gone.
                self.broke();
                match fate {
                    Fate::Reset(_) => _ = client.set_zero_linger(),
                    Fate::HalfClose(_) => {
                        let _ = client.shutdown().await;
                        tokio::time::sleep(SILENCE / 4).await;
                    }
                    _ => tokio::time::sleep(SILENCE).await,
                }
                return;
            }
        }
    }
}
