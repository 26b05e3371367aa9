//! Chance that can be asked again: the same answer for the same seed, question and index, in any order.

/// One question, such as "which e-mail address", with an answer for every index.
///
/// That no answer depends on another is what lets a row in the middle of the book be made without those before it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new(seed: u64, question: &str) -> Self {
        Self(question.bytes().fold(mix(seed), |key, byte| mix(key ^ u64::from(byte))))
    }

    /// Any number.
    pub(crate) fn number(self, index: u64) -> u64 {
        mix(self.0 ^ mix(index))
    }

    /// A number below `limit`, which is at least 1.
    pub(crate) fn below(self, index: u64, limit: u64) -> u64 {
        self.number(index) % limit
    }
}

/// The finaliser of `SplitMix64`: every bit of the result depends on every bit of the number.
fn mix(number: u64) -> u64 {
    let number = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

/// The numbers below a count, each once, in an order of chance that takes no memory: a Feistel network over the next
/// power of four, walked until it lands below the count.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shuffle {
    count: u64,
    half: u32,
    rounds: [Chance; 4],
}

impl Shuffle {
    pub(crate) fn new(seed: u64, question: &str, count: u64) -> Self {
        let bits = u64::BITS - count.saturating_sub(1).leading_zeros();
        let rounds = ["first", "second", "third", "fourth"].map(|round| {
            let Chance(key) = Chance::new(seed, question);
            Chance::new(key, round)
        });
        Self { count, half: bits.div_ceil(2).max(1), rounds }
    }

    /// The number in a place; both are below the count.
    pub(crate) fn at(&self, place: u64) -> u64 {
        let mut number = place;
        loop {
            number = self.once(number);
            if number < self.count {
                return number;
            }
        }
    }

    fn once(&self, number: u64) -> u64 {
        let mask = (1 << self.half) - 1;
        let (mut left, mut right) = (number >> self.half, number & mask);
        for round in self.rounds {
            (left, right) = (right, left ^ (round.number(right) & mask));
        }
        (left << self.half) | right
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shuffle_has_every_number_once_and_is_no_order() {
        for count in [1, 2, 3, 64, 65, 1_000, 4_097] {
            let shuffle = Shuffle::new(7, "order", count);
            let numbers: Vec<u64> = (0..count).map(|place| shuffle.at(place)).collect();
            let mut sorted = numbers.clone();
            sorted.sort_unstable();
            assert_eq!(sorted, (0..count).collect::<Vec<_>>(), "{count}");
            let rising = numbers.windows(2).filter(|pair| pair[0] < pair[1]).count();
            assert!(count < 1_000 || (rising as u64).abs_diff(count / 2) < count / 10, "{rising} of {count}");
        }
    }

    #[test]
    fn another_seed_or_question_gives_other_answers() {
        let answers = |seed, question| {
            let chance = Chance::new(seed, question);
            (0..100).map(|index| chance.below(index, 1_000)).collect::<Vec<_>>()
        };
        assert_eq!(answers(1, "email"), answers(1, "email"));
        assert_ne!(answers(1, "email"), answers(2, "email"));
        assert_ne!(answers(1, "email"), answers(1, "name"));
    }
}
