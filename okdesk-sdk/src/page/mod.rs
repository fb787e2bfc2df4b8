//! Long lists: page by page, item by item, as a stream, from a stored cursor. No item twice, and always an end.

mod cursor;
mod item;

use std::collections::{HashSet, VecDeque};
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_core::Stream;

pub use cursor::{Cursor, ParseCursorError};
pub use item::ListItem;

use self::cursor::Position;
use crate::client::{Call, DecodeFailure, Decoding, Meta, SkippedItem, items, pieces};
use crate::error::Error;
use crate::operation::Paging;
use crate::transport::BoxFuture;

/// A piece of a list.
#[derive(Debug, Clone)]
pub struct Page<T> {
    items: Vec<T>,
    numbers: Vec<u64>,
    length: usize,
    meta: Meta,
}

impl<T> Page<T> {
    /// The items, in the order they came.
    #[must_use]
    pub fn items(&self) -> &[T] {
        &self.items
    }

    /// The items, given away.
    #[must_use]
    pub fn into_items(self) -> Vec<T> {
        self.items
    }

    /// Items that could not be understood and were left out.
    #[must_use]
    pub fn skipped(&self) -> &[SkippedItem] {
        self.meta.skipped()
    }

    /// What is known of the answer.
    #[must_use]
    pub fn meta(&self) -> &Meta {
        &self.meta
    }
}

fn decode<T: ListItem>(
    _: &Call,
    body: &Bytes,
    decoding: &mut Decoding,
) -> Result<Page<T>, DecodeFailure> {
    let pieces = pieces(body)?;
    let items: Vec<T> = items(&pieces, decoding);
    let numbers = items.iter().map(ListItem::number).collect();
    Ok(Page {
        items,
        numbers,
        length: pieces.len(),
        meta: Meta::default(),
    })
}

pub(crate) async fn fetch<T: ListItem>(call: Call) -> Result<Page<T>, Error> {
    let (page, meta) = call.send(decode).await?;
    Ok(Page { meta, ..page })
}

const fn largest(paging: Paging) -> u32 {
    match paging {
        Paging::Numbered => 50,
        _ => 100,
    }
}

/// Where the start of a page is included in it, a page of one would bring nothing new for ever.
const SMALLEST: u32 = 2;

/// A list that has grown by a page meanwhile hands out the last page again under the next number; a service that takes no
/// numbers does so for ever. This many pages in a row may bring nothing new.
const PATIENCE: u8 = 3;

pub(crate) fn set_size(call: &mut Call, items: u32) {
    call.filter(
        "page[size]",
        items.clamp(SMALLEST, largest(call.operation.paging)),
    );
}

/// Walks a list item by item.
///
/// Use [`next`](Self::next) in a loop, or the [`Stream`] it also is. Items are handed out once, even if the list moves
/// while it is read; a page that brings nothing new ends it. After an error the pager is at its end: take the
/// [`cursor`](Self::cursor) and [`resume`](Self::resume) a new one.
#[must_use = "nothing is asked for until the first item is"]
pub struct Pager<T> {
    pages: Pages<T>,
    buffer: VecDeque<(u64, T)>,
    delivered: Vec<u64>,
    left: Option<usize>,
    ahead: bool,
    skipped: Vec<SkippedItem>,
}

impl<T> Unpin for Pager<T> {}

impl<T: ListItem> Pager<T> {
    pub(crate) fn new(call: Call) -> Self {
        Self {
            pages: Pages::new(call),
            buffer: VecDeque::new(),
            delivered: Vec::new(),
            left: None,
            ahead: false,
            skipped: Vec::new(),
        }
    }
}

impl<T: ListItem> Pager<T> {
    /// The next item; `None` at the end.
    pub async fn next(&mut self) -> Option<Result<T, Error>> {
        std::future::poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    /// All items that are left, in memory.
    ///
    /// # Errors
    /// At the first page that cannot be had.
    pub async fn collect(mut self) -> Result<Vec<T>, Error> {
        let mut items = Vec::new();
        while let Some(item) = self.next().await {
            items.push(item?);
        }
        Ok(items)
    }

    /// Walks the list page by page instead.
    pub fn pages(self) -> Pages<T> {
        self.pages
    }

    /// Ends after this many items.
    pub fn take_items(mut self, items: usize) -> Self {
        self.left = Some(items);
        self
    }

    /// Asks for the next page while the items of this one are used.
    ///
    /// Worth it where the work on a page takes about as long as the answer; a walk that is given up early has asked for a
    /// page too many. The [`cursor`](Self::cursor) does not notice.
    pub fn read_ahead(mut self) -> Self {
        self.ahead = true;
        self
    }

    /// Goes on where another pager of the same call stood.
    pub fn resume(mut self, cursor: Cursor) -> Self {
        self.pages = self.pages.resume(cursor);
        self
    }

    /// Where the pager stands: all items handed out so far lie before it. `None` before the first item.
    ///
    /// It can be stored as text and used by another pager of the same call with the same filters.
    #[must_use]
    pub fn cursor(&self) -> Option<Cursor> {
        if self.buffer.is_empty() {
            return self.pages.cursor();
        }
        let position = self.pages.before?;
        Some(Cursor {
            position,
            delivered: self.delivered.clone(),
        })
    }

    /// Items that could not be understood and were left out so far.
    #[must_use]
    pub fn skipped(&self) -> &[SkippedItem] {
        &self.skipped
    }
}

impl<T: ListItem> Stream for Pager<T> {
    type Item = Result<T, Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        loop {
            if this.left == Some(0) {
                return Poll::Ready(None);
            }
            if let Some((number, item)) = this.buffer.pop_front() {
                this.delivered.push(number);
                this.left = this.left.map(|left| left - 1);
                if this.ahead && this.left.is_none_or(|left| left > this.buffer.len()) {
                    this.pages.drive(context);
                }
                return Poll::Ready(Some(Ok(item)));
            }
            match ready!(Pin::new(&mut this.pages).poll_next(context)) {
                None => return Poll::Ready(None),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                Some(Ok(page)) => {
                    this.delivered.clear();
                    this.skipped.extend(page.meta.skipped);
                    this.buffer.extend(page.numbers.into_iter().zip(page.items));
                }
            }
        }
    }
}

impl<T> fmt::Debug for Pager<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pager")
            .field("pages", &self.pages)
            .field("buffered", &self.buffer.len())
            .finish_non_exhaustive()
    }
}

/// Walks a list page by page.
#[must_use = "nothing is asked for until the first page is"]
pub struct Pages<T> {
    call: Call,
    size: usize,
    /// Of the page to be asked for next.
    next: Position,
    /// Of the page handed out last.
    before: Option<Position>,
    forward: bool,
    /// A list by keys that turns out to be numbered is asked for once more, by number.
    doubted: bool,
    /// Numbered pages in a row that brought nothing new.
    stale: u8,
    seen: HashSet<u64>,
    last_body: Bytes,
    pending: Option<Pending<T>>,
    ended: bool,
}

/// A page on its way, or one that has come before anybody wanted it.
enum Pending<T> {
    Asked(BoxFuture<'static, Result<Page<T>, Error>>),
    Here(Box<Result<Page<T>, Error>>),
}

impl<T> Unpin for Pages<T> {}

impl<T: ListItem> Pages<T> {
    fn new(mut call: Call) -> Self {
        let paging = call.operation.paging;
        let asked = |name: &str| {
            call.query
                .iter()
                .find(|(key, _)| key == name)
                .map(|(_, value)| value.clone())
        };
        let number = |name| asked(name).and_then(|value| value.parse::<u64>().ok());
        let next = match paging {
            Paging::Numbered => Position::Page(number("page[number]").unwrap_or(1)),
            _ => Position::From(number("page[from_id]")),
        };
        let forward = asked("page[direction]").as_deref() == Some("forward");
        if asked("page[size]").is_none() {
            set_size(&mut call, largest(paging));
        }
        let size = call
            .query
            .iter()
            .find(|(key, _)| key == "page[size]")
            .and_then(|(_, size)| size.parse().ok());
        Self {
            size: size.unwrap_or(1),
            next,
            before: None,
            forward,
            doubted: false,
            stale: 0,
            seen: HashSet::new(),
            last_body: Bytes::new(),
            pending: None,
            ended: false,
            call,
        }
    }
}

impl<T: ListItem> Pages<T> {
    /// The next page; `None` at the end.
    pub async fn next(&mut self) -> Option<Result<Page<T>, Error>> {
        std::future::poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    /// Goes on where another pager of the same call stood.
    pub fn resume(mut self, cursor: Cursor) -> Self {
        self.next = cursor.position;
        self.seen.extend(cursor.delivered);
        if let Position::From(Some(id)) = cursor.position {
            self.seen.insert(id);
        }
        self
    }

    /// Where the next page begins; `None` before the first one.
    #[must_use]
    pub fn cursor(&self) -> Option<Cursor> {
        self.before.map(|_| Cursor {
            position: self.next,
            delivered: Vec::new(),
        })
    }

    fn ask(&self) -> BoxFuture<'static, Result<Page<T>, Error>> {
        let mut call = self.call.clone();
        match self.next {
            Position::From(None) => {}
            Position::From(Some(id)) => call.filter("page[from_id]", id),
            Position::Page(number) => {
                call.query
                    .retain(|(key, _)| key != "page[from_id]" && key != "page[direction]");
                call.filter("page[number]", number);
            }
        }
        Box::pin(fetch(call))
    }

    /// Asks for the next page if nobody has, and moves it on as far as it goes.
    fn drive(&mut self, context: &mut Context<'_>) {
        if self.ended {
            return;
        }
        let mut asked = match self.pending.take() {
            None => self.ask(),
            Some(Pending::Asked(asked)) => asked,
            here => return self.pending = here,
        };
        self.pending = Some(match asked.as_mut().poll(context) {
            Poll::Ready(page) => Pending::Here(Box::new(page)),
            Poll::Pending => Pending::Asked(asked),
        });
    }

    /// Drops what was seen before, decides where to go on, and whether to.
    fn accept(&mut self, mut page: Page<T>) -> Option<Page<T>> {
        let unreadable = page.meta.skipped.iter().filter_map(|item| item.id);
        let all: Vec<u64> = page.numbers.iter().copied().chain(unreadable).collect();
        let (length, before) = (page.length, self.next);
        let fresh: Vec<bool> = page
            .numbers
            .iter()
            .map(|number| self.seen.insert(*number))
            .collect();
        let new_unreadable = page
            .meta
            .skipped
            .iter()
            .filter_map(|item| item.id)
            .filter(|id| self.seen.insert(*id))
            .count();
        let nameless = page.meta.skipped.iter().any(|item| item.id.is_none())
            && page.meta.body != self.last_body;
        let news = fresh.contains(&true) || new_unreadable > 0 || nameless;
        self.last_body = page.meta.body.clone();
        let mut keep = fresh.iter();
        page.items.retain(|_| keep.next() == Some(&true));
        let mut keep = fresh.iter();
        page.numbers.retain(|_| keep.next() == Some(&true));

        let furthest = if self.forward {
            all.iter().max()
        } else {
            all.iter().min()
        };
        self.before = Some(before);
        match before {
            Position::Page(number) => self.next = Position::Page(number + 1),
            Position::From(_) => match furthest {
                Some(furthest) if news => self.next = Position::From(Some(*furthest)),
                _ => {}
            },
        }
        let disputed = self.call.operation.paging == Paging::Disputed;
        if disputed
            && !news
            && length > 0
            && !self.doubted
            && matches!(before, Position::From(Some(_)))
        {
            self.doubted = true;
            self.next = Position::Page(2);
            return None;
        }
        let short = length < self.size && !disputed;
        let stuck = matches!(before, Position::From(_)) && furthest.is_none();
        let numbered = self.call.operation.paging == Paging::Numbered;
        let patient = numbered && self.stale < PATIENCE;
        self.stale = if news { 0 } else { self.stale + 1 };
        self.ended = length == 0 || short || stuck || !(news || patient);
        (news || !page.meta.skipped.is_empty()).then_some(page)
    }
}

impl<T: ListItem> Stream for Pages<T> {
    type Item = Result<Page<T>, Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        loop {
            if this.ended {
                return Poll::Ready(None);
            }
            this.drive(context);
            match this.pending.take() {
                Some(Pending::Here(page)) => match *page {
                    Ok(page) => {
                        if let Some(page) = this.accept(page) {
                            return Poll::Ready(Some(Ok(page)));
                        }
                    }
                    Err(error) => {
                        this.ended = true;
                        return Poll::Ready(Some(Err(error)));
                    }
                },
                asked => {
                    this.pending = asked;
                    return Poll::Pending;
                }
            }
        }
    }
}

impl<T> fmt::Debug for Pages<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages")
            .field("operation", &self.call.operation.id)
            .field("next", &self.next)
            .field("ended", &self.ended)
            .finish_non_exhaustive()
    }
}
