//! A running `tg-bridge demo` and what one can do to it from outside: the binary, its address, and HTTP.

#![allow(dead_code)]

use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use std::process::Stdio;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// Long enough for a machine that does ten other things; nothing waits for it when all is well.
const PATIENCE: Duration = Duration::from_secs(30);

/// The client whose number Okdesk knows.
pub(crate) const ANNA: u64 = 1001;

/// The program under test, as a newcomer starts it.
pub(crate) struct Demo {
    child: Child,
    pub(crate) url: String,
    /// Where the program keeps what it must not leave behind.
    folder: TempDir,
    pub(crate) http: reqwest::Client,
}

impl Demo {
    pub(crate) async fn start() -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = tempfile::tempdir().unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_tg-bridge"))
            .args(["demo", "--port", "0"])
            .env("TMPDIR", folder.path())
            // The demonstration needs no configuration, and must not be led astray by one.
            .env("BOT_TOKEN", "12345:somebody-elses")
            .env("OKDESK_API_URL", "http://127.0.0.1:9/")
            .current_dir(folder.path())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let url = tokio::time::timeout(PATIENCE, async {
            loop {
                let line = lines
                    .next_line()
                    .await
                    .unwrap()
                    .expect("the demo ended before it told its address");
                if let Some(at) = line.find("http://127.0.0.1:") {
                    break line[at..]
                        .split_whitespace()
                        .next()
                        .unwrap()
                        .trim_end_matches('/')
                        .to_owned();
                }
            }
        })
        .await
        .expect("the demo did not tell its address");
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Self {
            child,
            url,
            folder,
            http: reqwest::Client::new(),
        }
    }

    /// Asks the program to stop, as a service manager or Ctrl-C does, and looks at what is left.
    pub(crate) async fn stop(mut self, signal: &str) {
        let pid = self.child.id().unwrap().to_string();
        assert!(
            Command::new("kill")
                .args([signal, &pid])
                .status()
                .await
                .unwrap()
                .success()
        );
        let status = tokio::time::timeout(PATIENCE, self.child.wait())
            .await
            .expect("the demo did not stop")
            .unwrap();
        assert!(status.success(), "{status}");
        let left: Vec<_> = std::fs::read_dir(self.folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        assert!(left.is_empty(), "left behind: {left:?}");
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        let answer = self
            .http
            .get(format!("{}/{path}", self.url))
            .send()
            .await
            .unwrap();
        let status = answer.status();
        let text = answer.text().await.unwrap();
        assert!(status.is_success(), "{path}: {status} {text}");
        serde_json::from_str(&text).unwrap()
    }

    pub(crate) async fn bytes(&self, path: &str) -> Vec<u8> {
        let answer = self
            .http
            .get(format!("{}/{path}", self.url))
            .send()
            .await
            .unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        answer.bytes().await.unwrap().to_vec()
    }

    pub(crate) async fn post(&self, path: &str, body: Value) {
        let answer = self
            .http
            .post(format!("{}/{path}", self.url))
            .json(&body)
            .send()
            .await
            .unwrap();
        let status = answer.status();
        assert!(
            status.is_success(),
            "{path}: {status} {}",
            answer.text().await.unwrap()
        );
    }

    pub(crate) async fn post_form(&self, path: &str, form: Form) {
        let answer = self
            .http
            .post(format!("{}/{path}", self.url))
            .multipart(form)
            .send()
            .await
            .unwrap();
        let status = answer.status();
        assert!(
            status.is_success(),
            "{path}: {status} {}",
            answer.text().await.unwrap()
        );
    }

    /// Asks until the answer holds what is looked for.
    pub(crate) async fn until<T>(
        &self,
        what: &str,
        path: &str,
        find: impl Fn(&Value) -> Option<T>,
    ) -> T {
        let begun = Instant::now();
        loop {
            let state = self.get(path).await;
            if let Some(found) = find(&state) {
                return found;
            }
            assert!(
                begun.elapsed() < PATIENCE,
                "waited in vain for {what}; {path} is {state:#}"
            );
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
    }

    // ---- the client -------------------------------------------------------------------------------------------------

    pub(crate) async fn say(&self, client: u64, text: &str) {
        self.post(&format!("api/chat/{client}/text"), json!({ "text": text }))
            .await;
    }

    /// Waits for a message of the bot after `after` that fits; gives the message.
    pub(crate) async fn message(
        &self,
        client: u64,
        after: u64,
        what: &str,
        fits: impl Fn(&Value) -> bool,
    ) -> Value {
        self.until(what, "api/chat", |state| {
            let messages = state["chats"][client.to_string()]["messages"].as_array()?;
            messages
                .iter()
                .find(|message| {
                    message["from_bot"] == true
                        && message["id"].as_u64() > Some(after)
                        && fits(message)
                })
                .cloned()
        })
        .await
    }

    /// Waits for a button whose data begins like this, presses it, and gives the number of its message.
    pub(crate) async fn press(&self, client: u64, after: u64, data: &str) -> u64 {
        self.press_where(client, after, data, |found| found.starts_with(data))
            .await
    }

    pub(crate) async fn press_where(
        &self,
        client: u64,
        after: u64,
        what: &str,
        fits: impl Fn(&str) -> bool,
    ) -> u64 {
        let message = self
            .message(client, after, what, |message| callbacks(message).any(&fits))
            .await;
        let (id, data) = (
            message["id"].as_u64().unwrap(),
            callbacks(&message).find(|data| fits(data)).unwrap(),
        );
        self.post(
            &format!("api/chat/{client}/press"),
            json!({ "message": id, "data": data }),
        )
        .await;
        id
    }

    /// Sends files as one message or album.
    pub(crate) async fn send_files(
        &self,
        client: u64,
        kind: &str,
        caption: &str,
        files: &[(&str, &[u8])],
    ) {
        let mut form = Form::new()
            .text("as", kind.to_owned())
            .text("caption", caption.to_owned());
        for (name, bytes) in files {
            form = form.part(
                "file",
                Part::bytes(bytes.to_vec()).file_name((*name).to_owned()),
            );
        }
        self.post_form(&format!("api/chat/{client}/files"), form)
            .await;
    }

    // ---- the agent --------------------------------------------------------------------------------------------------

    pub(crate) async fn employee(&self) -> u64 {
        self.get("api/desk").await["employees"][0]["id"]
            .as_u64()
            .unwrap()
    }

    pub(crate) async fn issue(&self, id: u64, what: &str, fits: impl Fn(&Value) -> bool) -> Value {
        self.until(what, "api/desk", |state| {
            state["issues"]
                .as_array()?
                .iter()
                .find(|issue| issue["id"] == id && fits(issue))
                .cloned()
        })
        .await
    }

    pub(crate) async fn comment(
        &self,
        issue: u64,
        public: bool,
        text: &str,
        files: &[(&str, &[u8])],
    ) {
        let mut form = Form::new()
            .text("content", text.to_owned())
            .text("public", public.to_string())
            .text("employee", self.employee().await.to_string());
        for (name, bytes) in files {
            form = form.part(
                "file",
                Part::bytes(bytes.to_vec()).file_name((*name).to_owned()),
            );
        }
        self.post_form(&format!("api/desk/issues/{issue}/comments"), form)
            .await;
    }

    pub(crate) async fn set_status(&self, issue: u64, code: &str) {
        let employee = self.employee().await;
        self.post(
            &format!("api/desk/issues/{issue}/status"),
            json!({ "status": code, "employee": employee }),
        )
        .await;
    }
}

/// What the buttons under a message carry.
pub(crate) fn callbacks(message: &Value) -> impl Iterator<Item = &str> {
    let rows = message["buttons"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_array);
    rows.flatten()
        .filter_map(|button| button["callback_data"].as_str())
}

/// The files of a message or of an attachment list, by name.
pub(crate) fn named<'a>(files: &'a Value, name: &str) -> Option<&'a Value> {
    files.as_array()?.iter().find(|file| file["name"] == name)
}

/// A PNG of one colour, large enough that nothing takes it for a thumbnail.
pub(crate) fn png(red: u8) -> Vec<u8> {
    let (width, height) = (320_u32, 200_u32);
    let row: Vec<u8> = std::iter::once(0)
        .chain([red, 90, 160].into_iter().cycle().take(width as usize * 3))
        .collect();
    let raw: Vec<u8> = row
        .iter()
        .copied()
        .cycle()
        .take(row.len() * height as usize)
        .collect();
    // Stored blocks of deflate: no compressor is needed to make a right file.
    let mut packed = vec![0x78, 0x01];
    let blocks = raw.chunks(0xffff).count();
    for (number, block) in raw.chunks(0xffff).enumerate() {
        let length = block.len() as u16;
        packed.push(u8::from(number + 1 == blocks));
        packed.extend(length.to_le_bytes());
        packed.extend((!length).to_le_bytes());
        packed.extend(block);
    }
    let (a, b) = raw.iter().fold((1_u32, 0_u32), |(a, b), byte| {
        let a = (a + u32::from(*byte)) % 65521;
        (a, (b + a) % 65521)
    });
    packed.extend((b << 16 | a).to_be_bytes());
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut header = [width.to_be_bytes(), height.to_be_bytes()].concat();
    header.extend([8, 2, 0, 0, 0]);
    for (kind, data) in [
        (b"IHDR", &header),
        (b"IDAT", &packed),
        (b"IEND", &Vec::new()),
    ] {
        file.extend((data.len() as u32).to_be_bytes());
        let sum = crc(kind.iter().chain(data.iter()));
        file.extend(kind);
        file.extend(data);
        file.extend(sum.to_be_bytes());
    }
    file
}

fn crc<'a>(bytes: impl Iterator<Item = &'a u8>) -> u32 {
    !bytes.fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| {
            if sum & 1 == 1 {
                sum >> 1 ^ 0xedb8_8320
            } else {
                sum >> 1
            }
        })
    })
}

/// A PDF that is one by its first and last words; its middle is any bytes, as in real ones.
pub(crate) fn pdf() -> Vec<u8> {
    let middle = (0..=255_u8).cycle().take(70_000);
    b"%PDF-1.4\n"
        .iter()
        .copied()
        .chain(middle)
        .chain(*b"\n%%EOF\n")
        .collect()
}
