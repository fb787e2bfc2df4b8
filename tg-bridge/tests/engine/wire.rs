//! A way to a database server that can fall silent: nothing passes, and nobody says so.

use std::net::SocketAddr;
use std::sync::Arc;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use url::Url;

/// What becomes of connections.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Way {
    Open,
    /// Pieces wait.
    Silent,
    /// Silent as soon as a client says this; whether that still arrives.
    SilentAt(Vec<u8>, Arrives),
    /// Connections break, and new ones break at once.
    Refused,
}

/// Whether the piece with which silence begins comes to the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrives {
    Yes,
    No,
}

#[derive(Clone)]
pub struct Wire {
    pub url: String,
    way: Arc<watch::Sender<Way>>,
    /// Told when the connections that there are shall be forgotten.
    forget: Arc<watch::Sender<()>>,
    /// What clients say that waits.
    waiting: Arc<watch::Sender<usize>>,
}

impl Wire {
    pub async fn to(server: &str) -> Self {
        let mut url: Url = server.parse().unwrap();
        let server = url.socket_addrs(|| Some(5432)).unwrap()[0];
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let here = listener.local_addr().unwrap();
        url.set_ip_host(here.ip()).unwrap();
        url.set_port(Some(here.port())).unwrap();
        let wire = Self {
            url: url.to_string(),
            way: Arc::new(watch::Sender::new(Way::Open)),
            forget: Arc::default(),
            waiting: Arc::default(),
        };
        tokio::spawn(wire.clone().listen(listener, server));
        wire
    }

    /// Nothing passes from now on.
    pub fn silence(&self) {
        self.way.send_replace(Way::Silent);
    }

    /// Nothing passes as soon as a client says something with these words in it; the first question of any kind, if there are
    /// none.
    pub fn silence_at(&self, words: &str, arrives: Arrives) {
        self.way
            .send_replace(Way::SilentAt(words.as_bytes().to_vec(), arrives));
    }

    /// What waited passes, as if the network had repeated it all the time.
    pub fn heal(&self) {
        self.waiting.send_replace(0);
        self.way.send_replace(Way::Open);
    }

    /// New connections pass; the server has given the old ones up, and nobody tells the client.
    pub fn forget(&self) {
        self.forget.send_replace(());
        self.heal();
    }

    /// All connections break.
    pub fn refuse(&self) {
        self.waiting.send_replace(0);
        self.way.send_replace(Way::Refused);
    }

    /// Until so many things are said that do not pass.
    pub async fn until_waiting(&self, pieces: usize) {
        let mut waiting = self.waiting.subscribe();
        let waited = waiting.wait_for(|waiting| *waiting >= pieces);
        let waited = tokio::time::timeout(super::PATIENCE, waited).await;
        waited.expect("nothing is said").unwrap();
    }

    async fn listen(self, listener: TcpListener, server: SocketAddr) {
        while let Ok((client, _)) = listener.accept().await {
            tokio::spawn(self.clone().carry(client, server));
        }
    }

    async fn carry(self, client: TcpStream, server: SocketAddr) {
        let server = TcpStream::connect(server).await.unwrap();
        let (_, _) = (client.set_nodelay(true), server.set_nodelay(true));
        let (mut way, mut forgotten) = (self.way.subscribe(), self.forget.subscribe());
        let (mut questions, mut asker) = client.into_split();
        let (mut answers, mut answerer) = server.into_split();
        let up = async {
            let mut piece = vec![0; 64 * 1024];
            while let Ok(length @ 1..) = questions.read(&mut piece).await {
                if !self.pass(Some(&piece[..length])).await
                    || answerer.write_all(&piece[..length]).await.is_err()
                {
                    return;
                }
            }
            // Nobody hears a farewell through silence either.
            self.pass(None).await;
        };
        let down = async {
            let mut piece = vec![0; 64 * 1024];
            while let Ok(length @ 1..) = answers.read(&mut piece).await {
                if !self.pass(None).await || asker.write_all(&piece[..length]).await.is_err() {
                    return;
                }
            }
        };
        let is_forgotten = tokio::select! {
            biased;
            _ = forgotten.changed() => true,
            () = up => false,
            () = down => false,
            _ = way.wait_for(|way| *way == Way::Refused) => false,
        };
        if is_forgotten {
            drop((answers, answerer));
            let mut way = self.way.subscribe();
            let _ = way.wait_for(|way| *way == Way::Refused).await;
        }
    }

    /// Waits until a piece may pass. `false`: its connection is no more.
    async fn pass(&self, question: Option<&[u8]>) -> bool {
        let begins = |words: &[u8], said: &[u8]| match words {
            // Parse, Bind or Query in PostgreSQL's protocol: more than a greeting or a ping.
            [] => matches!(said, [b'P' | b'B' | b'Q', ..]),
            words => said.windows(words.len()).any(|window| window == words),
        };
        let mut arrives = false;
        self.way.send_if_modified(|way| match (&*way, question) {
            (Way::SilentAt(words, allowed), Some(said)) if begins(words, said) => {
                arrives = *allowed == Arrives::Yes;
                *way = Way::Silent;
                true
            }
            _ => false,
        });
        if question.is_some() && *self.way.borrow() == Way::Silent {
            self.waiting.send_modify(|waiting| *waiting += 1);
        }
        if arrives {
            return true;
        }
        let mut way = self.way.subscribe();
        let way = way.wait_for(|way| *way != Way::Silent).await;
        way.is_ok_and(|way| *way != Way::Refused)
    }
}
