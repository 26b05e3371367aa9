//! A disk as a power cut leaves it.

use super::trace::Event;
use crate::or_fail::OrFail as _;
use rand::RngExt as _;
use rand_chacha::ChaCha20Rng;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// The files, each with what is on the disk for sure and what came later.
#[derive(Debug, Default)]
pub(super) struct Disk {
    files: BTreeMap<String, File>,
}

#[derive(Debug, Default)]
struct File {
    synced: Vec<u8>,
    later: Vec<Change>,
}

#[derive(Debug)]
enum Change {
    Wrote { at: usize, bytes: Vec<u8> },
    Cut { length: usize },
}

impl Disk {
    /// Takes in what happened next.
    pub(super) fn take(&mut self, event: &Event) {
        match event {
            Event::Wrote { file, at, bytes } => {
                let change =
                    Change::Wrote { at: usize::try_from(*at).or_fail("a place"), bytes: bytes.clone() };
                self.files.entry(file.clone()).or_default().later.push(change);
            }
            Event::Cut { file, length } => {
                let change = Change::Cut { length: usize::try_from(*length).or_fail("a length") };
                self.files.entry(file.clone()).or_default().later.push(change);
            }
            Event::Synced(file) => {
                if let Some(file) = self.files.get_mut(file) {
                    for change in std::mem::take(&mut file.later) {
                        change.apply(&mut file.synced, |_| true, usize::MAX);
                    }
                }
            }
            // The names are those of the book, which is made before the first commit.
            Event::Moved { from, to } => {
                if let Some(file) = self.files.remove(from) {
                    self.files.insert(to.clone(), file);
                }
            }
            Event::Removed(file) => {
                self.files.remove(file);
            }
            Event::Told(_) => {}
        }
    }

    /// Whether anything of the database would be lost by a cut now.
    pub(super) fn has_unsynced(&self) -> bool {
        let of_database = self.files.iter().filter(|(name, _)| !name.contains(".book"));
        of_database.into_iter().any(|(_, file)| !file.later.is_empty())
    }

    /// Writes the files to a directory: what was synced, and of what came later each piece or not. Directories and empty
    /// files are taken from where the writer wrote.
    pub(super) fn write_to(&self, image: &Path, work: &Path, piece: usize, rng: &mut ChaCha20Rng) {
        if image.exists() {
            fs::remove_dir_all(image).or_fail("removing the image before");
        }
        copy_directories(work, image);
        // Of some cuts nothing that came later has reached the disk, of some all of it.
        let share: f64 = [0.0, 0.1, 0.5, 0.9, 1.0][rng.random_range(0..5)];
        for (name, file) in &self.files {
            let mut bytes = file.synced.clone();
            for change in &file.later {
                change.apply(&mut bytes, |_| rng.random_bool(share), piece);
            }
            let path = image.join(name);
            fs::create_dir_all(path.parent().unwrap_or(image)).or_fail("a directory of the image");
            fs::write(path, bytes).or_fail("writing the image");
        }
    }
}

impl Change {
    /// Does it to bytes, in pieces of this length on the disk, of which only some are done.
    fn apply(&self, file: &mut Vec<u8>, mut is_done: impl FnMut(usize) -> bool, piece: usize) {
        match self {
            Self::Cut { length } => {
                if is_done(*length) {
                    file.resize(*length, 0);
                }
            }
            Self::Wrote { at, bytes } => {
                let mut from = *at;
                let end = at + bytes.len();
                while from < end {
                    let to = if piece == usize::MAX { end } else { ((from / piece + 1) * piece).min(end) };
                    if is_done(from) {
                        if file.len() < to {
                            file.resize(to, 0);
                        }
                        file[from..to].copy_from_slice(&bytes[from - at..to - at]);
                    }
                    from = to;
                }
            }
        }
    }
}

/// Makes the same directories with the same empty files.
fn copy_directories(from: &Path, to: &Path) {
    fs::create_dir_all(to).or_fail("a directory");
    for entry in fs::read_dir(from).or_fail("a directory").flatten() {
        let path = entry.path();
        if path.is_dir() {
            copy_directories(&path, &to.join(entry.file_name()));
        } else if path.metadata().is_ok_and(|file| file.len() == 0) {
            fs::write(to.join(entry.file_name()), "").or_fail("an empty file");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_write_is_torn_at_the_pieces_of_the_disk_and_not_elsewhere() {
        let mut file = vec![b'.'; 12];
        let write = Change::Wrote { at: 2, bytes: b"abcdefgh".to_vec() };
        write.apply(&mut file, |from| from != 4, 4);
        assert_eq!(file, b"..ab....gh..");
    }

    #[test]
    fn what_was_synced_is_there_and_what_came_later_may_be() {
        let wrote = |at, bytes: &[u8]| Event::Wrote { file: "a".to_owned(), at, bytes: bytes.to_vec() };
        let mut disk = Disk::default();
        for event in [wrote(0, b"one"), Event::Synced("a".to_owned()), wrote(3, b"two")] {
            disk.take(&event);
        }
        assert!(disk.has_unsynced());
        assert_eq!(disk.files["a"].synced, b"one");
    }
}
