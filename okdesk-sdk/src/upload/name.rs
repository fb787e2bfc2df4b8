//! Names of files made safe, both ways.

/// Makes the name of a file safe: for a request, and for a disk.
///
/// Paths are cut off, characters that end headers or mean something to a file system become `_`, names that only mean
/// something to Windows get a `_` in front, long names are shortened before their extension. Never empty.
///
/// ```
/// use okdesk_sdk::safe_file_name;
///
/// assert_eq!(safe_file_name("../../etc/passwd"), "passwd");
/// assert_eq!(safe_file_name("Акт №5 \"копия\".pdf"), "Акт №5 _копия_.pdf");
/// assert_eq!(safe_file_name(""), "file");
/// ```
#[must_use]
pub fn safe_file_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean: String = last
        .chars()
        .filter(|character| !is_invisible(*character))
        .map(|character| match character {
            // A percent sign would be decoded by old Rack versions.
            '"' | '<' | '>' | ':' | '|' | '?' | '*' | '%' => '_',
            other if other.is_control() => '_',
            other => other,
        })
        .collect();
    let clean = clean.trim().trim_end_matches(['.', ' ']);
    let clean = shortened(clean);
    if clean.is_empty() {
        return "file".to_owned();
    }
    if is_reserved(&clean) {
        format!("_{clean}")
    } else {
        clean
    }
}

/// Marks that turn the direction of writing make `exe.txt` out of `txt.exe`.
fn is_invisible(character: char) -> bool {
    matches!(character, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

fn is_reserved(name: &str) -> bool {
    let stem = name
        .split('.')
        .next()
        .unwrap_or_default()
        .trim_end()
        .to_ascii_uppercase();
    matches!(
        stem.as_str(),
        "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$"
    ) || matches!(
        stem.strip_prefix("COM").or(stem.strip_prefix("LPT")),
        Some("0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9" | "¹" | "²" | "³")
    )
}

/// File systems take 255 bytes; some are left for `.part`.
const LONGEST: usize = 240;

fn shortened(name: &str) -> String {
    if name.len() <= LONGEST {
        return name.to_owned();
    }
    let extension = match name.rfind('.') {
        Some(dot) if dot > 0 && name.len() - dot <= 20 => name.get(dot..).unwrap_or_default(),
        _ => "",
    };
    let mut stem = String::new();
    for character in name.chars() {
        if stem.len() + character.len_utf8() + extension.len() > LONGEST {
            break;
        }
        stem.push(character);
    }
    stem.truncate(stem.trim_end().len());
    stem + extension
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_known_tricks() {
        for (name, safe) in [
            ("a/b\\c.txt", "c.txt"),
            ("..", "file"),
            ("a\r\nX: y.txt", "a__X_ y.txt"),
            ("CON", "_CON"),
            ("com1.txt", "_com1.txt"),
            ("invoice\u{202e}fdp.exe", "invoicefdp.exe"),
            ("100%41.txt", "100_41.txt"),
            (" name. ", "name"),
            (".env", ".env"),
        ] {
            assert_eq!(safe_file_name(name), safe, "{name:?}");
        }
        let long = format!("{}.pdf", "я".repeat(300));
        let safe = safe_file_name(&long);
        assert!(safe.len() <= LONGEST && safe.ends_with(".pdf"));
    }

    proptest! {
        #[test]
        fn any_name_becomes_safe_and_stays_so(name in ".*") {
            let safe = safe_file_name(&name);
            prop_assert!(!safe.is_empty() && safe.len() <= LONGEST + 1);
            prop_assert!(!safe.contains(['/', '\\', '"', '\r', '\n', '\0', '%']));
            prop_assert!(safe != "." && safe != "..");
            prop_assert_eq!(safe_file_name(&safe), safe);
        }
    }
}
