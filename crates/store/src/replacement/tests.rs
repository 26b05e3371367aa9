//! A restore that is cut short between any two moves.

use super::*;
use tempfile::TempDir;

struct Place {
    directory: TempDir,
}

impl Place {
    /// A database with all its parts, and another one that is prepared to take its place.
    fn new(parts: &[&str]) -> (Self, Replacement) {
        let place = Self { directory: tempfile::tempdir().unwrap() };
        for part in parts {
            Self::write(&place.target(part), "before");
        }
        let Begun::Place(replacement) = Replacement::begin(&place.settings()).unwrap() else {
            panic!("nothing was cut short");
        };
        Self::write(&replacement.database(), "restored");
        fs::write(replacement.generation(7), "restored").unwrap();
        (place, replacement)
    }

    fn settings(&self) -> StoreSettings {
        StoreSettings::sqlite(self.directory.path().join("zaguan.db"))
    }

    fn target(&self, part: &str) -> PathBuf {
        beside(self.settings().file().unwrap(), part)
    }

    fn write(path: &Path, text: &str) {
        if path.extension().is_some_and(|extension| extension == "book") {
            fs::create_dir(path).unwrap();
            fs::write(path.join("7.sqlite"), text).unwrap();
        } else {
            fs::write(path, text).unwrap();
        }
    }

    /// What is in place, and what was moved aside, part by part.
    fn found(&self, aside: Option<&Path>) -> (Vec<String>, Vec<String>) {
        let read = |database: &Path| -> Vec<String> {
            let files = ["", "-wal", "-shm", ".book/7.sqlite"].map(|part| beside(database, part));
            files.iter().filter_map(|path| fs::read_to_string(path).ok()).collect()
        };
        (read(&self.target("")), aside.map(|aside| read(&aside.join("zaguan.db"))).unwrap_or_default())
    }
}

#[test]
fn what_was_there_is_moved_aside_whole() {
    let (place, replacement) = Place::new(&PARTS);
    let aside = replacement.put_in_place("now").unwrap().unwrap();
    assert_eq!(aside, place.target(".before-now"));
    assert_eq!(place.found(Some(&aside)), (vec!["restored".into(); 2], vec!["before".into(); 4]));
    assert!(!staging(&place.target("")).exists());
}

#[test]
fn where_nothing_was_nothing_is_left_aside() {
    let (place, replacement) = Place::new(&[]);
    assert_eq!(replacement.put_in_place("now").unwrap(), None);
    assert_eq!(place.found(None).0, ["restored", "restored"]);
    let mut names: Vec<_> =
        fs::read_dir(place.directory.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["zaguan.db", "zaguan.db.book", "zaguan.db.lock"]);
}

#[test]
fn a_restore_cut_short_between_any_two_moves_stops_everybody_until_it_is_ended() {
    for moves_done in 0..=6 {
        let (place, replacement) = Place::new(&PARTS);
        let mark = decided(&place.target(""));
        fs::write(&mark, ".before-now").unwrap();
        let aside = place.target(".before-now");
        fs::create_dir(&aside).unwrap();
        let moves = replacement.moves(&aside);
        assert_eq!(moves.len(), 6);
        for (from, to) in moves.iter().take(moves_done) {
            fs::rename(from, to).unwrap();
        }
        drop(replacement);

        let refusal = Presence::share(&place.target("")).unwrap_err();
        assert!(matches!(refusal, StoreError::RestoreCut(_)), "{refusal}");
        let Begun::EndedEarlier { aside: Some(named) } = Replacement::begin(&place.settings()).unwrap()
        else {
            panic!("it was cut short");
        };
        assert_eq!(named, aside);
        assert_eq!(
            place.found(Some(&aside)),
            (vec!["restored".into(); 2], vec!["before".into(); 4]),
            "{moves_done}"
        );
        Presence::share(&place.target("")).unwrap();
    }
}

#[test]
fn a_restore_given_up_before_it_was_decided_leaves_everything_as_it_was() {
    let (place, replacement) = Place::new(&PARTS);
    drop(replacement);
    assert_eq!(place.found(None).0, ["before"; 4]);
    assert!(!staging(&place.target("")).exists());
    Presence::share(&place.target("")).unwrap();
}

#[test]
fn nobody_opens_what_is_being_restored_and_nobody_restores_what_is_open() {
    let (place, replacement) = Place::new(&PARTS);
    let refusal = Presence::share(&place.target("")).unwrap_err();
    assert!(matches!(refusal, StoreError::BeingRestored(_)), "{refusal}");
    drop(replacement);
    let _two = [(), ()].map(|()| Presence::share(&place.target("")).unwrap());
    let refusal = Replacement::begin(&place.settings()).unwrap_err();
    assert!(matches!(refusal, StoreError::InUse(_)), "{refusal}");
    assert_eq!(place.found(None).0, ["before"; 4]);
}
