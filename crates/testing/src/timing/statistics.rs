//! The numbers that say whether paired times differ: Wilcoxon's signed-rank test, and an interval of the median.

use rand::Rng;
use statrs::distribution::{ContinuousCDF, Normal};

/// How often the differences are drawn again for an interval.
const RESAMPLES: usize = 10_000;

/// Wilcoxon's signed-rank test: the probability, two-sided, of differences at least as lopsided as these if neither of
/// the two is slower. By the normal approximation, which suits twenty pairs or more; differences of nothing are left out,
/// and equal ones share their ranks (Wilcoxon 1945; Pratt 1959 for ties).
pub fn signed_rank(differences: &[f64]) -> f64 {
    let mut sizes: Vec<f64> = differences.iter().copied().filter(|difference| *difference != 0.0).collect();
    sizes.sort_by(|a, b| a.abs().total_cmp(&b.abs()));
    let count = whole(sizes.len());
    let (mut positive, mut ties, mut below) = (0.0, 0.0, 0);
    for group in sizes.chunk_by(|a, b| a.abs().total_cmp(&b.abs()).is_eq()) {
        let size = whole(group.len());
        let rank = whole(below) + f64::midpoint(size, 1.0);
        positive += rank * whole(group.iter().filter(|difference| **difference > 0.0).count());
        ties += size.powi(3) - size;
        below += group.len();
    }
    let mean = count * (count + 1.0) / 4.0;
    let variance = count * (count + 1.0) * (2.0 * count + 1.0) / 24.0 - ties / 48.0;
    if variance <= 0.0 {
        return 1.0;
    }
    let score = (positive - mean).abs() / variance.sqrt();
    (2.0 * Normal::standard().sf(score)).min(1.0)
}

/// The number in the middle, or halfway between the two there; nothing of no numbers.
pub fn median(numbers: &[f64]) -> Option<f64> {
    let mut numbers = numbers.to_vec();
    middle(&mut numbers)
}

/// The interval that holds the median with this confidence, such as 0.999, by the bootstrap's percentiles
/// (Efron 1979): the differences are drawn again, with repetition, ten thousand times.
pub fn median_interval(differences: &[f64], confidence: f64, chance: &mut dyn Rng) -> Option<(f64, f64)> {
    let count = u64::try_from(differences.len()).ok().filter(|count| *count > 0)?;
    let mut drawn = vec![0.0; differences.len()];
    let mut medians = Vec::with_capacity(RESAMPLES);
    for _ in 0..RESAMPLES {
        for one in &mut drawn {
            // Of 64 bits the remainder favours nobody by more than one in a quadrillion.
            let place = usize::try_from(chance.next_u64() % count).ok()?;
            *one = *differences.get(place)?;
        }
        medians.push(middle(&mut drawn)?);
    }
    medians.sort_by(f64::total_cmp);
    let outside = whole(RESAMPLES) * (1.0 - confidence) / 2.0;
    let cut = (0..RESAMPLES).take_while(|place| whole(*place) + 1.0 <= outside).count();
    Some((*medians.get(cut)?, *medians.get(RESAMPLES - 1 - cut)?))
}

fn middle(numbers: &mut [f64]) -> Option<f64> {
    let half = numbers.len() / 2;
    if numbers.is_empty() {
        return None;
    }
    let odd = numbers.len() % 2 == 1;
    let (below, upper, _) = numbers.select_nth_unstable_by(half, f64::total_cmp);
    let upper = *upper;
    let lower = below.iter().copied().max_by(f64::total_cmp).filter(|_| !odd).unwrap_or(upper);
    Some(f64::midpoint(lower, upper))
}

/// A count as a number to reckon with; counts here are far below 2^32.
fn whole(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::INFINITY, f64::from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng as _;
    use rand_chacha::ChaCha8Rng;

    fn is_near(value: f64, wanted: f64) -> bool {
        (value / wanted - 1.0).abs() < 1e-6
    }

    fn chance() -> ChaCha8Rng {
        ChaCha8Rng::seed_from_u64(1)
    }

    /// Noise of about one, the same every time: twelve uniform numbers added up.
    fn noise(count: usize, chance: &mut ChaCha8Rng) -> Vec<f64> {
        let uniform = |chance: &mut ChaCha8Rng| f64::from(chance.next_u32()) / f64::from(u32::MAX);
        (0..count).map(|_| (0..12).map(|_| uniform(chance)).sum::<f64>() - 6.0).collect()
    }

    #[test]
    fn the_test_says_what_scipy_says() {
        // scipy 1.17.1: wilcoxon(d, method="approx", correction=False).pvalue
        let plain =
            [6.0, 8.0, 14.0, 16.0, 23.0, 24.0, 28.0, 29.0, 41.0, -48.0, 49.0, 56.0, 60.0, -67.0, 75.0];
        assert!(is_near(signed_rank(&plain), 0.040_888_132_911_855_91));
        let tied = [
            1.0, 1.0, -1.0, 2.0, 2.0, 2.0, -3.0, 4.0, 0.0, 0.0, 5.0, 5.0, -5.0, 6.0, 7.0, 8.0, -2.0, 9.0,
            10.0, 1.0, 3.0,
        ];
        assert!(is_near(signed_rank(&tied), 0.010_411_051_042_495_805));
        let lopsided: Vec<f64> =
            (1..=400).map(|size| f64::from(size) * if size % 10 == 0 { -1.0 } else { 1.0 }).collect();
        assert!(is_near(signed_rank(&lopsided), 3.041_056_555_270_110_6e-43));
        let other_way: Vec<f64> = lopsided.iter().map(|size| -size).collect();
        assert!(is_near(signed_rank(&other_way), 3.041_056_555_270_110_6e-43));
    }

    #[test]
    fn noise_alone_is_no_alarm_and_a_shift_of_a_third_of_it_is() {
        let mut chance = chance();
        for _ in 0..20 {
            let noise = noise(1_200, &mut chance);
            let p = signed_rank(&noise);
            assert!(p > 1e-5, "{p}");
            let shifted: Vec<f64> = noise.iter().map(|one| one + 0.33).collect();
            let p = signed_rank(&shifted);
            assert!(p < 1e-12, "{p}");
        }
    }

    #[test]
    fn nothing_tells_nothing() {
        assert!((signed_rank(&[]) - 1.0).abs() < f64::EPSILON);
        assert!((signed_rank(&[0.0; 30]) - 1.0).abs() < f64::EPSILON);
        assert_eq!(median(&[]), None);
        assert_eq!(median_interval(&[], 0.999, &mut chance()), None);
    }

    #[test]
    fn the_median_is_in_the_middle() {
        assert_eq!(median(&[3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), Some(2.5));
    }

    #[test]
    fn the_interval_holds_the_median_and_narrows_with_more_pairs() {
        let mut chance = chance();
        let (few, many) = (noise(100, &mut chance), noise(1_000, &mut chance));
        let (low, high) = median_interval(&few, 0.999, &mut chance).unwrap();
        assert!(low < 0.0 && high > 0.0 && high - low > 0.3, "{low} {high}");
        let (narrow_low, narrow_high) = median_interval(&many, 0.999, &mut chance).unwrap();
        assert!(narrow_high - narrow_low < (high - low) / 2.0, "{narrow_low} {narrow_high}");
        // The normal noise's median of 1,000 has a standard error of 0.0396; 99.9 % lie within 3.29 of them.
        assert!((0.2..0.35).contains(&(narrow_high - narrow_low)), "{narrow_low} {narrow_high}");
    }
}
