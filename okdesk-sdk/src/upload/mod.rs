//! Files on their way to Okdesk: from a path, from memory, or from a stream. They are read anew for each try.

mod name;

use std::fmt;
use std::future::Future;
use std::io;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt};

pub use self::name::safe_file_name;
use crate::transport::{BoxFuture, ByteStream};

/// A file to be sent.
///
/// Files go out only as part of another call: creating an issue or a comment, attaching to a maintenance entity, checking
/// a point of a check list. They are streamed, so memory does not grow with them, and read again for each try.
///
/// ```
/// use okdesk_sdk::Upload;
///
/// let photo = Upload::from_bytes("photo.jpg", vec![0xff, 0xd8]).public(true).description("the broken part");
/// assert_eq!(photo.file_name(), "photo.jpg");
/// ```
#[derive(Clone)]
pub struct Upload {
    name: String,
    source: Source,
    pub(crate) public: Option<bool>,
    pub(crate) description: Option<String>,
    content_type: Option<String>,
    progress: Option<Progress>,
}

type Progress = Arc<dyn Fn(u64, Option<u64>) + Send + Sync>;
type Reader = Pin<Box<dyn AsyncRead + Send>>;
type OpenReader = Arc<dyn Fn() -> BoxFuture<'static, io::Result<Reader>> + Send + Sync>;

#[derive(Clone)]
enum Source {
    Path(PathBuf),
    Bytes(Bytes),
    Factory(u64, OpenReader),
    Once(u64, Arc<Mutex<Option<Reader>>>),
}

impl Upload {
    fn new(name: &str, source: Source) -> Self {
        Self {
            name: safe_file_name(name),
            source,
            public: None,
            description: None,
            content_type: None,
            progress: None,
        }
    }

    /// A file on disk; it is opened when the call is made.
    #[must_use]
    pub fn from_path(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default();
        Self::new(&name, Source::Path(path))
    }

    /// Bytes in memory.
    #[must_use]
    pub fn from_bytes(name: &str, bytes: impl Into<Bytes>) -> Self {
        Self::new(name, Source::Bytes(bytes.into()))
    }

    /// Anything that can be opened again for each try; `length` is how many bytes each reader gives.
    #[must_use]
    pub fn from_factory<F, R>(
        name: &str,
        length: u64,
        open: impl Fn() -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = io::Result<R>> + Send + 'static,
        R: AsyncRead + Send + 'static,
    {
        let open: OpenReader = Arc::new(move || {
            let opening = open();
            Box::pin(async move { opening.await.map(|reader| Box::pin(reader) as Reader) })
        });
        Self::new(name, Source::Factory(length, open))
    }

    /// A reader that can be read only once: after its first byte was read the call is not repeated.
    #[must_use]
    pub fn from_reader_once(
        name: &str,
        length: u64,
        reader: impl AsyncRead + Send + 'static,
    ) -> Self {
        Self::new(
            name,
            Source::Once(length, Arc::new(Mutex::new(Some(Box::pin(reader))))),
        )
    }

    /// Whether clients may see the file. Left to Okdesk if not said.
    #[must_use]
    pub fn public(mut self, public: bool) -> Self {
        self.public = Some(public);
        self
    }

    /// A description.
    #[must_use]
    pub fn description(mut self, text: impl Into<String>) -> Self {
        self.description = Some(text.into());
        self
    }

    /// The media type; guessed from the name if not said. One that cannot stand in a header is ignored.
    #[must_use]
    pub fn content_type(mut self, media_type: impl Into<String>) -> Self {
        let media_type = media_type.into();
        let fits =
            !media_type.is_empty() && media_type.bytes().all(|byte| (0x20..0x7f).contains(&byte));
        self.content_type = fits.then_some(media_type);
        self
    }

    /// Told how many bytes have been read for sending, and of how many; begins again with each try.
    #[must_use]
    pub fn on_progress(
        mut self,
        progress: impl Fn(u64, Option<u64>) + Send + Sync + 'static,
    ) -> Self {
        self.progress = Some(Arc::new(progress));
        self
    }

    /// The name it is sent under, made safe: no path, no line ends, no quotes.
    #[must_use]
    pub fn file_name(&self) -> &str {
        &self.name
    }

    pub(crate) fn media_type(&self) -> String {
        match &self.content_type {
            Some(media_type) => media_type.clone(),
            None => mime_guess::from_path(Path::new(&self.name))
                .first_or_octet_stream()
                .essence_str()
                .to_owned(),
        }
    }

    /// Whether another try can send it.
    pub(crate) fn can_be_sent(&self) -> bool {
        match &self.source {
            Source::Once(_, reader) => reader
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .is_some(),
            _ => true,
        }
    }

    /// Opens it for one try: its length, and its bytes. Opening a path can fail, which certainly sends nothing.
    pub(crate) async fn open(&self) -> io::Result<(u64, ByteStream)> {
        let (length, reader) = match &self.source {
            Source::Bytes(bytes) => {
                let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
                return Ok((length, self.watched(length, slices(bytes.clone()))));
            }
            Source::Path(path) => {
                let file = tokio::fs::File::open(path).await?;
                let metadata = file.metadata().await?;
                if metadata.is_dir() {
                    return Err(io::Error::new(
                        io::ErrorKind::IsADirectory,
                        "is a directory",
                    ));
                }
                (metadata.len(), LateReader::Open(Box::pin(file)))
            }
            Source::Factory(length, open) => (*length, LateReader::Open(open().await?)),
            Source::Once(length, reader) => (*length, LateReader::Once(Arc::clone(reader))),
        };
        Ok((length, self.watched(length, exactly(length, reader))))
    }

    fn watched(&self, length: u64, mut stream: ByteStream) -> ByteStream {
        let Some(progress) = self.progress.clone() else {
            return stream;
        };
        let mut sent = 0u64;
        ByteStream::poll_fn(move |context| {
            let polled = Pin::new(&mut stream).poll_next(context);
            if let Poll::Ready(Some(Ok(bytes))) = &polled {
                sent += u64::try_from(bytes.len()).unwrap_or_default();
                progress(sent, Some(length));
            }
            polled
        })
    }
}

use futures_core::Stream;

/// A reader that is taken out of its place only when the first byte is wanted.
enum LateReader {
    Open(Reader),
    Once(Arc<Mutex<Option<Reader>>>),
}

/// Large enough that the hop to a thread that may block, which each piece of a file costs, does not count.
const CHUNK: usize = 256 * 1024;

/// Large memory is handed over in slices, so that progress means something.
fn slices(mut bytes: Bytes) -> ByteStream {
    ByteStream::poll_fn(move |_| {
        let slice = bytes.split_to(bytes.len().min(CHUNK));
        Poll::Ready(if slice.is_empty() {
            None
        } else {
            Some(Ok(slice))
        })
    })
}

/// Reads as many bytes as were announced; fewer or more would break the framing of the request.
fn exactly(length: u64, mut reader: LateReader) -> ByteStream {
    let mut left = length;
    let mut buffer = BytesMut::new();
    ByteStream::poll_fn(move |context| {
        if let LateReader::Once(place) = &reader {
            let taken = place.lock().unwrap_or_else(PoisonError::into_inner).take();
            match taken {
                Some(open) => reader = LateReader::Open(open),
                None => {
                    return Poll::Ready(Some(Err(io::Error::other(
                        "the reader has been used up by an earlier try",
                    ))));
                }
            }
        }
        let LateReader::Open(open) = &mut reader else {
            return Poll::Ready(None);
        };
        // Reading goes on after the last byte announced, to notice a file that has grown.
        buffer.reserve(CHUNK);
        let read = std::pin::pin!(open.read_buf(&mut buffer)).poll(context);
        match read {
            Poll::Pending => Poll::Pending,
            Poll::Ready(Err(error)) => Poll::Ready(Some(Err(error))),
            Poll::Ready(Ok(count)) => {
                let counted = u64::try_from(count).unwrap_or(u64::MAX);
                match (count, left.checked_sub(counted)) {
                    (0, _) if left == 0 => Poll::Ready(None),
                    (0, _) => Poll::Ready(Some(Err(io::Error::new(
                        io::ErrorKind::UnexpectedEof,
                        format!("the file ended {left} bytes early"),
                    )))),
                    (_, None) => Poll::Ready(Some(Err(io::Error::other(
                        "the file is longer than announced",
                    )))),
                    (_, Some(rest)) => {
                        left = rest;
                        Poll::Ready(Some(Ok(buffer.split_to(count).freeze())))
                    }
                }
            }
        }
    })
}

impl fmt::Debug for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let source = match &self.source {
            Source::Path(path) => format!("path {}", path.display()),
            Source::Bytes(bytes) => format!("{} bytes", bytes.len()),
            Source::Factory(length, _) => format!("factory of {length} bytes"),
            Source::Once(length, _) => format!("reader of {length} bytes"),
        };
        f.debug_struct("Upload")
            .field("name", &self.name)
            .field("source", &source)
            .field("public", &self.public)
            .field("description", &self.description)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn read(upload: &Upload) -> io::Result<Bytes> {
        upload.open().await?.1.collect(10 << 20).await
    }

    #[tokio::test]
    async fn every_source_gives_its_bytes_and_all_but_one_give_them_again() {
        let content = vec![7u8; 200_000];
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), &content).unwrap();
        let copy = content.clone();
        let factory = Upload::from_factory("a", 200_000, move || {
            let copy = copy.clone();
            async move { Ok(io::Cursor::new(copy)) }
        });
        for upload in [
            Upload::from_path(file.path()),
            Upload::from_bytes("a", content.clone()),
            factory,
        ] {
            assert_eq!(read(&upload).await.unwrap(), content);
            assert!(upload.can_be_sent());
            assert_eq!(read(&upload).await.unwrap(), content);
        }
        let once = Upload::from_reader_once("a", 200_000, io::Cursor::new(content.clone()));
        drop(once.open().await.unwrap());
        assert!(once.can_be_sent(), "opening alone must not use it up");
        assert_eq!(read(&once).await.unwrap(), content);
        assert!(!once.can_be_sent());
        assert!(read(&once).await.is_err());
    }

    #[tokio::test]
    async fn a_file_of_another_length_is_noticed() {
        let short = Upload::from_reader_once("a", 10, io::Cursor::new(vec![0; 9]));
        assert_eq!(
            read(&short).await.unwrap_err().kind(),
            io::ErrorKind::UnexpectedEof
        );
        let long = Upload::from_reader_once("a", 10, io::Cursor::new(vec![0; 11]));
        assert!(read(&long).await.is_err());
    }

    #[tokio::test]
    async fn progress_reaches_the_end() {
        let last = Arc::new(Mutex::new((0, None)));
        let seen = Arc::clone(&last);
        let upload = Upload::from_bytes("a", vec![0; 150_000])
            .on_progress(move |sent, of| *seen.lock().unwrap() = (sent, of));
        read(&upload).await.unwrap();
        assert_eq!(*last.lock().unwrap(), (150_000, Some(150_000)));
    }

    #[test]
    fn the_media_type_is_guessed_or_said() {
        assert_eq!(
            Upload::from_bytes("a.pdf", "").media_type(),
            "application/pdf"
        );
        assert_eq!(
            Upload::from_bytes("a", "").media_type(),
            "application/octet-stream"
        );
        assert_eq!(
            Upload::from_bytes("a", "")
                .content_type("image/png")
                .media_type(),
            "image/png"
        );
        assert_eq!(
            Upload::from_bytes("a.png", "")
                .content_type("x\r\ny")
                .media_type(),
            "image/png"
        );
    }
}
