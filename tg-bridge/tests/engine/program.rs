//! The program as an operator runs it: settings in the environment, log lines on standard error, signals.

use super::{PATIENCE, Rig, SECRET};
use serde_json::Value;
use std::path::Path;
use std::process::{ExitStatus, Output, Stdio};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::task::JoinHandle;

/// The program with nothing in its environment but the rig's settings.
pub fn command(rig: &Rig, arguments: &[&str]) -> Command {
    command_of(Path::new(env!("CARGO_BIN_EXE_tg-bridge")), rig, arguments)
}

/// Another program, in front of the program.
pub fn command_of(program: &Path, rig: &Rig, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command
        .args(arguments)
        .current_dir(rig.database().parent().unwrap())
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .envs(rig.vars())
        .env("LOG_FORMAT", "json")
        .stdin(Stdio::null())
        .kill_on_drop(true);
    command
}

/// Runs a command of the program to its end.
pub async fn run(rig: &Rig, arguments: &[&str]) -> Output {
    finish(command(rig, arguments)).await
}

pub async fn finish(mut command: Command) -> Output {
    tokio::time::timeout(PATIENCE, command.output())
        .await
        .expect("the program does not end")
        .unwrap()
}

/// A running bridge in a process of its own.
pub struct Program {
    child: Child,
    pub address: String,
    log: Arc<Mutex<String>>,
    reader: JoinHandle<()>,
}

impl Program {
    pub async fn start(rig: &Rig) -> Self {
        Self::spawn(command(rig, &["run"])).await
    }

    /// Starts it and waits until it tells its address.
    pub async fn spawn(mut command: Command) -> Self {
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let log = Arc::new(Mutex::new(String::new()));
        let (tell, told) = tokio::sync::oneshot::channel();
        let reader = tokio::spawn({
            let (log, mut tell) = (log.clone(), Some(tell));
            async move {
                while let Ok(Some(line)) = lines.next_line().await {
                    let fields = serde_json::from_str(&line)
                        .map_or(Value::Null, |line: Value| line["fields"].clone());
                    if let (Some(address), Some(tell)) = (
                        fields["address"].as_str(),
                        tell.take_if(|_| fields["polling"].is_boolean()),
                    ) {
                        let _ = tell.send(address.to_owned());
                    }
                    let mut log = log.lock().unwrap();
                    log.push_str(&line);
                    log.push('\n');
                }
            }
        });
        let Ok(Ok(address)) = tokio::time::timeout(PATIENCE, told).await else {
            panic!("the bridge did not start: {}", log.lock().unwrap());
        };
        Self {
            child,
            address,
            log,
            reader,
        }
    }

    pub fn id(&self) -> u32 {
        self.child.id().unwrap()
    }

    pub fn webhook(&self) -> url::Url {
        format!("http://{}/okdesk/webhook/{SECRET}", self.address)
            .parse()
            .unwrap()
    }

    /// What it has logged so far.
    pub fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    pub async fn signal(&self, signal: &str) {
        let sent = Command::new("kill")
            .args([signal, &self.id().to_string()])
            .status()
            .await
            .unwrap();
        assert!(sent.success());
    }

    /// Waits for its end: how it ended, and all it logged.
    pub async fn ended(mut self, within: std::time::Duration) -> (ExitStatus, String) {
        let status = tokio::time::timeout(within, self.child.wait())
            .await
            .expect("the program does not end")
            .unwrap();
        let _ = tokio::time::timeout(PATIENCE, self.reader).await;
        let log = self.log.lock().unwrap().clone();
        (status, log)
    }

    /// Asks it to stop.
    pub async fn stop(self) -> String {
        self.signal("-TERM").await;
        let (status, log) = self.ended(PATIENCE).await;
        assert!(status.success(), "{status}: {log}");
        log
    }
}
