//! The title of an issue, made from what the client wrote.

/// Longest title, in characters.
const LONGEST: usize = 80;

/// A title of at most 80 characters, cut between words only. None if the text has no word that fits.
///
/// ```
/// use tg_bridge::telegram::title;
///
/// assert_eq!(title("Версия 8.3 не запускается").as_deref(), Some("Версия 8.3 не запускается"));
/// assert_eq!(title(" \n "), None);
/// ```
pub fn title(text: &str) -> Option<String> {
    let mut title = String::new();
    let mut length = 0;
    let mut cut = false;
    for word in text.split_whitespace() {
        let word = shown(word);
        let longer = word.chars().count();
        if longer > LONGEST - 2 {
            // A word nobody reads; the ones around it say more.
            cut = true;
            continue;
        }
        let space = usize::from(length > 0);
        // Two characters are kept for the mark that something is missing.
        if length + space + longer > LONGEST - 2 {
            cut = true;
            break;
        }
        if space > 0 {
            title.push(' ');
        }
        title.push_str(word);
        length += space + longer;
    }
    if title.is_empty() {
        return None;
    }
    let whole = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if whole.chars().count() <= LONGEST {
        return Some(whole);
    }
    if cut {
        title.push('…');
    }
    Some(title)
}

/// A long address says enough with its host.
fn shown(word: &str) -> &str {
    let address = word
        .strip_prefix("https://")
        .or_else(|| word.strip_prefix("http://"));
    match address.and_then(|address| address.split(['/', '?', '#']).next()) {
        Some(host) if word.chars().count() > 40 && !host.is_empty() => host,
        _ => word,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn points_and_links_do_not_cut() {
        assert_eq!(
            title("Открываю https://example.com/a.b?c=1 и пусто").unwrap(),
            "Открываю https://example.com/a.b?c=1 и пусто"
        );
        assert_eq!(
            title("Ошибка 0x80. Версия 8.3.22.\nПринтер").unwrap(),
            "Ошибка 0x80. Версия 8.3.22. Принтер"
        );
        let long = format!(
            "Не работает https://portal.example.com/{} с утра",
            "x".repeat(100)
        );
        assert_eq!(
            title(&long).unwrap(),
            "Не работает portal.example.com с утра"
        );
        assert_eq!(title(&"ы".repeat(200)), None);
        assert_eq!(
            title(&format!("{} принтер", "ы".repeat(200))).unwrap(),
            "принтер…"
        );
    }

    proptest! {
        #[test]
        fn a_title_is_short_and_made_of_whole_words(text in "[а-яa-z0-9 .,\n]{0,300}") {
            if let Some(title) = title(&text) {
                prop_assert!(!title.trim().is_empty());
                prop_assert!(title.chars().count() <= LONGEST);
                let words: Vec<_> = text.split_whitespace().collect();
                for word in title.trim_end_matches('…').split_whitespace() {
                    prop_assert!(words.contains(&word), "{word:?} is no word of the text");
                }
            }
        }
    }
}
