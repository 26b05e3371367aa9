//! The CUIT and CUIL: eleven digits, of which the first two say whose it is and the last one checks the rest.

/// Whose an eleven-digit number is, told by its first two digits.
///
/// They say nothing of a person's sex: since the non-binary document of 2021 they are no longer tied to it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Owner {
    /// 20 and 23 to 27: a person; the eight digits in the middle are the document.
    Person,
    /// 30, 33 and 34: a company.
    Company,
    /// 50 (CDI, for those without CUIT or CUIL), 51 and 55 (foreigners): the middle is no document.
    Other,
}

/// Whose the number is, or nothing when no such number is ever given out.
pub(crate) fn owner(number: u64) -> Option<Owner> {
    match number / 1_000_000_000 {
        20 | 23..=27 => Some(Owner::Person),
        30 | 33 | 34 => Some(Owner::Company),
        50 | 51 | 55 => Some(Owner::Other),
        _ => None,
    }
}

/// The check digit of the first ten digits, or nothing when it would be ten: then another prefix is given out (which
/// happens to one number in eleven, and is why 23, 33 and their like exist).
///
/// The rule is the tax agency's: the ten digits are weighted 5 4 3 2 7 6 5 4 3 2, and the digit completes their sum to
/// a multiple of eleven.
pub fn check_digit(first_ten: u64) -> Option<u64> {
    // The weights, from the tenth digit back to the first, are 2 to 7 and then 2 to 5.
    let mut rest = first_ten;
    let mut sum = 0;
    for weight in [2, 3, 4, 5, 6, 7, 2, 3, 4, 5] {
        sum += rest % 10 * weight;
        rest /= 10;
    }
    match (11 - sum % 11) % 11 {
        10 => None,
        digit => Some(digit),
    }
}

/// Whether these are eleven digits that end in their check digit. It proves the form, not that anybody has the number.
pub fn is_well_formed(number: u64) -> bool {
    (10_000_000_000..100_000_000_000).contains(&number) && check_digit(number / 10) == Some(number % 10)
}

/// The eight digits in the middle: a person's document, when the number is a person's.
pub(crate) fn middle(number: u64) -> u32 {
    u32::try_from(number / 10 % 100_000_000).unwrap_or(u32::MAX)
}
