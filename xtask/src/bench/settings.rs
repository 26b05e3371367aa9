//! How much is measured: what all measurements of a running portal have in common.

use super::measured::Spread;

/// How often, how long, and how many people there are.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Settings {
    /// How often each is measured; less than five shows only that it runs.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    pub(super) rounds: u32,
    /// For how many seconds in each round.
    #[arg(long, default_value_t = 3.0)]
    pub(super) seconds: f64,
    /// How many people have an account and a session.
    #[arg(long, default_value_t = 1_000_000, value_parser = clap::value_parser!(u32).range(1_000..=50_000_000))]
    pub(super) people: u32,
}

impl Settings {
    /// For how long, as an argument.
    pub(super) fn seconds(&self) -> String {
        self.seconds.to_string()
    }
}

/// The rounds of several things, measured by turns: in every other round the last comes first, so that none is always
/// measured when the machine is warm.
pub(super) fn by_turns<T>(
    rounds: u32,
    count: usize,
    mut measure: impl FnMut(u32, usize) -> anyhow::Result<T>,
) -> anyhow::Result<Vec<Vec<T>>> {
    let mut all: Vec<Vec<T>> = (0..count).map(|_| Vec::new()).collect();
    for round in 1..=rounds {
        let forwards = round % 2 == 1;
        for turn in 0..count {
            let which = if forwards { turn } else { count - 1 - turn };
            all[which].push(measure(round, which)?);
        }
    }
    Ok(all)
}

/// The worst of several rounds.
pub(super) fn most(rounds: &[f64]) -> f64 {
    Spread::of(rounds.iter().copied()).map_or(f64::NAN, |spread| spread.most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn things_are_measured_by_turns_and_none_is_always_first() {
        let mut order = Vec::new();
        let all = by_turns(3, 2, |round, which| {
            order.push((round, which));
            Ok(which * 10)
        });
        assert_eq!(all.unwrap(), [[0, 0, 0], [10, 10, 10]]);
        assert_eq!(order, [(1, 0), (1, 1), (2, 1), (2, 0), (3, 0), (3, 1)]);
    }

    #[test]
    fn the_worst_round_is_the_largest() {
        assert!((most(&[1.0, 9.0, 3.0]) - 9.0).abs() < 1e-9);
        assert!(most(&[]).is_nan());
    }
}
