//! A replica whose machine is gone without a word: none of its connections is closed, and it answers nobody any more.

use crate::engine::cluster::{Cluster, is_root};
use crate::engine::program::{Program, command_of};
use crate::engine::{Rig, echo, eventually, new_comment_hook, said, until_said};
use sqlx::Connection as _;
use std::io::Write as _;
use std::net::Ipv4Addr;
use std::path::Path;
use std::process::Command;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use url::Url;

/// The server asks a silent connection after ten seconds and gives it up a quarter of a minute later; without that it keeps
/// it for two hours.
const UNTIL_MISSED: Duration = Duration::from_secs(60);

/// A machine of its own as far as the network can tell, on a cable to this one.
struct Machine {
    name: String,
    /// What this machine is called at the cable.
    here: Ipv4Addr,
    there: Ipv4Addr,
}

impl Machine {
    /// `None`: this machine cannot have one, and this is not CI.
    fn connected() -> Option<Self> {
        let block = fastrand::u8(..64) * 4;
        let subnet = fastrand::u8(..);
        let machine = Self {
            name: format!("bridge{:08x}", fastrand::u32(..)),
            here: Ipv4Addr::new(10, 203, subnet, block + 1),
            there: Ipv4Addr::new(10, 203, subnet, block + 2),
        };
        let (name, here, there) = (&machine.name, machine.here, machine.there);
        let made = is_root() && {
            [
                format!("netns add {name}"),
                format!("link add {name} type veth peer name cable netns {name}"),
                format!("addr add {here}/30 dev {name}"),
                format!("link set {name} up"),
                format!("-n {name} addr add {there}/30 dev cable"),
                format!("-n {name} link set cable up"),
                format!("-n {name} link set lo up"),
            ]
            .iter()
            .all(|step| ip(step))
        };
        if made {
            return Some(machine);
        }
        assert!(
            std::env::var("CI").is_err(),
            "root and iproute2 must be there in CI"
        );
        // Not by `eprintln`, which the test harness keeps to itself.
        let _ = writeln!(
            std::io::stderr(),
            "SKIPPED: no network namespace can be made here, no machine of a replica has vanished"
        );
        None
    }

    fn unplug(&self) {
        assert!(ip(&format!("-n {} link set cable down", self.name)));
    }

    /// How a server of this machine is reached from the other.
    async fn reach(&self, server: &Url) -> String {
        let listener = TcpListener::bind((self.here, 0)).await.unwrap();
        let mut url = server.clone();
        url.set_ip_host(self.here.into()).unwrap();
        url.set_port(Some(listener.local_addr().unwrap().port()))
            .unwrap();
        let server = server.socket_addrs(|| None).unwrap()[0];
        tokio::spawn(async move {
            while let Ok((mut from, _)) = listener.accept().await {
                tokio::spawn(async move {
                    let mut to = TcpStream::connect(server).await.unwrap();
                    let _ = tokio::io::copy_bidirectional(&mut from, &mut to).await;
                });
            }
        });
        url.to_string()
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        // Its end of the cable goes with it, and so does ours.
        ip(&format!("netns del {}", self.name));
    }
}

fn ip(arguments: &str) -> bool {
    let done = Command::new("ip").args(arguments.split(' ')).status();
    done.is_ok_and(|status| status.success())
}

#[tokio::test(flavor = "multi_thread")]
async fn ops_01_polling_is_taken_over_from_a_replica_whose_machine_is_gone_without_a_word() {
    let Some(machine) = Machine::connected() else {
        return;
    };
    let Some(cluster) = Cluster::start(Some(machine.here)) else {
        assert!(std::env::var("CI").is_err(), "initdb must be there in CI");
        let _ = writeln!(std::io::stderr(), "SKIPPED: there is no initdb");
        return;
    };
    let rig = Rig::new().await.with("DATABASE_URL", &cluster.url);
    let program = env!("CARGO_BIN_EXE_tg-bridge");
    let arguments = ["netns", "exec", &machine.name, program, "run"];
    let mut command = command_of(Path::new("ip"), &rig, &arguments);
    command
        .env(
            "DATABASE_URL",
            cluster.url.replace("127.0.0.1", &machine.here.to_string()),
        )
        .env("TELEGRAM_API_URL", machine.reach(rig.telegram.url()).await)
        // Okdesk is called in the open on one's own machine only, and it has no part in this.
        .env("HELPDESK", "zenlix")
        .env_remove("OKDESK_API_URL")
        .env_remove("OKDESK_API_TOKEN");
    let far = Program::spawn(command).await;
    let anna = rig.telegram.user(101, "Анна");
    anna.send_text("/start");
    eventually(|| anna.chat().from_bot().pop()).await;

    let near = rig.try_start(echo).await.unwrap();
    let boris = rig.telegram.user(102, "Борис");
    machine.unplug();
    // Something is on its way to the other replica, and will not be acknowledged.
    assert_eq!(rig.post(&near, new_comment_hook(1, 1)).await, 200);
    boris.send_text("кто здесь?");
    let heard = tokio::time::timeout(UNTIL_MISSED, async {
        while said(&boris, "кто здесь?") == 0 {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    });
    heard.await.expect("nobody fetches updates any more");
    boris.send_text("хорошо");
    until_said(&boris, "хорошо").await;
    assert_eq!(said(&boris, "кто здесь?"), 1);
    // Nor does anything else of it stay in the server.
    let mut server = sqlx::PgConnection::connect(&cluster.url).await.unwrap();
    let forgotten = tokio::time::timeout(UNTIL_MISSED, async {
        loop {
            let sessions: i64 = sqlx::query_scalar(
                "SELECT count(*) FROM pg_stat_activity WHERE host(client_addr) = $1",
            )
            .bind(machine.there.to_string())
            .fetch_one(&mut server)
            .await
            .unwrap();
            if sessions == 0 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    });
    forgotten.await.expect("its sessions stay");
    near.stop().await;
    far.signal("-KILL").await;
}
