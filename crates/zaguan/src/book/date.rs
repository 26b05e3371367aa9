//! The days that are read in a book: `2026-12-31` and `31/12/2026`.

use jiff::civil::Date;

/// The day that is written; nothing if it is none.
pub(super) fn read(text: &str) -> Option<Date> {
    let numbers = |separator| {
        let parts: Vec<&str> = text.split(separator).collect();
        <[&str; 3]>::try_from(parts).ok()
    };
    if let Some([year, month, day]) = numbers('-') {
        return date(year, month, day);
    }
    let [day, month, year] = numbers('/')?;
    date(year, month, day)
}

fn date(year: &str, month: &str, day: &str) -> Option<Date> {
    let digits = |text: &str, longest| {
        (1..=longest).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    if year.len() != 4 || !digits(year, 4) || !digits(month, 2) || !digits(day, 2) {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::read;
    use jiff::civil::date;

    #[test]
    fn both_ways_to_write_a_day_are_read() {
        assert_eq!(read("2026-12-31"), Some(date(2026, 12, 31)));
        assert_eq!(read("31/12/2026"), Some(date(2026, 12, 31)));
        assert_eq!(read("1/2/2026"), Some(date(2026, 2, 1)));
    }

    #[test]
    fn what_is_no_day_is_not_read() {
        for text in [
            "",
            "31/12/26",
            "2026/12/31",
            "31-12-2026",
            "12/31/2026",
            "30/02/2026",
            "00/00/0000",
            "dic-98",
            "20261231",
            "+1/+2/2026",
            "31/12/2026/1",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
