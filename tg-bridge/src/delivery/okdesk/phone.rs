//! Phone numbers: one number is written in many ways, and a part of a number is another number.

use okdesk_sdk::model::Contact;

/// A number as digits, with a Russian one as `7…` however it is written. A plus says that the country is named, so
/// that `+84…` is Vietnam and never Russia.
pub(super) fn digits(phone: &str) -> String {
    let national = !phone.trim_start().starts_with('+');
    let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
    match (digits.len(), digits.as_bytes().first()) {
        (11, Some(b'8')) if national => format!("7{}", &digits[1..]),
        (10, Some(b'9' | b'4' | b'8')) if national => format!("7{digits}"),
        _ => digits,
    }
}

/// The ways a number stands in a database.
pub(super) fn spellings(digits: &str) -> Vec<String> {
    match digits.strip_prefix('7').filter(|_| digits.len() == 11) {
        Some(rest) => vec![format!("+7{rest}"), format!("8{rest}"), format!("7{rest}")],
        None => vec![format!("+{digits}"), digits.to_owned()],
    }
}

/// Whether one of the contact's numbers is this one, all of it. A field may hold several.
pub(super) fn has_number(contact: &Contact, wanted: &str) -> bool {
    [&contact.phone, &contact.mobile_phone]
        .into_iter()
        .flatten()
        .flat_map(|field| field.split([',', ';', '/', '\n']))
        .any(|number| digits(number) == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_one_however_they_are_written() {
        for text in [
            "+7 (999) 000-00-01",
            "8 999 000 00 01",
            "79990000001",
            "9990000001",
        ] {
            assert_eq!(digits(text), "79990000001", "{text}");
        }
        assert_eq!(digits("+375 29 123-45-67"), "375291234567");
        // Somebody else's country is not Russia: a stranger must not become another person's contact.
        assert_eq!(digits("+84 912 345 678"), "84912345678");
        assert_eq!(digits("+47 42 34 56 78"), "4742345678");
        assert_eq!(
            spellings("79990000001"),
            ["+79990000001", "89990000001", "79990000001"]
        );
        assert_eq!(spellings("375291234567"), ["+375291234567", "375291234567"]);
    }

    #[test]
    fn a_part_of_a_number_is_another_number() {
        let mut contact = Contact::default();
        contact.mobile_phone = Some("+7 999 000-00-01, доб. 5; 8 999 000 00 02".into());
        assert!(has_number(&contact, "79990000001"));
        assert!(has_number(&contact, "79990000002"));
        assert!(!has_number(&contact, "9990000001"));
        assert!(!has_number(&contact, "0000001"));
    }
}
