//! The export: a table that opens rightly in Excel, harms nobody who opens it, and gives the same figures when read back.

use super::{Error, Filter, Record};
use crate::telegram::{Language, Score};
use crate::text::{Texts, Words};
use crate::zenlix;
use csv::{ReaderBuilder, StringRecord, Terminator, WriterBuilder};
use jiff::{Timestamp, tz::TimeZone};
use std::borrow::Borrow;
use std::io::{Read, Write};

/// Without it Excel takes UTF-8 for the local code page.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// Writes one row per issue the filter keeps and returns how many: UTF-8 with a byte-order mark, `;` between cells,
/// times as ISO 8601 in the filter's zone with its offset.
///
/// A cell that Excel might take for a formula is written with `'` before it; so is one that begins with `'`, which makes
/// it certain what to take away again.
pub fn export<R: Borrow<Record>>(
    records: impl IntoIterator<Item = R>,
    filter: &Filter,
    words: Words<'_>,
    mut writer: impl Write,
) -> Result<usize, Error> {
    writer.write_all(BYTE_ORDER_MARK.as_bytes())?;
    let mut table = WriterBuilder::new()
        .delimiter(b';')
        .terminator(Terminator::CRLF)
        .from_writer(writer);
    table.write_record(header(words))?;
    let mut rows = 0;
    for record in records {
        let record = record.borrow();
        if filter.keeps(record) {
            table.write_record(row(record, &filter.zone).iter().map(|cell| harmless(cell)))?;
            rows += 1;
        }
    }
    table.flush()?;
    Ok(rows)
}

/// Reads an export back, so that its figures can be checked without the bridge. Its columns may be named in any language.
pub fn import(mut reader: impl Read, texts: &Texts) -> Result<Vec<Record>, Error> {
    let mut text = String::new();
    reader.read_to_string(&mut text)?;
    let mut table = ReaderBuilder::new()
        .delimiter(b';')
        .from_reader(text.trim_start_matches(BYTE_ORDER_MARK).as_bytes());
    let found = table.headers()?;
    let is_ours = [Language::Ru, Language::En]
        .into_iter()
        .any(|language| found.iter().eq(header(texts.speak(language)).iter()));
    if !is_ours {
        return Err(Error::Foreign("these are other columns".into()));
    }
    table
        .records()
        .zip(2..)
        .map(|(row, number)| {
            record(&row?).map_err(|column| Error::Foreign(format!("row {number}, {column}")))
        })
        .collect()
}

fn header(words: Words<'_>) -> [String; 15] {
    [
        words.column_number(),
        words.column_link(),
        words.column_title(),
        words.column_type(),
        words.column_company(),
        words.column_assignee(),
        words.column_status(),
        words.column_created(),
        words.column_first_answer(),
        words.column_completed(),
        words.column_reopened(),
        words.column_rating(),
        words.column_rated(),
        words.column_reason(),
        words.column_portal_rating(),
    ]
}

fn row(record: &Record, zone: &TimeZone) -> [String; 15] {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let time = |at: Timestamp| at.display_with_offset(zone.to_offset(at)).to_string();
    let moment = |at: Option<Timestamp>| at.map_or_else(String::new, time);
    let reopened: Vec<String> = record.reopened.iter().copied().map(time).collect();
    [
        zenlix::number(record.number),
        text(&record.link),
        record.title.clone(),
        text(&record.kind),
        text(&record.company),
        text(&record.assignee),
        record.status.clone(),
        moment(record.created),
        moment(record.first_answer),
        moment(record.completed),
        reopened.join(" "),
        record
            .rating
            .map_or_else(String::new, |score| score.get().to_string()),
        moment(record.rated),
        text(&record.reason),
        text(&record.portal_rating),
    ]
}

fn record(row: &StringRecord) -> Result<Record, &'static str> {
    let cell = |index: usize| original(row.get(index).unwrap_or_default());
    let text = |index: usize| Some(cell(index).to_owned()).filter(|text| !text.is_empty());
    let moment = |index: usize, column| match cell(index) {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| column),
    };
    Ok(Record {
        number: zenlix::read_number(cell(0)).ok_or("number")?,
        link: text(1),
        title: cell(2).to_owned(),
        kind: text(3),
        company: text(4),
        assignee: text(5),
        status: cell(6).to_owned(),
        created: moment(7, "created")?,
        first_answer: moment(8, "first answer")?,
        completed: moment(9, "completed")?,
        reopened: cell(10)
            .split_whitespace()
            .map(|text| text.parse().map_err(|_| "reopened"))
            .collect::<Result<_, _>>()?,
        rating: match cell(11) {
            "" => None,
            text => Some(text.parse().ok().and_then(Score::new).ok_or("rating")?),
        },
        rated: moment(12, "rated")?,
        reason: text(13),
        portal_rating: text(14),
    })
}

/// A cell that no spreadsheet takes for a formula.
fn harmless(cell: &str) -> String {
    // Some programs look past blanks and control characters, and take the wide forms of the signs for the signs.
    let first = cell.trim_start_matches(|c: char| c.is_whitespace() || c.is_control());
    let risky = first.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠', '|', '%'])
        || cell.starts_with('\'');
    if risky {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}

fn original(cell: &str) -> &str {
    cell.strip_prefix('\'').unwrap_or(cell)
}
