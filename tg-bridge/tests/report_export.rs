//! The export gives the same figures again, opens rightly and harms nobody; the picture is a picture.

#![allow(
    clippy::unwrap_used,
    reason = "a test may stop at the first surprise, its helpers too"
)]

mod report_sample;

use jiff::{Timestamp, tz::TimeZone};
use proptest::prelude::*;
use report_sample::{TEXTS, sample, week};
use tg_bridge::report::{
    Days, Error, Figures, Filter, Hours, Record, chart, export, import, stats,
};
use tg_bridge::telegram::{Language, Score};

fn table(records: &[Record], filter: &Filter) -> String {
    let mut bytes = Vec::new();
    export(records, filter, TEXTS.speak(Language::Ru), &mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

#[test]
fn sta_02_the_export_of_the_week_gives_the_same_figures() {
    let table = table(&sample(), &week());
    let read = import(table.as_bytes(), &TEXTS).unwrap();
    assert_eq!(read.len(), 6);
    assert_eq!(Figures::of(&read, &week()), Figures::of(sample(), &week()));
}

#[test]
fn sta_03_one_row_per_issue_that_opens_rightly_in_excel() {
    let table = table(&sample(), &week());
    let rows: Vec<&str> = table.split("\r\n").collect();
    assert_eq!(rows.len(), 1 + 6 + 1);
    assert_eq!(
        rows[0],
        "\u{feff}Номер;Ссылка;Тема;Тип;Компания;Ответственный;Статус;Создана;Первый ответ;Завершена;Открыта повторно;\
         Оценка;Оценена;Причина оценки;Оценка в портале"
    );
    assert_eq!(
        rows[2],
        "2;https://romashka.okdesk.ru/issues/2;Замятие у принтера;Инцидент;ООО «Ромашка»;Иванов И.;Открыта;\
         2026-11-17T10:00:00+03:00;2026-11-17T10:40:00+03:00;2026-11-18T10:00:00+03:00;2026-11-17T15:00:00+03:00;\
         2;2026-11-18T10:30:00+03:00;\"'=HYPERLINK(\"\"http://evil\"\")\";"
    );
}

#[test]
fn sta_04_figures_and_export_use_the_same_set() {
    let hours: Hours = "пн-пт 9-18".parse().unwrap();
    for filter in [
        Filter {
            company: Some("лютик".into()),
            ..week()
        },
        Filter {
            assignee: Some("ИВАНОВ".into()),
            ..week()
        },
        Filter {
            hours: Some(hours),
            ..week()
        },
    ] {
        let read = import(table(&sample(), &filter).as_bytes(), &TEXTS).unwrap();
        assert!(read.len() < 6);
        // Without the narrowing: the table holds no other issue.
        assert_eq!(Figures::of(&read, &week()), Figures::of(sample(), &filter));
    }
}

#[test]
fn a_foreign_or_broken_table_is_refused() {
    let whole = table(&sample(), &week());
    let refused = |text: &str| match import(text.as_bytes(), &TEXTS) {
        Err(Error::Foreign(why)) => why,
        other => panic!("{other:?}"),
    };
    assert_eq!(refused("a;b\r\n1;2\r\n"), "these are other columns");
    assert_eq!(
        refused(&whole.replacen("2026-11-17T10:00:00+03:00", "yesterday", 1)),
        "row 3, created"
    );
    assert!(matches!(
        import(&b"\xff\xfe"[..], &TEXTS),
        Err(Error::Write(_))
    ));
}

fn pixels(file: &[u8]) -> (u32, u32, Vec<u8>) {
    let mut reader = png::Decoder::new(std::io::Cursor::new(file))
        .read_info()
        .unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    (info.width, info.height, pixels)
}

#[test]
fn sta_01_the_chart_shows_the_figures() {
    let draw = |filter: &Filter, language| {
        pixels(&chart(sample(), filter, TEXTS.speak(language)).unwrap())
    };
    let (width, height, russian) = draw(&week(), Language::Ru);
    assert_eq!((width, height), (1200, 780));
    let area = |wanted: [u8; 3]| russian.chunks(3).filter(|pixel| *pixel == wanted).count();
    // One 5, one 4, one 2: three full bars of the same length.
    let best = area([0x22, 0xa5, 0x5a]);
    assert!(best > 10_000, "{best}");
    for as_many in [[0x8b, 0xc3, 0x4a], [0xf5, 0x92, 0x3e]] {
        assert_eq!(area(as_many), best, "{as_many:?}");
    }
    for absent in [[0xf5, 0xc5, 0x18], [0xe5, 0x48, 0x4d]] {
        assert_eq!(area(absent), 0, "{absent:?}");
    }
    // Monday to Sunday: created 1 1 1 0 0 0 1, completed 2 0 1 0 1 0 0 – as much of the one as of the other.
    assert_eq!(area([0x3b, 0x82, 0xf6]), area([0x34, 0xb3, 0x7a]));

    // Letters are drawn, not boxes: one other letter is another picture.
    assert_ne!(draw(&week(), Language::En).2, russian);
    let company = |name: &str| {
        draw(
            &Filter {
                company: Some(name.into()),
                ..week()
            },
            Language::Ru,
        )
        .2
    };
    assert_ne!(company("щ"), company("ж"));
}

#[test]
fn a_chart_of_nothing_and_of_everything_is_still_a_chart() {
    let nothing = chart(Vec::<Record>::new(), &week(), TEXTS.speak(Language::Ru)).unwrap();
    assert_eq!(pixels(&nothing).0, 1200);
    let mut records = sample();
    records[0].created = Some(Timestamp::MIN);
    records[1].created = Some(Timestamp::MAX);
    let always = Filter::new(Days::ALL, TimeZone::UTC);
    assert_eq!(
        pixels(&chart(&records, &always, TEXTS.speak(Language::En)).unwrap()).1,
        780
    );
}

fn moment() -> impl Strategy<Value = Timestamp> {
    // Three weeks, so that about a third of everything is in the period.
    (1_794_000_000_000i64..1_796_000_000_000)
        .prop_map(|ms| Timestamp::from_millisecond(ms).unwrap())
}

/// Names that repeat, and texts no one would write but somebody will.
fn name() -> impl Strategy<Value = Option<String>> {
    prop_oneof![
        Just(None),
        Just(Some("ООО «Ромашка»".to_owned())),
        Just(Some("Ромашка; \"Плюс\"\r\n".to_owned())),
        "[=+@'\t -]{1,2}[a-zа-яё;\"\n ]{0,6}".prop_map(Some),
        "(?s).{1,12}".prop_map(Some),
    ]
}

prop_compose! {
    fn record()(
        number in 1u64..10_000,
        texts in (name(), name(), name(), name(), name(), name()),
        link in prop::option::of("https://[a-z]{1,5}"),
        title in prop_oneof!["(принтер|сеть|1С|wi-fi)а? (не работает|lost)", "(?s).{0,30}"],
        moments in prop::collection::vec(prop::option::of(moment()), 4),
        reopened in prop::collection::vec(moment(), 0..3),
        rating in prop::option::of(1u8..=5),
    ) -> Record {
        let (kind, company, assignee, status, reason, portal_rating) = texts;
        Record {
            number: number.to_string().parse().unwrap(),
            link,
            title,
            kind,
            company,
            assignee,
            status: status.unwrap_or_default(),
            created: moments[0],
            first_answer: moments[1],
            completed: moments[2],
            reopened,
            rating: rating.and_then(Score::new),
            rated: moments[3],
            reason,
            portal_rating,
        }
    }
}

prop_compose! {
    fn filter()(
        company in prop::option::of("[рo]"),
        hours in prop::option::of(0u8..12),
        zone in prop::sample::select(vec!["UTC", "Europe/Moscow", "Asia/Kolkata", "America/St_Johns"]),
    ) -> Filter {
        Filter {
            zone: TimeZone::get(zone).unwrap(),
            company,
            hours: hours.map(|from| format!("mon-sat {from}-{}", from + 9).parse().unwrap()),
            ..week()
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn sta_02_any_export_gives_the_same_figures(records in prop::collection::vec(record(), 0..25), filter in filter()) {
        let read = import(table(&records, &filter).as_bytes(), &TEXTS).unwrap();
        let kept: Vec<Record> = records.iter().filter(|record| filter.keeps(record)).cloned().collect();
        prop_assert_eq!(&read, &kept);
        let figures = Figures::of(&records, &filter);
        prop_assert_eq!(&Figures::of(&read, &filter), &figures);

        // Every issue has one company and one employee, so the groups add up to the whole.
        for groups in [&figures.companies, &figures.assignees] {
            prop_assert_eq!(groups.iter().map(|group| group.counts.created).sum::<usize>(), figures.total.created);
            prop_assert_eq!(groups.iter().map(|group| group.counts.scores.count()).sum::<usize>(), figures.total.scores.count());
        }
    }

    #[test]
    fn sta_03_no_cell_is_a_formula(records in prop::collection::vec(record(), 1..10)) {
        let table = table(&records, &Filter::new(Days::ALL, TimeZone::UTC));
        let mut rows = csv::ReaderBuilder::new().delimiter(b';').from_reader(table.as_bytes());
        for row in rows.records() {
            for cell in &row.unwrap() {
                prop_assert!(!cell.trim_start().starts_with(['=', '+', '-', '@']), "{:?}", cell);
            }
        }
    }

    #[test]
    fn any_text_fits_one_message(records in prop::collection::vec(record(), 0..40), filter in filter()) {
        for language in [Language::Ru, Language::En] {
            prop_assert!(stats(&records, &filter, TEXTS.speak(language)).encode_utf16().count() <= 4096);
        }
    }
}
