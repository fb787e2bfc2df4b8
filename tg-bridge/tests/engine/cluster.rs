//! A PostgreSQL server of one's own, which can be killed and reached by an address of one's own.

use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::process::Command;
use tempfile::TempDir;

/// A PostgreSQL server in a temporary folder.
pub struct Cluster {
    folder: TempDir,
    binaries: PathBuf,
    also: Option<Ipv4Addr>,
    pub port: u16,
    pub url: String,
}

impl Cluster {
    /// A server that listens here and, if it is asked to, on another address of this machine. `None`: there is no `initdb`.
    pub fn start(also: Option<Ipv4Addr>) -> Option<Self> {
        let mut places: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
            .into_iter()
            .flatten()
            .flatten()
            .map(|version| version.path().join("bin"))
            .collect();
        places.extend(std::env::split_paths(
            &std::env::var_os("PATH").unwrap_or_default(),
        ));
        let binaries = places
            .into_iter()
            .find(|place| place.join("initdb").exists() && place.join("postgres").exists())?;
        let folder = tempfile::Builder::new()
            .prefix("crash-pg-")
            .tempdir_in("/tmp")
            .unwrap();
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let cluster = Self {
            url: format!("postgres://bridge@127.0.0.1:{port}/postgres"),
            folder,
            binaries,
            also,
            port,
        };
        if is_root() {
            let own = Command::new("chown")
                .arg("postgres")
                .arg(cluster.folder.path())
                .status();
            assert!(own.unwrap().success());
        }
        let data = cluster.data();
        cluster.tool(
            "initdb",
            &[
                "-D",
                &data,
                "-U",
                "bridge",
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--locale=C",
            ],
        );
        if also.is_some() {
            let rules = cluster.folder.path().join("data/pg_hba.conf");
            std::fs::write(rules, "host all all 0.0.0.0/0 trust\n").unwrap();
        }
        cluster.up();
        Some(cluster)
    }

    fn data(&self) -> String {
        self.folder.path().join("data").display().to_string()
    }

    fn up(&self) {
        let also = self.also.map(|address| format!(",{address}"));
        let options = format!(
            "-p {} -k {} -h 127.0.0.1{}",
            self.port,
            self.folder.path().display(),
            also.unwrap_or_default()
        );
        let log = self.folder.path().join("log").display().to_string();
        self.tool(
            "pg_ctl",
            &[
                "-D",
                &self.data(),
                "-o",
                &options,
                "-l",
                &log,
                "-w",
                "start",
            ],
        );
    }

    /// As if the power had failed: no connection is ended in good order, and the log is read again.
    pub fn crash_and_restart(&self) {
        self.tool(
            "pg_ctl",
            &["-D", &self.data(), "-m", "immediate", "-w", "stop"],
        );
        self.up();
    }

    /// The server refuses to run as root.
    fn tool(&self, name: &str, arguments: &[&str]) {
        let tool = self.binaries.join(name);
        let mut command = if is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(tool);
            command
        } else {
            Command::new(tool)
        };
        let done = command
            .args(arguments)
            .current_dir(self.folder.path())
            .stdin(std::process::Stdio::null())
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .status()
            .unwrap();
        assert!(done.success(), "{name} {arguments:?}: {done}");
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.tool(
            "pg_ctl",
            &["-D", &self.data(), "-m", "immediate", "-w", "stop"],
        );
    }
}

pub fn is_root() -> bool {
    let own = Command::new("id").arg("-u").output().unwrap();
    own.stdout == b"0\n"
}
