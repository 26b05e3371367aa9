//! Imports that do not come to their end: a full disk, Ctrl-C, a kill. The book in use stays and goes on answering,
//! nothing is left behind for long, and the next try works.

use crate::small_disk::SmallDisk;
use crate::support::{Done, Place, Running, pause};
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};
use zaguan_samplebook::{Recipe, write};

/// A whole book of so many policies, as bytes; the same each time.
fn book_of(policies: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    write(&Recipe::plain(policies, 1), &mut bytes).expect("in memory");
    bytes
}

/// Asserts that an import was refused in one sentence on standard error, which says these words and that nothing changed.
fn assert_refused(done: &Done, words: &str) {
    assert_eq!(done.status, 1, "{}{}", done.out, done.err);
    // The other lines tell how far it was.
    let sentences = done.err.lines().filter(|line| line.starts_with("zaguan: "));
    assert_eq!(sentences.count(), 1, "{}", done.err);
    assert!(done.err.contains("was not loaded, and the book in use stays as it is"), "{}", done.err);
    assert!(done.err.contains(words), "{words} in {}", done.err);
}

#[test]
fn a_disk_that_fills_up_leaves_the_book_in_use_and_the_next_try_works() {
    let Some(mut disk) = SmallDisk::of(12 << 20) else {
        println!(
            "this machine gives no name spaces: a limit on the length of files stands for the full disk"
        );
        return a_file_that_cannot_grow_leaves_the_book_in_use();
    };
    disk.place.write("small.csv", book_of(100));
    disk.place.write("big.csv", book_of(20_000));
    let done = disk.run("policies import ../small.csv");
    assert_eq!(done.status, 0, "{}", done.err);
    let document = some_document();
    let before = (disk.files(), disk.run(&format!("policies show {document} --json")).out);
    // From no room at all to room for all but the end of the new generation.
    for room in [16_u64 << 10, 256 << 10, 1 << 20, 3 << 20, 4 << 20] {
        disk.shell("cat /dev/zero > filler; true");
        disk.shell(&format!("truncate -s -{room} filler"));
        let done = disk.run("policies import ../big.csv --accept-shrink");
        assert_refused(&done, "the disk of the database is full; free some space");
        disk.shell("rm filler");
        assert_eq!(disk.run(&format!("policies show {document} --json")).out, before.1);
        assert_eq!(disk.files(), before.0, "something was left behind with {room} bytes of room");
    }
    let done = disk.run("policies import ../big.csv --accept-shrink");
    assert_eq!(done.status, 0, "{}", done.err);
    assert!(disk.run("policies list").out.contains("20000 policies"));
}

#[test]
fn a_report_of_rejected_rows_that_finds_no_room_stops_the_import_and_is_gone() {
    let Some(mut disk) = SmallDisk::of(8 << 20) else {
        println!("this machine gives no name spaces, so nothing is shown of a full disk");
        return;
    };
    let rows = "no tiene,rc,1\n".repeat(20_000);
    disk.place.write("rejected.csv", format!("documento,ramo,poliza\n{rows}"));
    disk.shell("cp ../rejected.csv .");
    let configured =
        format!("--config {}", disk.place.write("zaguan.toml", "store.url = \"sqlite:zaguan.db\"").display());
    disk.place.write("small.csv", book_of(100));
    let done = disk.run(&format!("policies import ../small.csv {configured}"));
    assert_eq!(done.status, 0, "{}", done.err);
    disk.shell("cat /dev/zero > filler; true");
    disk.shell("truncate -s -262144 filler");
    let before = disk.files();
    let done = disk.run(&format!("policies import rejected.csv {configured}"));
    assert_refused(&done, "the disk is full, and the report of its rejected rows");
    assert_eq!(disk.files(), before);
}

/// The document of the first policy of the book of 100.
fn some_document() -> String {
    let text = String::from_utf8(book_of(100)).expect("UTF-8");
    text.lines().nth(1).and_then(|row| row.split(';').next()).expect("a row").to_owned()
}

/// All files of a place, with their lengths.
fn files(place: &Place) -> Vec<(PathBuf, u64)> {
    let listed =
        Command::new("find").arg(place.directory()).args(["-type", "f"]).output().expect("find runs");
    let text = String::from_utf8(listed.stdout).expect("UTF-8");
    let mut files: Vec<_> = text.lines().map(PathBuf::from).collect();
    files.sort();
    files.into_iter().map(|path| (path.clone(), fs::metadata(path).expect("there").len())).collect()
}

/// A limit on the length of files gives another error than a full disk, at the same places of the code.
#[test]
fn a_file_that_cannot_grow_leaves_the_book_in_use() {
    let place = Place::empty();
    place.write("small.csv", book_of(100));
    place.write("big.csv", book_of(20_000));
    assert_eq!(place.run(&["policies", "import", "small.csv"]).status, 0);
    let before = files(&place);
    // In blocks of 512 bytes: less than the sorted rows, and less than the generation.
    for blocks in [1_000, 4_500] {
        let limited = format!(
            "trap '' XFSZ; ulimit -f {blocks}; exec {} policies import big.csv --accept-shrink",
            env!("CARGO_BIN_EXE_zaguan")
        );
        let mut command = Command::new("sh");
        command.args(["-c", &limited]).current_dir(place.directory()).env_clear();
        assert_refused(&Done::from(command.output().expect("it runs")), "");
        assert_eq!(files(&place), before, "something was left behind");
    }
    let done = place.run(&["policies", "import", "big.csv", "--accept-shrink"]);
    assert_eq!(done.status, 0, "{}", done.err);
}

/// An import of many rows that has read them all, and writes the new generation.
fn writing_its_generation(place: &Place) -> Running {
    place.write("small.csv", book_of(100));
    assert_eq!(place.run(&["policies", "import", "small.csv"]).status, 0);
    place.write("big.csv", book_of(60_000));
    let command = &mut place.command(&["policies", "import", "big.csv", "--accept-shrink"]);
    let running = Running::new(command, 2);
    wait_for_bytes(&place.path("zaguan.db.book/2.sqlite"), &running);
    running
}

/// Waits until there is something in the file of the new generation.
fn wait_for_bytes(generation: &Path, running: &Running) {
    let started = Instant::now();
    while fs::metadata(generation).map_or(0, |file| file.len()) < 64 << 10 {
        assert!(started.elapsed() < Duration::from_mins(1), "no generation: {}", running.logged());
        pause();
    }
}

#[test]
fn control_c_while_the_generation_is_written_ends_the_import_at_once_and_leaves_nothing() {
    let place = Place::empty();
    let running = writing_its_generation(&place);
    let asked = Instant::now();
    running.signal("INT");
    let (status, _, errors) = running.end();
    let took = asked.elapsed();
    assert_eq!(status.code(), Some(1), "{errors}");
    assert!(errors.contains("it was stopped before its end"), "{errors}");
    assert!(took < Duration::from_millis(1500), "it took {took:?}");
    let mut left: Vec<_> = files(&place).into_iter().map(|(path, _)| path).collect();
    left.retain(|path| path.to_string_lossy().contains(".book/"));
    assert_eq!(left, [place.path("zaguan.db.book/1.sqlite"), place.path("zaguan.db.book/lock")]);
}

#[test]
fn what_a_killed_import_left_is_cleared_by_the_next_one_and_by_the_portal() {
    for portal in [false, true] {
        let place = Place::with_configuration(
            "smtp.url = \"smtp://127.0.0.1:9?tls=none\"\npolicies.watch.folder = \".\"\npolicies.watch.pattern = \"none\"",
        );
        let (report, generation) =
            (place.path(".zaguan-rejected-x1Y2z3"), place.path("zaguan.db.book/2.sqlite"));
        let mut big = book_of(60_000);
        // The first row is rejected, so the report is begun at once.
        let header = big.iter().position(|byte| *byte == b'\n').expect("a header") + 1;
        big.splice(header..header, *b"no tiene;;;rc;1;;;;;\r\n");
        place.write("small.csv", book_of(100));
        assert_eq!(place.run(&["policies", "import", "small.csv"]).status, 0);
        place.write("big.csv", big);
        let running =
            Running::new(&mut place.command(&["policies", "import", "big.csv", "--accept-shrink"]), 2);
        wait_for_bytes(&generation, &running);
        running.signal("KILL");
        drop(running);
        let unfinished = |place: &Place| {
            let is_unfinished = |path: &PathBuf| path.to_string_lossy().contains(".zaguan-rejected-");
            files(place).into_iter().map(|(path, _)| path).filter(is_unfinished).count()
        };
        assert_eq!((unfinished(&place), generation.exists()), (1, true), "there is something to clear");
        let mut file = fs::File::create(&report).expect("made");
        file.write_all(b"x").expect("written");
        file.lock().expect("held, as by an import that is under way");
        if portal {
            let running = place.start(&["serve"], 1);
            running.wait_for("clearing", |_| unfinished(&place) == 1);
        } else {
            assert_eq!(place.run(&["policies", "import", "small.csv"]).status, 0);
        }
        assert!(!generation.exists() && !place.path("zaguan.db.book/building").exists());
        assert_eq!((unfinished(&place), report.exists()), (1, true), "only what nobody holds is cleared");
    }
}
