//! Laws of every load, whatever has happened to the rows on their way out of the insurer's system: each row that is read
//! is told in one figure, and none is both loaded and rejected.

#[cfg(test)]
mod laws {
    use jiff::Timestamp;
    use proptest::prelude::*;
    use std::collections::BTreeSet;
    use std::fs::{self, File};
    use std::path::Path;
    use tokio::runtime::Runtime;
    use tokio_util::sync::CancellationToken;
    use zaguan::book::{Load, Progress, Report, open};
    use zaguan::config::BookSettings;
    use zaguan_book::Told;
    use zaguan_domain::origin::Actor;
    use zaguan_samplebook::{Recipe, Written, write};
    use zaguan_store::{Store, StoreSettings};

    /// Writes a book and loads it, believed or not.
    async fn load(store: &Store, path: &Path, recipe: &Recipe) -> (Written, Report) {
        let written = write(recipe, File::create(path).unwrap()).unwrap();
        let known = store.generations().await.unwrap();
        let (settings, stop) = (BookSettings::default(), CancellationToken::new());
        let at = Timestamp::UNIX_EPOCH;
        let load = Load { store, known: &known, at, settings: &settings, mode: None, stop: &stop };
        let prepared =
            load.prepare(path, open(path, &Told::default()).unwrap(), Progress::to_log(0)).unwrap();
        (written, prepared.conclude(store, true, Actor::Operator).await.unwrap())
    }

    /// The line numbers in the report of rejected rows.
    fn rejected_lines(report: &Report) -> Vec<u64> {
        let Some(path) = &report.rejected_rows else { return Vec::new() };
        let text = fs::read_to_string(path).unwrap();
        let rows = text.lines().skip(1);
        rows.map(|row| row.split('"').nth(1).unwrap().parse().unwrap()).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn each_row_that_is_read_is_told_once_and_is_loaded_or_rejected(
            seeds: [u64; 2], rows in 20_u64..300, quirks in 0_u64..=60,
        ) {
            let directory = tempfile::tempdir().unwrap();
            let path = directory.path().join("padron.csv");
            let settings = StoreSettings::sqlite(directory.path().join("zaguan.db"));
            Runtime::new().unwrap().block_on(async {
                Store::migrate(&settings).await.unwrap();
                let store = Store::open(settings).await.unwrap();
                for seed in [seeds[0], seeds[1], seeds[1]] {
                    let (written, report) = load(&store, &path, &Recipe { quirks, ..Recipe::plain(rows, seed) }).await;
                    let counts = &report.counts;
                    let rejected = counts.all_rejected();
                    prop_assert_eq!(
                        counts.rows,
                        counts.new + counts.changed + counts.unchanged + counts.repeated + rejected
                    );
                    prop_assert_eq!(rejected, written.lost);
                    // Whatever is neither rejected nor given up for a later row is in the book, and nothing else.
                    prop_assert_eq!(counts.policies, counts.rows - rejected - counts.repeated);
                    prop_assert_eq!(counts.policies, store.book_counts().await.unwrap().policies);
                    let lines = rejected_lines(&report);
                    prop_assert_eq!(lines.len() as u64, rejected);
                    prop_assert_eq!(lines.iter().collect::<BTreeSet<_>>().len(), lines.len());
                }
                store.close().await;
                Ok(())
            })?;
        }

        #[test]
        fn the_same_book_again_changes_nothing(seed: u64, rows in 20_u64..300, quirks in 0_u64..=60) {
            let directory = tempfile::tempdir().unwrap();
            let settings = StoreSettings::sqlite(directory.path().join("zaguan.db"));
            Runtime::new().unwrap().block_on(async {
                Store::migrate(&settings).await.unwrap();
                let store = Store::open(settings).await.unwrap();
                let recipe = Recipe { quirks, ..Recipe::plain(rows, seed) };
                let (_, first) = load(&store, &directory.path().join("one.csv"), &recipe).await;
                let (_, again) = load(&store, &directory.path().join("other.csv"), &recipe).await;
                let counts = &again.counts;
                prop_assert_eq!([counts.new, counts.changed, counts.ended], [0, 0, 0]);
                prop_assert_eq!(counts.unchanged, first.counts.policies);
                store.close().await;
                Ok(())
            })?;
        }
    }
}
