//! Limits in the configuration: how often something may be tried, as "10, one more each 2h".

use super::fault::Advice;
use super::reader::Reader;
use jiff::SignedDuration;
use zaguan_domain::allowance::Allowance;
use zaguan_domain::mailbox::{LetterLimit, LetterLimits};
use zaguan_domain::throttle::Limits;

const UNITS: [(&str, i64); 5] = [("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)];

/// More than anybody needs, so that a slip with the zeros is found.
const AT_ONCE_AT_MOST: u32 = 1_000_000;

pub(super) fn read(reader: &mut Reader<'_>) -> Option<Limits> {
    let sign_in_document = reader.parsed("limits.sign_in_document", allowance);
    let sign_in_device = reader.parsed("limits.sign_in_device", allowance);
    let sign_in_network = reader.parsed("limits.sign_in_network", allowance);
    let sign_in_portal = reader.parsed("limits.sign_in_portal", allowance);
    let register_document = reader.parsed("limits.register_document", allowance);
    let register_policy = reader.parsed("limits.register_policy", allowance);
    let register_network = reader.parsed("limits.register_network", allowance);
    let recover_network = reader.parsed("limits.recover_network", allowance);
    let key_network = reader.parsed("limits.key_network", allowance);
    let proof = reader.parsed("limits.proof", allowance);
    Some(Limits {
        sign_in_document: sign_in_document?,
        sign_in_device: sign_in_device?,
        sign_in_network: sign_in_network?,
        sign_in_portal: sign_in_portal?,
        register_document: register_document?,
        register_policy: register_policy?,
        register_network: register_network?,
        recover_network: recover_network?,
        key_network: key_network?,
        proof: proof?,
    })
}

pub(super) fn read_letters(reader: &mut Reader<'_>) -> Option<LetterLimits> {
    let per_hour = reader.number("limits.letters_per_hour", 1..=100);
    let per_day = reader.number("limits.letters_per_day", 1..=1000);
    let strangers_per_hour = reader.number("limits.letters_by_strangers_per_hour", 1..=100);
    let strangers_per_day = reader.number("limits.letters_by_strangers_per_day", 1..=1000);
    let limits = LetterLimits {
        of_all: LetterLimit { per_hour: per_hour?, per_day: per_day? },
        by_strangers: LetterLimit { per_hour: strangers_per_hour?, per_day: strangers_per_day? },
    };
    for (all, strangers, key) in [
        (per_hour?, strangers_per_hour?, "limits.letters_by_strangers_per_hour"),
        (per_day?, strangers_per_day?, "limits.letters_by_strangers_per_day"),
    ] {
        if strangers >= all {
            let advice =
                format!("write less than {all}, or strangers leave no room for what a holder must hear of");
            reader.refuse(key, Advice::new(advice));
            return None;
        }
    }
    Some(limits)
}

fn allowance(text: &str) -> Result<Allowance, Advice> {
    let advice = || {
        Advice::new(
            "write how many at once, and after how long there is one more, such as \"10, one more each 2h\" (ms, s, m, h or d)",
        )
    };
    let (at_once, each) = text.split_once(',').ok_or_else(advice)?;
    let at_once = at_once.trim().parse().ok().filter(|count| (1..=AT_ONCE_AT_MOST).contains(count));
    let each = each.trim().strip_prefix("one more each").ok_or_else(advice)?;
    Ok(Allowance { at_once: at_once.ok_or_else(advice)?, one_more_each: duration(each).ok_or_else(advice)? })
}

fn duration(text: &str) -> Option<SignedDuration> {
    let text = text.trim();
    let digits = text.find(|character: char| !character.is_ascii_digit())?;
    let (number, unit) = text.split_at(digits);
    let (_, milliseconds) = UNITS.iter().find(|(name, _)| *name == unit.trim())?;
    let number: i64 = number.parse().ok().filter(|number| (1..=100_000).contains(number))?;
    // The store keeps whole milliseconds.
    Some(SignedDuration::from_millis(number * milliseconds))
}

#[cfg(test)]
mod tests {
    use super::allowance;
    use jiff::SignedDuration;

    #[test]
    fn an_allowance_is_how_many_at_once_and_when_there_is_one_more() {
        for (text, at_once, milliseconds) in [
            ("10, one more each 2h", 10, 7_200_000),
            ("2000, one more each 50ms", 2000, 50),
            (" 5 ,one more each  5 m ", 5, 300_000),
            ("1, one more each 1d", 1, 86_400_000),
            ("60, one more each 30s", 60, 30_000),
        ] {
            let read = allowance(text).unwrap_or_else(|advice| panic!("{text}: {advice}"));
            assert_eq!(read.at_once, at_once, "{text}");
            assert_eq!(read.one_more_each, SignedDuration::from_millis(milliseconds), "{text}");
        }
        for text in [
            "",
            "10",
            "10, 2h",
            "0, one more each 2h",
            "-1, one more each 2h",
            "10, one more each 0s",
            "10, one more each h",
            "10, one more each 2",
            "10, one more each 2w",
            "10, one more each 2h, please",
            "10000000, one more each 2h",
            "10, one more each 999999d",
        ] {
            assert!(allowance(text).is_err(), "{text}");
        }
    }
}
