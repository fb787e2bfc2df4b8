//! Recorded bodies, sent again.

use std::path::{Path, PathBuf};
use std::{fs, io};

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::Full;
use tower_service::Service;

/// Recorded bodies in the order of their names.
///
/// Record them by writing [`Delivery::body`](crate::receiver::Delivery) to files.
#[derive(Debug, Clone, Default)]
pub struct Replay {
    bodies: Vec<(String, Bytes)>,
}

impl Replay {
    /// Reads every `*.json` (one body) and `*.jsonl` (one body per line) in a folder.
    ///
    /// # Errors
    /// When the folder or a file cannot be read.
    pub fn read_dir(folder: impl AsRef<Path>) -> io::Result<Self> {
        let mut paths: Vec<PathBuf> = fs::read_dir(folder)?
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<io::Result<_>>()?;
        paths.sort();
        let mut bodies = Vec::new();
        for path in paths {
            let name = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            match path.extension().and_then(|extension| extension.to_str()) {
                Some("json") => bodies.push((name, fs::read(&path)?.into())),
                Some("jsonl") => {
                    let lines = fs::read_to_string(&path)?;
                    let filled = lines
                        .lines()
                        .enumerate()
                        .filter(|(_, line)| !line.trim().is_empty());
                    bodies.extend(filled.map(|(at, line)| {
                        (
                            format!("{name}:{}", at + 1),
                            Bytes::copy_from_slice(line.as_bytes()),
                        )
                    }));
                }
                _ => {}
            }
        }
        Ok(Self { bodies })
    }

    /// The bodies with the names of their files; a line of `*.jsonl` is named `file:line`.
    pub fn bodies(&self) -> impl ExactSizeIterator<Item = (&str, &Bytes)> {
        self.bodies.iter().map(|(name, body)| (name.as_str(), body))
    }

    /// Sends every body to a service, one after the other, and tells what was answered. `prepare` may add
    /// proof to each request, for instance a signature with [`signed`](super::signed).
    ///
    /// # Errors
    /// The first error of the service.
    pub async fn send<S, B>(
        &self,
        service: &mut S,
        path: &str,
        prepare: impl Fn(&mut Request<Full<Bytes>>),
    ) -> Result<Vec<(String, StatusCode)>, S::Error>
    where
        S: Service<Request<Full<Bytes>>, Response = Response<B>>,
    {
        let mut answers = Vec::with_capacity(self.bodies.len());
        for (name, body) in &self.bodies {
            let mut request = super::post(path, body.clone());
            prepare(&mut request);
            std::future::poll_fn(|context| service.poll_ready(context)).await?;
            answers.push((name.clone(), service.call(request).await?.status()));
        }
        Ok(answers)
    }
}
