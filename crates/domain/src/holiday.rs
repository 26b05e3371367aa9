//! Holidays and business days in Argentina, by which the law counts its deadlines.

use jiff::civil::{Date, Weekday, date};
use jiff::{Span, ToSpan as _};
use std::collections::BTreeSet;

/// The national holidays: those of Ley 27.399 of every year, and the days that a decree adds.
///
/// Ley 27.399 fixes twelve days (article 1), among them Carnival and Good Friday, which follow Easter, and four that move
/// to a Monday (article 6): from Tuesday and Wednesday to the one before, from Thursday and Friday to the next. The bridge
/// days of article 7, and those that move otherwise, are set by decree from year to year, so the operator tells them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Holidays {
    by_decree: BTreeSet<Date>,
}

/// Month and day of the holidays that never move.
const FIXED: [(i8, i8); 9] = [(1, 1), (3, 24), (4, 2), (5, 1), (5, 25), (6, 20), (7, 9), (12, 8), (12, 25)];

/// Month and day of the holidays that move to a Monday.
const MOVABLE: [(i8, i8); 4] = [(6, 17), (8, 17), (10, 12), (11, 20)];

/// Days from Easter: Monday and Tuesday of Carnival, and Good Friday.
const AROUND_EASTER: [i64; 3] = [-48, -47, -2];

impl Holidays {
    /// The holidays of the law, and these days by decree.
    pub fn with_days_by_decree(days: impl IntoIterator<Item = Date>) -> Self {
        Self { by_decree: days.into_iter().collect() }
    }

    /// Whether this day is a national holiday.
    pub fn is_holiday(&self, day: Date) -> bool {
        let year = day.year();
        let easter = easter(year);
        FIXED.contains(&(day.month(), day.day()))
            || MOVABLE.iter().any(|(month, of_month)| moved(date(year, *month, *of_month)) == day)
            || AROUND_EASTER.iter().any(|away| plus(easter, away.days()) == day)
            || self.by_decree.contains(&day)
    }

    /// Whether offices are open: neither Saturday nor Sunday nor a holiday.
    pub fn is_business_day(&self, day: Date) -> bool {
        !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) && !self.is_holiday(day)
    }

    /// The last day of a term of so many business days. The day on which it begins does not count.
    pub fn business_days_after(&self, begins: Date, count: u8) -> Date {
        let mut day = begins;
        for _ in 0..count {
            day = plus(day, 1.day());
            while !self.is_business_day(day) && day < Date::MAX {
                day = plus(day, 1.day());
            }
        }
        day
    }
}

/// Where the law moves a holiday. A Friday of June 17 stays, because the Monday after is the holiday of June 20, as the
/// calendar of 2022 had it.
fn moved(day: Date) -> Date {
    match day.weekday() {
        Weekday::Tuesday => plus(day, -1.day()),
        Weekday::Wednesday => plus(day, -2.days()),
        Weekday::Thursday => plus(day, 4.days()),
        Weekday::Friday if (day.month(), day.day()) == (6, 17) => day,
        Weekday::Friday => plus(day, 3.days()),
        Weekday::Saturday | Weekday::Sunday | Weekday::Monday => day,
    }
}

fn plus(day: Date, span: Span) -> Date {
    day.saturating_add(span)
}

/// Easter Sunday, by the anonymous Gregorian computus (Meeus, Astronomical Algorithms, chapter 8).
fn easter(year: i16) -> Date {
    let number = i32::from(year);
    let (century, of_century) = (number.div_euclid(100), number.rem_euclid(100));
    let in_cycle = number.rem_euclid(19);
    let corrected = (8 * century + 13) / 25;
    let moon = (19 * in_cycle + century - century / 4 - corrected + 15) % 30;
    let weekday = (32 + 2 * (century % 4) + 2 * (of_century / 4) - moon - of_century % 4) % 7;
    let late = (in_cycle + 11 * moon + 19 * weekday) / 433;
    let month = (moon + weekday - 7 * late + 90) / 25;
    let of_month = (moon + weekday - 7 * late + 33 * month + 19) % 32;
    let part = |part: i32| i8::try_from(part).unwrap_or(1);
    Date::new(year, part(month), part(of_month)).unwrap_or(Date::MIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(year: i16, holidays: &Holidays) -> Vec<String> {
        let all = date(year, 1, 1).series(1.day()).take_while(|day| day.year() == year);
        all.filter(|day| holidays.is_holiday(*day)).map(|day| day.strftime("%m-%d").to_string()).collect()
    }

    #[test]
    fn easter_falls_where_the_calendars_have_it() {
        for (year, month, day) in [
            (1961, 4, 2),
            (2000, 4, 23),
            (2008, 3, 23),
            (2011, 4, 24),
            (2024, 3, 31),
            (2025, 4, 20),
            (2026, 4, 5),
            (2027, 3, 28),
            (2038, 4, 25),
        ] {
            assert_eq!(easter(year), date(year, month, day));
        }
    }

    #[test]
    fn the_holidays_of_real_years_are_those_that_were_announced() {
        let law = Holidays::default();
        assert_eq!(
            days(2026, &law),
            [
                "01-01", "02-16", "02-17", "03-24", "04-02", "04-03", "05-01", "05-25", "06-15", "06-20",
                "07-09", "08-17", "10-12", "11-23", "12-08", "12-25"
            ]
        );
        assert_eq!(
            days(2023, &law),
            [
                "01-01", "02-20", "02-21", "03-24", "04-02", "04-07", "05-01", "05-25", "06-17", "06-20",
                "07-09", "08-21", "10-16", "11-20", "12-08", "12-25"
            ]
        );
        assert_eq!(
            days(2021, &law),
            [
                "01-01", "02-15", "02-16", "03-24", "04-02", "05-01", "05-25", "06-20", "06-21", "07-09",
                "08-16", "10-11", "11-20", "12-08", "12-25"
            ]
        );
        let of_2022 = days(2022, &law);
        for day in ["02-28", "03-01", "04-15", "06-17", "06-20", "08-15", "10-10", "11-20"] {
            assert!(of_2022.iter().any(|holiday| holiday == day), "{day}: {of_2022:?}");
        }
    }

    #[test]
    fn a_term_leaves_out_weekends_holidays_and_days_by_decree() {
        let law = Holidays::default();
        // Monday 23 November 2026 is a holiday; the term begins the day after the request.
        assert_eq!(law.business_days_after(date(2026, 11, 20), 5), date(2026, 11, 30));
        assert_eq!(law.business_days_after(date(2026, 11, 23), 5), date(2026, 11, 30));
        assert_eq!(law.business_days_after(date(2026, 12, 4), 1), date(2026, 12, 7));
        let bridge = Holidays::with_days_by_decree([date(2026, 12, 7)]);
        assert_eq!(bridge.business_days_after(date(2026, 12, 4), 1), date(2026, 12, 9));
        assert_eq!(law.business_days_after(date(2025, 12, 23), 5), date(2025, 12, 31));
        assert_eq!(law.business_days_after(date(2025, 12, 31), 1), date(2026, 1, 2));
    }

    #[test]
    fn no_year_makes_it_fail() {
        let law = Holidays::default();
        for year in (-9999..=9999).step_by(7) {
            let day = date(year, 12, 30);
            assert!(law.business_days_after(day, 5) >= day);
        }
        assert_eq!(law.business_days_after(Date::MAX, 5), Date::MAX);
    }
}
