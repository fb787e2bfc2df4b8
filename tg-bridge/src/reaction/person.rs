//! What people type about themselves, checked and put into one form.

use super::FullName;

/// An INN with right control digits: ten for an organisation, twelve for an entrepreneur.
pub(super) fn inn(text: &str) -> Option<String> {
    let digits: Vec<u32> = text
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '-')
        .map(|c| c.to_digit(10))
        .collect::<Option<_>>()?;
    const WEIGHTS: [u32; 11] = [3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8];
    let control = |count: usize| -> u32 {
        let weights = WEIGHTS.iter().skip(WEIGHTS.len() - count);
        digits
            .iter()
            .zip(weights)
            .map(|(digit, weight)| digit * weight)
            .sum::<u32>()
            % 11
            % 10
    };
    let right = match digits.len() {
        10 => digits.get(9) == Some(&control(9)),
        12 => digits.get(10) == Some(&control(10)) && digits.get(11) == Some(&control(11)),
        _ => false,
    };
    (right && digits.iter().any(|digit| *digit > 0))
        .then(|| digits.iter().map(u32::to_string).collect())
}

/// A telephone number as `+` and digits. Russian numbers in all their spellings are one number.
pub(super) fn phone(text: &str) -> Option<String> {
    let text = text.trim();
    let international = text.starts_with('+');
    if text
        .chars()
        .any(|c| !c.is_ascii_digit() && !" +()-.\u{a0}".contains(c))
        || text.chars().skip(1).any(|c| c == '+')
    {
        return None;
    }
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    match (digits.len(), digits.get(..1), international) {
        (11, Some("7"), _) => Some(format!("+{digits}")),
        (11, Some("8"), false) => Some(format!("+7{}", digits.get(1..)?)),
        (10, _, false) => Some(format!("+7{digits}")),
        // The country of this code has eleven digits and no others.
        (_, Some("7"), _) => None,
        (8..=15, Some(first), true) if first != "0" => Some(format!("+{digits}")),
        _ => None,
    }
}

/// Surname, first name and, if given, patronymic. A single word is not enough, and nothing is made up.
pub(super) fn full_name(text: &str) -> Option<FullName> {
    let fits = |word: &&str| {
        word.chars()
            .all(|c| c.is_alphabetic() || "-'’.".contains(c))
            && word.chars().any(char::is_alphabetic)
    };
    let words: Vec<&str> = text.split_whitespace().collect();
    if !words.iter().all(fits) || text.chars().count() > 150 {
        return None;
    }
    let (last_name, rest) = words.split_first()?;
    let (first_name, patronymic) = rest.split_first()?;
    Some(FullName {
        last_name: (*last_name).to_owned(),
        first_name: (*first_name).to_owned(),
        patronymic: (!patronymic.is_empty()).then(|| patronymic.join(" ")),
    })
}

impl FullName {
    /// All parts in their order.
    pub fn full(&self) -> String {
        let parts = [
            Some(&self.last_name),
            Some(&self.first_name),
            self.patronymic.as_ref(),
        ];
        parts
            .into_iter()
            .flatten()
            .map(String::as_str)
            .collect::<Vec<_>>()
            .join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reg_10_control_digits_are_checked() {
        assert_eq!(inn("7707083893").as_deref(), Some("7707083893"));
        assert_eq!(inn(" 5001 0073 2259 ").as_deref(), Some("500100732259"));
        for wrong in [
            "7707083894",
            "7707083892",
            "500100732258",
            "500100732269",
            "0000000000",
            "770708389",
            "770708389x",
            "",
        ] {
            assert_eq!(inn(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn reg_05_one_number_has_one_spelling() {
        for same in [
            "+7 (912) 345-67-89",
            "8 912 345 67 89",
            "79123456789",
            "9123456789",
            "+79123456789",
        ] {
            assert_eq!(phone(same).as_deref(), Some("+79123456789"), "{same}");
        }
        assert_eq!(phone("8 800 555 35 35").as_deref(), Some("+78005553535"));
        assert_eq!(phone("+375 29 123-45-67").as_deref(), Some("+375291234567"));
        for wrong in [
            "12345",
            "+1234567",
            "+1234567890123456",
            "позвоните",
            "+7912345678a",
            "112",
            "++79123456789",
            "+7912345678",
            "+791234567890",
        ] {
            assert_eq!(phone(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn reg_09_a_name_has_two_parts_at_least() {
        let name = full_name(" Римская-Корсакова  Анна Мария Петровна ").unwrap();
        assert_eq!(
            (
                name.last_name.as_str(),
                name.first_name.as_str(),
                name.patronymic.as_deref()
            ),
            ("Римская-Корсакова", "Анна", Some("Мария Петровна"))
        );
        assert_eq!(full_name("Иванов Пётр").unwrap().patronymic, None);
        for wrong in ["Анна", "", "Иванов 8912", "- -", "/start now"] {
            assert_eq!(full_name(wrong), None, "{wrong}");
        }
    }
}
