//! Figures as a picture: the headline numbers, the distribution of ratings, what came and went over time.

use super::canvas::{Align, Canvas, Colour};
use super::text::{days, narrowing};
use super::timeline::{Bar, Step, timeline};
use super::{Error, Figures, Filter, Record, Scores};
use crate::telegram::Language;
use crate::text::Words;
use std::borrow::Borrow;

const WIDTH: i32 = 1200;
const HEIGHT: i32 = 780;
const MARGIN: i32 = 48;

const INK: Colour = Colour(0x1f, 0x29, 0x37);
const MUTED: Colour = Colour(0x6b, 0x72, 0x80);
const LINE: Colour = Colour(0xe5, 0xe7, 0xeb);
const PANEL: Colour = Colour(0xf6, 0xf7, 0xf9);
const CREATED: Colour = Colour(0x3b, 0x82, 0xf6);
const COMPLETED: Colour = Colour(0x34, 0xb3, 0x7a);
const SCORES: [Colour; 5] = [
    Colour(0x22, 0xa5, 0x5a),
    Colour(0x8b, 0xc3, 0x4a),
    Colour(0xf5, 0xc5, 0x18),
    Colour(0xf5, 0x92, 0x3e),
    Colour(0xe5, 0x48, 0x4d),
];

/// A rectangle of the picture: left, top, right, bottom.
#[derive(Clone, Copy)]
struct Frame(i32, i32, i32, i32);

/// The figures of the filter's set as a PNG of 1200 × 780 pixels.
pub fn chart<R: Borrow<Record>>(
    records: impl IntoIterator<Item = R>,
    filter: &Filter,
    words: Words<'_>,
) -> Result<Vec<u8>, Error> {
    let kept: Vec<Record> = records
        .into_iter()
        .filter(|record| filter.keeps(record.borrow()))
        .map(|record| record.borrow().clone())
        .collect();
    let figures = Figures::of(&kept, filter);
    let mut pixels = vec![0xff; 3 * WIDTH.unsigned_abs() as usize * HEIGHT.unsigned_abs() as usize];
    {
        let canvas = Canvas::on(&mut pixels, (WIDTH, HEIGHT))?;
        heading(&canvas, words, filter)?;
        headline(&canvas, words, &figures)?;
        let panels = (280, HEIGHT - MARGIN);
        let ratings = Frame(MARGIN, panels.0, 490, panels.1);
        distribution(&canvas, words, &figures.total.scores, ratings)?;
        let (step, bars) = timeline(&kept, filter);
        let time = Frame(530, panels.0, WIDTH - MARGIN, panels.1);
        over_time(&canvas, words, step, &bars, time)?;
    }
    super::canvas::png(&pixels, (WIDTH, HEIGHT))
}

fn heading(canvas: &Canvas<'_>, words: Words<'_>, filter: &Filter) -> Result<(), Error> {
    let title = words.chart_title(days(words, filter.days));
    let narrowing = narrowing(words, filter);
    let y = if narrowing.is_some() { 54 } else { 72 };
    canvas.bold(&title, (MARGIN, y), 34, INK, Align::Left)?;
    let narrowing = narrowing.unwrap_or_default();
    canvas.text(&narrowing, (MARGIN, 96), 20, MUTED, Align::Left)
}

fn headline(canvas: &Canvas<'_>, words: Words<'_>, figures: &Figures) -> Result<(), Error> {
    let counts = &figures.total;
    let none = || "–".to_owned();
    let median = |spread: Option<super::Spread>| {
        spread.map_or_else(none, |spread| words.duration(spread.median))
    };
    let tiles = [
        (words.chart_created(), counts.created.to_string()),
        (words.chart_completed(), counts.completed.to_string()),
        (
            words.chart_average(),
            counts
                .scores
                .average()
                .map_or_else(none, |average| words.decimal(average)),
        ),
        (words.chart_first_answer(), median(counts.first_answer)),
        (words.chart_completion(), median(counts.completion)),
    ];
    let gap = 16;
    let width = (WIDTH - 2 * MARGIN + gap) / 5 - gap;
    for (left, (label, value)) in (MARGIN..)
        .step_by((width + gap).unsigned_abs() as usize)
        .zip(tiles)
    {
        let middle = left + width / 2;
        canvas.fill((left, 126), (left + width, 236), PANEL)?;
        canvas.bold_within(&value, (middle, 170), 38, width - 24, INK)?;
        canvas.text(&label, (middle, 212), 19, MUTED, Align::Middle)?;
    }
    Ok(())
}

fn distribution(
    canvas: &Canvas<'_>,
    words: Words<'_>,
    scores: &Scores,
    Frame(left, top, right, bottom): Frame,
) -> Result<(), Error> {
    canvas.bold(
        &words.chart_ratings(),
        (left, top + 12),
        24,
        INK,
        Align::Left,
    )?;
    let (top, bottom) = (top + 50, bottom - 34);
    let (from, room) = (left + 36, right - left - 150);
    let row = (bottom - top) / 5;
    let most = scores
        .best_first()
        .map(|(_, count)| count)
        .max()
        .unwrap_or(0);
    for ((y, colour), (score, count)) in (top..)
        .step_by(row.unsigned_abs() as usize)
        .zip(SCORES)
        .zip(scores.best_first())
    {
        let (middle, half) = (y + row / 2, row * 3 / 10);
        let end = from + scaled(count, most, room);
        canvas.text(
            &score.to_string(),
            (left + 8, middle),
            24,
            INK,
            Align::Middle,
        )?;
        canvas.fill((from, middle - half), (from + room, middle + half), PANEL)?;
        canvas.fill((from, middle - half), (end, middle + half), colour)?;
        let label = match scores.count() {
            _ if count == 0 => "0".to_owned(),
            all => format!("{count} · {}%", (200 * count + all) / (2 * all)),
        };
        let place = (from + room + 14, middle);
        canvas.text(&label, place, 19, MUTED, Align::Left)?;
    }
    Ok(())
}

fn over_time(
    canvas: &Canvas<'_>,
    words: Words<'_>,
    step: Step,
    bars: &[Bar],
    Frame(left, top, right, bottom): Frame,
) -> Result<(), Error> {
    let title = match step {
        Step::Day => words.chart_by_day(),
        Step::Week => words.chart_by_week(),
        Step::Month => words.chart_by_month(),
        Step::Year => words.chart_by_year(),
    };
    canvas.bold(&title, (left, top + 12), 24, INK, Align::Left)?;
    legend(canvas, words, (right, top + 12))?;

    let (left, top, bottom) = (left + 44, top + 66, bottom - 34);
    let most = bars
        .iter()
        .map(|bar| bar.created.max(bar.completed))
        .max()
        .unwrap_or(0);
    let tick = tick(most);
    let ceiling = most.div_ceil(tick).max(1) * tick;
    for value in (0..=ceiling).step_by(tick) {
        let y = bottom - scaled(value, ceiling, bottom - top);
        canvas.fill((left, y), (right, y + 1), LINE)?;
        canvas.text(&value.to_string(), (left - 12, y), 17, MUTED, Align::Right)?;
    }

    let Ok(count @ 1..) = i32::try_from(bars.len()) else {
        return Ok(());
    };
    let slot = (right - left) / count;
    let width = (slot * 2 / 5).clamp(2, 44);
    // Every label, or every second, third … as there is room.
    let every = (76 / slot.max(1) + 1).unsigned_abs() as usize;
    for (index, bar) in bars.iter().enumerate() {
        let middle = left + slot / 2 + slot * i32::try_from(index).unwrap_or(0);
        for (x, value, colour) in [
            (middle - width, bar.created, CREATED),
            (middle, bar.completed, COMPLETED),
        ] {
            let y = bottom - scaled(value, ceiling, bottom - top);
            canvas.fill((x, y), (x + width - 2, bottom), colour)?;
            if value > 0 && width >= 22 {
                let place = (x + width / 2, y - 12);
                canvas.text(&value.to_string(), place, 16, MUTED, Align::Middle)?;
            }
        }
        if index % every == 0 {
            let label = label(words, step, bar);
            canvas.text(&label, (middle, bottom + 20), 17, MUTED, Align::Middle)?;
        }
    }
    Ok(())
}

fn legend(canvas: &Canvas<'_>, words: Words<'_>, (right, y): (i32, i32)) -> Result<(), Error> {
    let mut right = right;
    for (text, colour) in [
        (words.chart_completed(), COMPLETED),
        (words.chart_created(), CREATED),
    ] {
        canvas.text(&text, (right, y), 19, MUTED, Align::Right)?;
        right -= canvas.width(&text, 19)? + 24;
        canvas.fill((right, y - 8), (right + 16, y + 8), colour)?;
        right -= 28;
    }
    Ok(())
}

fn label(words: Words<'_>, step: Step, bar: &Bar) -> String {
    let format = match (step, words.language()) {
        (Step::Day | Step::Week, Language::Ru) => "%d.%m",
        (Step::Day | Step::Week, Language::En) => "%-d %b",
        (Step::Month, Language::Ru) => "%m.%Y",
        (Step::Month, Language::En) => "%b %Y",
        (Step::Year, _) => "%Y",
    };
    bar.from.strftime(format).to_string()
}

/// How far between two lines: 1, 2 or 5 times a power of ten, so that there are five lines at most.
fn tick(most: usize) -> usize {
    (0..)
        .map_while(|power| 10usize.checked_pow(power))
        .flat_map(|unit| [1, 2, 5].map(|times| unit.saturating_mul(times)))
        .find(|tick| most <= tick.saturating_mul(5))
        .unwrap_or(usize::MAX)
}

fn scaled(value: usize, most: usize, room: i32) -> i32 {
    let part = value as f64 / most.max(1) as f64;
    (part * f64::from(room)).round() as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_stand_at_round_numbers() {
        for (most, expected) in [
            (0, 1),
            (5, 1),
            (6, 2),
            (10, 2),
            (11, 5),
            (25, 5),
            (26, 10),
            (999, 200),
        ] {
            assert_eq!(tick(most), expected, "{most}");
        }
        assert_eq!(tick(usize::MAX), 5_000_000_000_000_000_000);
    }

    #[test]
    fn bars_are_in_proportion() {
        assert_eq!(scaled(1, 2, 300), 150);
        assert_eq!(scaled(0, 0, 300), 0);
    }
}
