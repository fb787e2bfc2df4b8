//! Files on their way from Okdesk: two steps in one call, and no token for the file host.

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::io::AsyncWriteExt;
use tokio::time::{Instant, timeout};
use url::Url;

use crate::client::{Call, CallOptions, Client, record};
use crate::error::{Delivery, Error, ErrorKind, Failure};
use crate::model::Attachment;
use crate::operation::Method;
use crate::transport::{ByteStream, Request, RequestBody, Response, TransportErrorKind};
use crate::upload::safe_file_name;

/// Fetches an attached file.
///
/// Okdesk hands out an address that lives for 30 seconds; it is asked for right before it is used, and asked for anew if
/// it has died. The address belongs to another host, which gets neither token nor `Referer`.
#[derive(Clone)]
#[must_use = "nothing is fetched until save_to, save_in or open is awaited"]
pub struct Download {
    call: Call,
    max_bytes: Option<u64>,
    progress: Option<Progress>,
}

type Progress = Arc<dyn Fn(u64, Option<u64>) + Send + Sync>;

/// A file that has been saved.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Saved {
    /// Where it is.
    pub path: PathBuf,
    /// How long it is.
    pub bytes: u64,
    /// What Okdesk knows of it.
    pub attachment: Attachment,
}

/// A file that is open for reading.
#[derive(Debug)]
#[non_exhaustive]
pub struct OpenFile {
    /// What Okdesk knows of it.
    pub attachment: Attachment,
    /// How long it is, if the file host says so.
    pub length: Option<u64>,
    /// The media type, if the file host says so.
    pub content_type: Option<String>,
    /// The bytes.
    pub stream: FileStream,
}

/// The bytes of a file; ends with an error if there are too many, or none comes for too long.
pub struct FileStream {
    download: Download,
    body: ByteStream,
    received: u64,
    length: Option<u64>,
    started: Instant,
}

enum Place {
    Path(PathBuf),
    Folder(PathBuf),
}

/// Addresses of files may point on, but not for ever.
const MOST_REDIRECTS: u8 = 5;

impl Download {
    pub(crate) fn new(call: Call) -> Self {
        Self {
            call,
            max_bytes: None,
            progress: None,
        }
    }

    /// Refuses a longer file, at the latest when the byte too many comes.
    pub fn max_bytes(mut self, bytes: u64) -> Self {
        self.max_bytes = Some(bytes);
        self
    }

    /// Told how many bytes have come, and of how many.
    pub fn on_progress(
        mut self,
        progress: impl Fn(u64, Option<u64>) + Send + Sync + 'static,
    ) -> Self {
        self.progress = Some(Arc::new(progress));
        self
    }

    /// Options of this call only.
    pub fn with_options(mut self, options: CallOptions) -> Self {
        self.call.options = options;
        self
    }

    /// Saves the file under this path, which is replaced if it exists. Until all of it is there its name ends in `.part`.
    ///
    /// A download that breaks off is begun anew, as often as the retry policy says.
    ///
    /// # Errors
    /// Beside those of any call: [`ErrorKind::TooLarge`], [`ErrorKind::Download`], [`ErrorKind::Disk`]. Nothing is left on
    /// the disk then.
    pub async fn save_to(self, path: impl Into<PathBuf>) -> Result<Saved, Error> {
        self.save(Place::Path(path.into())).await
    }

    /// Saves the file in this folder under its own name, made safe.
    ///
    /// # Errors
    /// As [`save_to`](Self::save_to).
    pub async fn save_in(self, folder: impl Into<PathBuf>) -> Result<Saved, Error> {
        self.save(Place::Folder(folder.into())).await
    }

    /// Opens the file for reading.
    ///
    /// # Errors
    /// Beside those of any call: [`ErrorKind::TooLarge`] if the file host says so, [`ErrorKind::Download`].
    pub async fn open(self) -> Result<OpenFile, Error> {
        let mut attempt = 1;
        loop {
            match self.open_once().await {
                Ok(file) => return Ok(file),
                Err(error) => self.again(&mut attempt, error).await?,
            }
        }
    }

    /// All bytes in memory. Set [`max_bytes`](Self::max_bytes).
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub async fn bytes(self) -> Result<Bytes, Error> {
        let mut attempt = 1;
        loop {
            match self.bytes_once().await {
                Ok(bytes) => return Ok(bytes),
                Err(error) => self.again(&mut attempt, error).await?,
            }
        }
    }

    async fn save(self, place: Place) -> Result<Saved, Error> {
        let mut attempt = 1;
        loop {
            match self.save_once(&place).await {
                Ok(saved) => return Ok(saved),
                Err(error) => self.again(&mut attempt, error).await?,
            }
        }
    }

    /// Waits for the next try, or gives the error back. Asking for the address has tries of its own.
    async fn again(&self, attempt: &mut u32, error: Error) -> Result<(), Error> {
        let inner = &self.client().0;
        let policy = self.call.options.retry.as_ref().unwrap_or(&inner.retry);
        let broken = error.kind() == ErrorKind::Download
            && error.status().is_none_or(|status| status >= 500);
        if !broken || *attempt >= policy.max_attempts || !inner.budget.take() {
            return Err(error);
        }
        tokio::time::sleep(policy.delay(*attempt, fastrand::f64(), error.retry_after())).await;
        *attempt += 1;
        Ok(())
    }

    fn client(&self) -> &Client {
        &self.call.client
    }

    async fn bytes_once(&self) -> Result<Bytes, Error> {
        let mut file = self.open_once().await?;
        let mut bytes = Vec::new();
        while let Some(piece) = file.stream.next().await {
            bytes.extend_from_slice(&piece?);
        }
        Ok(bytes.into())
    }

    async fn save_once(&self, place: &Place) -> Result<Saved, Error> {
        let file = self.open_once().await?;
        let path = match place {
            Place::Path(path) => path.clone(),
            Place::Folder(folder) => {
                folder.join(safe_file_name(&file.attachment.attachment_file_name))
            }
        };
        write_to(file, path).await
    }

    /// Asks for the address and opens it; an address that has died meanwhile is asked for once more.
    async fn open_once(&self) -> Result<OpenFile, Error> {
        let started = Instant::now();
        let mut fresh = false;
        loop {
            let (attachment, _) = self.call.clone().send(record::<Attachment>).await?;
            let address = attachment
                .attachment_url
                .as_deref()
                .filter(|url| !url.is_empty());
            let Some(address) = address else {
                return Err(self.failed(
                    started,
                    ErrorKind::Download,
                    "Okdesk gave no address for the file",
                ));
            };
            let response = self.follow(address, started).await?;
            match response.status() {
                200 => return self.opened(attachment, response, started),
                401 | 403 | 404 | 410 if !fresh => fresh = true,
                status => {
                    let mut failure = Failure::new(
                        ErrorKind::Download,
                        Delivery::Rejected,
                        format!("the file host answered {status}"),
                    );
                    failure.status = Some(status);
                    return Err(self.error(failure, started));
                }
            }
        }
    }

    /// Gets the address, and those it points to, without token and without `Referer`.
    async fn follow(&self, address: &str, started: Instant) -> Result<Response, Error> {
        let inner = &self.client().0;
        let mut url = Url::parse(address)
            .or_else(|_| inner.base.join(address))
            .map_err(|_| {
                self.failed(
                    started,
                    ErrorKind::Download,
                    "the address of the file cannot be understood",
                )
            })?;
        for _ in 0..=MOST_REDIRECTS {
            self.check_scheme(&url, started)?;
            let request = Request {
                method: Method::Get,
                url: url.clone(),
                token: None,
                headers: &[],
                body: RequestBody::default(),
            };
            let limit = self
                .call
                .options
                .attempt
                .or(inner.timeouts.attempt)
                .unwrap_or(Duration::MAX);
            let response = match timeout(limit, inner.transport.send(request)).await {
                Ok(Ok(response)) => response,
                Ok(Err(error)) => {
                    let delivery = match error.kind() {
                        TransportErrorKind::Connect => Delivery::NotSent,
                        _ => Delivery::Unknown,
                    };
                    let failure = Failure::new(
                        ErrorKind::Download,
                        delivery,
                        "the file host could not be reached",
                    );
                    return Err(self.error(failure.with_source(error), started));
                }
                Err(_) => {
                    return Err(self.failed(
                        started,
                        ErrorKind::Download,
                        "the file host did not answer in time",
                    ));
                }
            };
            let next = match (response.status(), response.header("location")) {
                (300..400, Some(location)) => url.join(location).ok(),
                _ => return Ok(response),
            };
            url = next.ok_or_else(|| {
                self.failed(
                    started,
                    ErrorKind::Download,
                    "the file host points to nowhere",
                )
            })?;
        }
        Err(self.failed(
            started,
            ErrorKind::Download,
            "the file host points on and on",
        ))
    }

    fn check_scheme(&self, url: &Url, started: Instant) -> Result<(), Error> {
        let loopback = url
            .host()
            .is_some_and(|host| crate::client::is_loopback(&host));
        match url.scheme() {
            "https" => Ok(()),
            "http" if loopback || self.client().0.plain_http => Ok(()),
            _ => Err(self.failed(
                started,
                ErrorKind::Download,
                "the file would come over plain http, which anybody could change",
            )),
        }
    }

    fn opened(
        &self,
        attachment: Attachment,
        response: Response,
        started: Instant,
    ) -> Result<OpenFile, Error> {
        let length = response
            .header("content-length")
            .and_then(|length| length.parse().ok());
        let content_type = response.header("content-type").map(str::to_owned);
        let encoded = response
            .header("content-encoding")
            .is_some_and(|encoding| encoding != "identity");
        let length = length.filter(|_| !encoded);
        if let (Some(length), Some(most)) = (length, self.max_bytes)
            && length > most
        {
            return Err(self.too_large(most, started));
        }
        let (_, body) = response.into_parts();
        let stream = FileStream {
            download: self.clone(),
            body,
            received: 0,
            length,
            started,
        };
        Ok(OpenFile {
            attachment,
            length,
            content_type,
            stream,
        })
    }

    fn too_large(&self, most: u64, started: Instant) -> Error {
        self.failed(
            started,
            ErrorKind::TooLarge,
            &format!("the file is longer than {most} bytes"),
        )
    }

    fn failed(&self, started: Instant, kind: ErrorKind, message: &str) -> Error {
        self.error(Failure::new(kind, Delivery::Unknown, message), started)
    }

    fn error(&self, mut failure: Failure, started: Instant) -> Error {
        failure.source = failure
            .source
            .map(|source| self.client().0.redactor.source(source));
        failure.into_error(
            self.call.operation.id,
            self.call.describe(),
            1,
            started.elapsed(),
        )
    }
}

impl FileStream {
    /// The next piece; `None` at the end.
    pub async fn next(&mut self) -> Option<Result<Bytes, Error>> {
        let stall = self
            .download
            .client()
            .0
            .timeouts
            .stall
            .unwrap_or(Duration::MAX);
        let piece = match timeout(stall, self.body.next()).await {
            Ok(Some(Ok(piece))) => piece,
            Ok(Some(Err(error))) => {
                return Some(
                    Err(self.broken("the file broke off").with_source(error))
                        .map_err(|failure| self.error(failure)),
                );
            }
            Ok(None) => return self.ended(),
            Err(_) => {
                let message = format!("no byte of the file came for {:.1} s", stall.as_secs_f64());
                return Some(Err(self.error(self.broken(&message))));
            }
        };
        self.received += u64::try_from(piece.len()).unwrap_or_default();
        if let Some(most) = self.download.max_bytes
            && self.received > most
        {
            return Some(Err(self.download.too_large(most, self.started)));
        }
        if let Some(progress) = &self.download.progress {
            progress(self.received, self.length);
        }
        Some(Ok(piece))
    }

    /// Fewer bytes than announced are not the file.
    fn ended(&self) -> Option<Result<Bytes, Error>> {
        match self.length {
            Some(length) if length != self.received => {
                let message = format!("the file ended after {} of {length} bytes", self.received);
                Some(Err(self.error(self.broken(&message))))
            }
            _ => None,
        }
    }

    fn broken(&self, message: &str) -> Failure {
        Failure::new(ErrorKind::Download, Delivery::Unknown, message)
    }

    fn error(&self, failure: Failure) -> Error {
        self.download.error(failure, self.started)
    }
}

/// Writes beside the place, then moves there; what is not finished is taken away.
async fn write_to(file: OpenFile, path: PathBuf) -> Result<Saved, Error> {
    let mut part = path.clone().into_os_string();
    part.push(".part");
    let part = PathBuf::from(part);
    let download = file.stream.download.clone();
    let started = file.stream.started;
    let disk = |error: io::Error| {
        let message = format!("{} cannot be written", path.display());
        download.error(
            Failure::new(ErrorKind::Disk, Delivery::Unknown, message).with_source(error),
            started,
        )
    };
    let guard = RemoveOnDrop(Some(part.clone()));
    let OpenFile {
        attachment,
        mut stream,
        ..
    } = file;
    let mut target = tokio::fs::File::create(&part).await.map_err(disk)?;
    while let Some(piece) = stream.next().await {
        target.write_all(&piece?).await.map_err(disk)?;
    }
    target.flush().await.map_err(disk)?;
    target.sync_all().await.map_err(disk)?;
    drop(target);
    tokio::fs::rename(&part, &path).await.map_err(disk)?;
    guard.keep();
    Ok(Saved {
        path,
        bytes: stream.received,
        attachment,
    })
}

/// Also works when the future is dropped half-way.
struct RemoveOnDrop(Option<PathBuf>);

impl RemoveOnDrop {
    fn keep(mut self) {
        self.0 = None;
    }
}

impl Drop for RemoveOnDrop {
    fn drop(&mut self) {
        if let Some(path) = self.0.take() {
            let _ = std::fs::remove_file(path);
        }
    }
}

impl fmt::Debug for Download {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Download")
            .field("call", &self.call.describe())
            .field("max_bytes", &self.max_bytes)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for FileStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileStream")
            .field("received", &self.received)
            .field("length", &self.length)
            .finish_non_exhaustive()
    }
}
