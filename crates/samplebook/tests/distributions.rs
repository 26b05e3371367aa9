//! The book has in it what it says that it has, and the same seed gives the same bytes.

#[cfg(test)]
mod distributions {
    use std::collections::{BTreeMap, BTreeSet, HashMap};

    use jiff::civil::{Date, date};
    use zaguan_domain::document::Document;
    use zaguan_domain::email::EmailAddress;
    use zaguan_domain::line::LineOfBusiness;
    use zaguan_domain::policy::{PolicyNumber, PolicyState};
    use zaguan_samplebook::{Encoding, PEOPLE, Recipe, Written, write};

    const ROWS: u64 = 100_000;

    fn made(recipe: &Recipe) -> (Vec<u8>, Written) {
        let mut bytes = Vec::new();
        let written = write(recipe, &mut bytes).unwrap();
        assert_eq!(written.bytes, bytes.len() as u64);
        (bytes, written)
    }

    /// The rows of a book without quirks, in which no cell needs quotes.
    fn rows(recipe: &Recipe) -> Vec<Vec<String>> {
        let text = String::from_utf8(made(recipe).0).unwrap();
        let mut lines = text.lines();
        assert_eq!(
            lines.next(),
            Some("documento;tipo_documento;discriminador;ramo;poliza;titular;email;desde;hasta;estado")
        );
        let rows: Vec<Vec<String>> = lines.map(|line| line.split(';').map(str::to_owned).collect()).collect();
        assert!(rows.iter().all(|row| row.len() == 10));
        rows
    }

    #[track_caller]
    fn assert_share(what: &str, part: usize, of: usize, percent: f64) {
        let share = 100.0 * f64::from(u32::try_from(part).unwrap()) / f64::from(u32::try_from(of).unwrap());
        let tolerance = (percent / 10.0).clamp(0.05, 0.7);
        assert!((share - percent).abs() <= tolerance, "{what}: {share:.2} %, not {percent} %");
    }

    /// The rows of each holder: a document and its discriminator.
    fn by_holder(rows: &[Vec<String>]) -> BTreeMap<(u64, &str), Vec<&[String]>> {
        let mut holders: BTreeMap<(u64, &str), Vec<&[String]>> = BTreeMap::new();
        for row in rows {
            holders.entry((row[0].parse().unwrap(), &row[2])).or_default().push(row);
        }
        holders
    }

    #[test]
    fn documents_are_spread_as_told() {
        let rows = rows(&Recipe::plain(ROWS, 1));
        let holders = by_holder(&rows);
        let share = |what, percent, matches: &dyn Fn(u64) -> bool| {
            let part = holders.keys().filter(|(document, _)| matches(*document)).count();
            assert_share(what, part, holders.len(), percent);
        };
        share("seven digits", 6.0, &|document| document < 10_000_000);
        share("10 to 50 million", 81.0, &|document| (10_000_000..50_000_000).contains(&document));
        share("70 million and more", 1.0, &|document| (70_000_000..80_000_000).contains(&document));
        share("foreigners", 4.0, &|document| (92_000_000..96_000_000).contains(&document));
        let prefix = |document: u64| document / 1_000_000_000;
        share("companies", 8.0, &|document| prefix(document) >= 30);
        share("CUIT 30", 8.0 * 0.85, &|document| prefix(document) == 30);
        share("CUIT 33", 8.0 * 0.09, &|document| prefix(document) == 33);
        share("CUIT 34", 8.0 * 0.03, &|document| prefix(document) == 34);
        share("other CUIT", 8.0 * 0.03, &|document| prefix(document) >= 50);
    }

    #[test]
    fn numbers_that_two_share_are_low_and_told_apart() {
        let rows = rows(&Recipe::plain(ROWS, 2));
        let holders = by_holder(&rows);
        let mut discriminators: BTreeMap<u64, BTreeSet<&str>> = BTreeMap::new();
        for (document, discriminator) in holders.keys() {
            discriminators.entry(*document).or_default().insert(discriminator);
        }
        let shared: Vec<_> = discriminators.iter().filter(|(_, who)| who.len() > 1).collect();
        assert!(shared.iter().all(|(number, who)| **number < 10_000_000 && !who.contains("")));
        assert_share("shared", shared.len() * 2, holders.len(), 0.2);
        let told_apart = holders.keys().filter(|(_, discriminator)| !discriminator.is_empty()).count();
        assert!(told_apart <= shared.len() * 2 + 1, "the last row may part a pair");
    }

    #[test]
    fn contracts_and_addresses_are_spread_as_told() {
        let rows = rows(&Recipe::plain(ROWS, 3));
        let holders = by_holder(&rows);
        let several = holders.values().filter(|rows| rows.len() >= 2).count();
        assert_share("two contracts or more", several, holders.len(), 38.0);
        let share_of_rows = |what, percent, matches: &dyn Fn(&[String]) -> bool| {
            assert_share(what, rows.iter().filter(|row| matches(row)).count(), rows.len(), percent);
        };
        share_of_rows("ended", 18.0, &|row| row[9] != "vigente");
        share_of_rows("group certificates", 10.0, &|row| row[3] == "vida-colectivo");
        let share = |what, percent, matches: &dyn Fn(&str) -> bool| {
            let part = holders.values().filter(|rows| matches(&rows[0][6])).count();
            assert_share(what, part, holders.len(), percent);
        };
        share("no e-mail", 35.0, &str::is_empty);
        share("producer's e-mail", 6.0, &|email| email.ends_with("@oficina.example"));
        let is_own = |email: &str| email.contains("@example.") || email.ends_with("@correo.example");
        share("own e-mail", 55.0, &is_own);
        share("dummy", 4.0, &|email| !email.is_empty() && !email.contains("example"));
        let mut uses: HashMap<&str, usize> = HashMap::new();
        for rows in holders.values() {
            *uses.entry(&rows[0][6]).or_default() += 1;
        }
        assert!(uses.iter().all(|(email, uses)| *uses == 1 || !email.contains("@example.")));
        assert!(uses.iter().all(|(email, uses)| *uses > 20 || !email.ends_with("@oficina.example")));
    }

    #[test]
    fn every_cell_is_what_a_reader_takes_it_for() {
        let mut keys = BTreeSet::new();
        for row in rows(&Recipe::plain(20_000, 4)) {
            let document = Document::from_stored(&row[0]).unwrap();
            assert_eq!(matches!(document, Document::Company(_)), row[1] == "CUIT", "{row:?}");
            let line = LineOfBusiness::from_slug(&row[3]).unwrap();
            let number = PolicyNumber::from_stored(&row[4]).unwrap();
            assert!(keys.insert((document, line, number.key())), "{row:?} comes twice");
            if row[6].contains("example") {
                assert!(EmailAddress::read(&row[6]).is_ok(), "{row:?}");
            }
            assert!(PolicyState::from_book(&row[9]).is_some(), "{row:?}");
            let day = |text: &str| text.split('/').rev().collect::<Vec<_>>().join("-");
            assert!(day(&row[7]) < day(&row[8]), "{row:?}");
            assert_eq!(row[9] == "vigente", day(&row[8]).as_str() >= "2026-10-31", "{row:?}");
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_bytes_and_another_does_not() {
        let recipe = Recipe { quirks: 20, ..Recipe::plain(2_000, 5) };
        assert_eq!(made(&recipe), made(&recipe));
        assert_ne!(made(&recipe).0, made(&Recipe { seed: 6, ..recipe }).0);
    }

    #[test]
    fn sorted_and_unsorted_have_the_same_rows() {
        let unsorted = rows(&Recipe::plain(5_000, 7));
        let mut sorted = rows(&Recipe { sorted: true, ..Recipe::plain(5_000, 7) });
        let documents =
            |rows: &[Vec<String>]| rows.iter().map(|row| row[0].parse::<u64>().unwrap()).collect::<Vec<_>>();
        assert!(documents(&sorted).is_sorted() && !documents(&unsorted).is_sorted());
        let mut scattered = unsorted;
        scattered.sort();
        sorted.sort();
        assert_eq!(scattered, sorted);
    }

    #[test]
    fn every_letter_exists_in_every_encoding() {
        let plain = String::from_utf8(made(&Recipe::plain(5_000, 8)).0).unwrap();
        assert!(plain.contains("MUÑOZ") && !plain.contains('?'));
        for (encoding, bytes) in [(Encoding::Windows1252, 1), (Encoding::Cp850, 1), (Encoding::Utf16Le, 2)] {
            let (encoded, _) = made(&Recipe { encoding, ..Recipe::plain(5_000, 8) });
            let mark = if bytes == 2 { 2 } else { 0 };
            assert_eq!(encoded.len(), plain.chars().count() * bytes + mark, "{encoding}");
            assert!(!encoded.contains(&b'?'), "{encoding}");
        }
    }

    #[test]
    fn quirks_are_as_many_as_told_and_what_they_lose_is_counted() {
        let recipe = Recipe { quirks: 10, ..Recipe::plain(20_000, 9) };
        let (bytes, written) = made(&recipe);
        assert_share("lost", usize::try_from(written.lost).unwrap(), 20_000, 10.0 * 5.0 / 23.0);
        assert_share("more lines", usize::try_from(written.more_lines).unwrap(), 20_000, 10.0 * 4.0 / 23.0);
        let text = String::from_utf8(bytes).unwrap();
        assert_eq!(text.lines().count() as u64, 1 + 20_000 + written.more_lines);
        for quirk in ["2,01235E+10", "dic-98", "=HYPERLINK(", "00/00/0000", "=\"0", " \"BIS\"", ";segunda@"] {
            assert!(text.contains(quirk), "{quirk}");
        }
    }

    #[test]
    fn a_book_may_be_tiny_and_must_not_be_beyond_the_ranges() {
        for count in 0..20 {
            assert_eq!(rows(&Recipe::plain(count, 10)).len() as u64, count);
        }
        assert!(write(&Recipe::plain(50_000_001, 10), std::io::sink()).is_err());
    }

    #[test]
    fn the_people_with_names_stand_in_the_book_of_any_day_and_nobody_else_has_their_numbers() {
        for day in [date(2026, 11, 23), date(2028, 2, 29), date(2031, 1, 1)] {
            let recipe = Recipe::of_demo(day);
            let rows = rows(&recipe);
            assert_eq!(rows.len() as u64, made(&recipe).1.rows);
            for person in &PEOPLE {
                let document = person.document.to_string();
                let theirs: Vec<_> =
                    rows.iter().filter(|row| row[0] == document && row[2] == person.discriminator).collect();
                assert_eq!(theirs.len(), person.policies.len(), "{}", person.surname);
                for (row, held) in theirs.iter().zip(person.policies) {
                    assert_eq!((row[3].as_str(), row[4].as_str()), (held.line, held.number));
                    let last = Date::strptime("%d/%m/%Y", &row[8]).unwrap();
                    assert_eq!(
                        (last < day, row[9] == "vencida"),
                        (held.has_lapsed, held.has_lapsed),
                        "{row:?}"
                    );
                }
            }
            let of_the_people =
                |row: &&Vec<String>| PEOPLE.iter().any(|person| row[0] == person.document.to_string());
            assert_eq!(rows.iter().filter(of_the_people).count(), 7);
        }
    }

    #[test]
    fn what_is_in_force_is_so_on_the_day_of_the_book() {
        let day = date(2030, 5, 1);
        for row in rows(&Recipe { day, ..Recipe::plain(5_000, 11) }) {
            let last = Date::strptime("%d/%m/%Y", &row[8]).unwrap();
            assert_eq!(last >= day, row[9] == "vigente", "{row:?}");
        }
    }
}
