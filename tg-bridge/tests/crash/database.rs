//! The databases the bridge runs on here: a file, a schema of a server that runs anyway, or a server of one's own that
//! can be killed. What the harness asks of each is text.

use sqlx::{AssertSqlSafe, PgPool, Row as _, SqlitePool};
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// Which.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Engine {
    Sqlite,
    Postgres,
}

pub(crate) struct Database {
    pub(crate) engine: Engine,
    pub(crate) url: String,
    pub(crate) cluster: Option<Cluster>,
    schema: Option<(String, String)>,
}

pub(crate) type Rows = Vec<Vec<Option<String>>>;

impl Database {
    pub(crate) fn sqlite(folder: &Path) -> Self {
        Self {
            engine: Engine::Sqlite,
            url: format!("sqlite:{}", folder.join("bridge.db").display()),
            cluster: None,
            schema: None,
        }
    }

    /// A schema of the server that `TEST_POSTGRES_URL` names.
    pub(crate) async fn postgres() -> Option<Self> {
        let Ok(server) = std::env::var("TEST_POSTGRES_URL") else {
            assert!(
                std::env::var("CI").is_err(),
                "TEST_POSTGRES_URL must be set in CI"
            );
            eprintln!("SKIPPED: TEST_POSTGRES_URL is not set, PostgreSQL was not tried");
            return None;
        };
        let schema = format!("crash_{:016x}", fastrand::u64(..));
        let admin = PgPool::connect(&server).await.unwrap();
        sqlx::query(AssertSqlSafe(format!("CREATE SCHEMA {schema}")))
            .execute(&admin)
            .await
            .unwrap();
        admin.close().await;
        let mark = if server.contains('?') { '&' } else { '?' };
        Some(Self {
            engine: Engine::Postgres,
            url: format!(
                "{server}{mark}options=-csearch_path%3D{schema}&application_name={schema}"
            ),
            cluster: None,
            schema: Some((server, schema)),
        })
    }

    /// A server of one's own.
    pub(crate) async fn own_postgres() -> Option<Self> {
        let Some(cluster) = Cluster::start() else {
            assert!(std::env::var("CI").is_err(), "initdb must be there in CI");
            eprintln!("SKIPPED: there is no initdb, PostgreSQL was not restarted under the bridge");
            return None;
        };
        Some(Self {
            engine: Engine::Postgres,
            url: cluster.url.clone(),
            cluster: Some(cluster),
            schema: None,
        })
    }

    /// Runs statements without results.
    pub(crate) async fn run(&self, statements: &[String]) {
        match self.engine {
            Engine::Sqlite => {
                let pool = SqlitePool::connect(&self.url).await.unwrap();
                for sql in statements {
                    sqlx::query(AssertSqlSafe(sql.clone()))
                        .execute(&pool)
                        .await
                        .unwrap();
                }
                pool.close().await;
            }
            Engine::Postgres => {
                let pool = PgPool::connect(&self.url).await.unwrap();
                for sql in statements {
                    sqlx::query(AssertSqlSafe(sql.clone()))
                        .execute(&pool)
                        .await
                        .unwrap();
                }
                pool.close().await;
            }
        }
    }

    /// Rows of columns, all of which the statement makes text.
    pub(crate) async fn rows(&self, sql: &str) -> Rows {
        macro_rules! read {
            ($pool:ty) => {{
                let pool = <$pool>::connect(&self.url).await.unwrap();
                let rows = sqlx::query(AssertSqlSafe(sql.to_owned()))
                    .fetch_all(&pool)
                    .await
                    .unwrap();
                let read = rows
                    .iter()
                    .map(|row| (0..row.len()).map(|n| row.get(n)).collect())
                    .collect();
                pool.close().await;
                read
            }};
        }
        match self.engine {
            Engine::Sqlite => read!(SqlitePool),
            Engine::Postgres => read!(PgPool),
        }
    }

    /// Cuts the bridge's connections, as a failing server does.
    pub(crate) async fn cut_connections(&self) {
        let (Some((server, schema)), Ok(admin)) = (
            self.schema.as_ref(),
            PgPool::connect(self.schema.as_ref().map_or("", |(server, _)| server)).await,
        ) else {
            return;
        };
        let _ = server;
        let sql = format!(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '{schema}'"
        );
        let _ = sqlx::query(AssertSqlSafe(sql)).execute(&admin).await;
        admin.close().await;
    }

    pub(crate) async fn drop(self) {
        if let Some((server, schema)) = self.schema {
            let admin = PgPool::connect(&server).await.unwrap();
            sqlx::query(AssertSqlSafe(format!("DROP SCHEMA {schema} CASCADE")))
                .execute(&admin)
                .await
                .unwrap();
        }
    }
}

/// A PostgreSQL server in a temporary folder.
pub(crate) struct Cluster {
    folder: TempDir,
    binaries: PathBuf,
    port: u16,
    url: String,
}

impl Cluster {
    fn start() -> Option<Self> {
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
        let port = super::free_port();
        let cluster = Self {
            url: format!("postgres://bridge@127.0.0.1:{port}/postgres"),
            folder,
            binaries,
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
        cluster.up();
        Some(cluster)
    }

    fn data(&self) -> String {
        self.folder.path().join("data").display().to_string()
    }

    fn up(&self) {
        let options = format!("-p {} -k {}", self.port, self.folder.path().display());
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
    pub(crate) fn crash_and_restart(&self) {
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

fn is_root() -> bool {
    let own = Command::new("id").arg("-u").output().unwrap();
    own.stdout == b"0\n"
}
