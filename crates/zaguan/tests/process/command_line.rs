//! The command line as an operator meets it: help, exit statuses, errors that say what to do.

use crate::support::{BOOK, Done, Place};
use std::fs;
use std::os::unix::ffi::OsStrExt as _;

const COMMANDS: [&[&str]; 15] = [
    &[],
    &["demo"],
    &["serve"],
    &["migrate"],
    &["config"],
    &["config", "init"],
    &["config", "check"],
    &["config", "show"],
    &["policies"],
    &["policies", "import"],
    &["policies", "list"],
    &["policies", "show"],
    &["policies", "undo"],
    &["letters", "list"],
    &["letters", "retry"],
];

#[test]
fn every_command_explains_itself_with_an_example() {
    let place = Place::empty();
    for command in COMMANDS {
        let done = place.run(&[command, &["--help"]].concat());
        assert_eq!(done.status, 0, "{command:?}");
        assert!(done.out.contains("Example") && done.out.contains("zaguan "), "{command:?}: {}", done.out);
        assert!(done.out.contains("--config <FILE>"), "{command:?} takes --config");
        assert!(done.err.is_empty(), "{command:?}: {}", done.err);
    }
}

#[test]
fn wrong_usage_ends_with_status_two() {
    let place = Place::empty();
    for wrong in [
        &[][..],
        &["bogus"],
        &["serve", "--bogus"],
        &["policies"],
        &["policies", "import"],
        &["policies", "import", "a", "b"],
        &["demo", "--listen", "nowhere"],
        &["demo", "--listen", "0.0.0.0:0"],
        &["serve"],
        &["serve", "--config", "missing.toml"],
        &["config", "check"],
        &["--config", "missing.toml", "migrate"],
    ] {
        let done = place.run(wrong);
        assert_eq!(done.status, 2, "{wrong:?}: {}", done.err);
        assert!(!done.err.is_empty(), "{wrong:?} says nothing");
    }
}

#[test]
fn a_missing_file_is_the_only_thing_that_is_told() {
    let done = Place::empty().run(&["serve", "--config", "missing.toml"]);
    assert_eq!(done.err.lines().count(), 1, "{}", done.err);
    assert!(
        done.err.starts_with("zaguan: the configuration file missing.toml cannot be read"),
        "{}",
        done.err
    );
    assert!(done.err.contains("zaguan config init"), "{}", done.err);
}

#[test]
fn the_written_configuration_is_right_as_it_is() {
    let place = Place::empty();
    let done = place.run(&["config", "init", "--config", "zaguan.toml"]);
    assert_eq!(done.status, 0, "{}", done.err);
    let done = place.run(&["config", "check"]);
    assert_eq!((done.status, done.out.as_str()), (0, "zaguan.toml is right.\n"), "{}", done.err);
}

#[test]
fn without_a_name_the_configuration_goes_to_standard_output() {
    let place = Place::empty();
    let printed = place.run(&["config", "init"]).out;
    place.run(&["config", "init", "--config", "zaguan.toml"]);
    assert_eq!(printed, fs::read_to_string(place.path("zaguan.toml")).expect("written"));
}

#[test]
fn a_configuration_that_is_there_is_never_overwritten() {
    let place = Place::empty();
    place.write("zaguan.toml", "# mine\n");
    let done = place.run(&["config", "init", "--config", "zaguan.toml"]);
    assert_eq!(done.status, 1, "{}", done.err);
    assert_eq!(fs::read_to_string(place.path("zaguan.toml")).expect("there"), "# mine\n");
}

#[test]
fn all_faults_are_told_at_once() {
    let place = Place::empty();
    place.write(
        "zaguan.toml",
        "[server]\nlisten = \"here\"\n[brnd]\nname = \"A\"\n[password]\nmin_length = 4\n",
    );
    let done = place.run(&["config", "check"]);
    assert_eq!(done.status, 2);
    for told in [
        "zaguan: zaguan.toml, line 2: server.listen: write an address and a port",
        "zaguan: zaguan.toml, line 3: brnd is not a section; did you mean brand?",
        "zaguan: zaguan.toml, line 6: password.min_length: write a whole number from 8 to 64",
        "zaguan: brand.name: it is missing; write name = \"Seguros Ejemplo\" under [brand], or set ZAGUAN__BRAND__NAME",
        "zaguan: smtp.url: it is missing",
    ] {
        assert!(done.err.contains(told), "{told} in:\n{}", done.err);
    }
}

#[test]
fn what_is_shown_says_where_it_comes_from_and_keeps_secrets() {
    let place = Place::with_configuration("smtp.url = \"smtps://portal:canario1@mail.example\"");
    place.write("clave.txt", "canario2\n");
    let mut command = place.command(&["config", "show"]);
    command.env("ZAGUAN__SMTP__PASSWORD_FILE", "clave.txt").env("ZAGUAN__LOG__LEVEL", "debug");
    let done = Done::from(command.output().expect("it runs"));
    assert_eq!(done.status, 0, "{}", done.err);
    for line in [
        "brand.name = \"Seguros Ejemplo\"  # zaguan.toml, line 4",
        "log.level = \"debug\"  # environment variable ZAGUAN__LOG__LEVEL",
        "key.life_minutes = 30  # preset",
        "smtp.url = (set, not shown)  # zaguan.toml, line 6",
        "smtp.password = (set, not shown)  # environment variable ZAGUAN__SMTP__PASSWORD_FILE",
        "# brand.logo is not set",
    ] {
        assert!(done.out.contains(line), "{line} in:\n{}", done.out);
    }
    assert!(!done.out.contains("canario"), "{}", done.out);
    let shown = place.run(&["config", "show", "--json"]).out;
    assert!(
        serde_json::from_str::<serde_json::Value>(&shown).is_ok() && !shown.contains("canario"),
        "{shown}"
    );
}

#[test]
fn migrating_makes_a_database_and_leaves_one_that_is_up_to_date() {
    let place = Place::empty();
    let done = place.run(&["migrate"]);
    assert_eq!(done.status, 0, "{}", done.err);
    assert!(done.out.contains("zaguan.db is made: schema "), "{}", done.out);
    assert!(place.run(&["migrate"]).out.contains("was up to date"));
}

#[test]
fn letters_are_listed_and_retried_only_where_there_are_any() {
    let place = Place::empty();
    let done = place.run(&["letters", "list"]);
    assert_eq!(done.status, 1);
    assert!(done.err.contains("zaguan migrate"), "{}", done.err);
    place.run(&["migrate"]);
    assert_eq!(place.run(&["letters", "list"]).out, "There are no letters yet.\n");
    assert_eq!(place.run(&["letters", "list", "--json"]).out, "[]\n");
    assert_eq!(place.run(&["letters", "retry", "--json"]).out, "{\"retried\":0}\n");
    let done = place.run(&["letters", "retry", "nonsense"]);
    assert_eq!(done.status, 1);
    assert!(done.err.contains("names no letter"), "{}", done.err);
    assert_eq!(place.run(&["letters", "retry", "0198c2f7a1b27c3d8e4f5a6b7c8d9e0f"]).status, 1);
}

#[test]
fn commands_that_need_only_the_database_ask_for_nothing_else() {
    let place = Place::empty();
    place.write("padron.csv", BOOK);
    let mut command = place.command(&["policies", "import", "padron.csv"]);
    let done = Done::from(command.env("ZAGUAN__STORE__URL", "sqlite:book.db").output().expect("it runs"));
    assert_eq!(done.status, 0, "{}", done.err);
    assert!(place.path("book.db").exists());
}

#[test]
fn a_server_that_would_not_prove_who_it_is_is_refused_with_a_sentence() {
    let place = Place::empty();
    place.write(
        "zaguan.toml",
        "[store]\nurl = \"postgres://zaguan:canario@db.example/zaguan?sslmode=prefer\"\n",
    );
    let done = place.run(&["migrate"]);
    assert_eq!(done.status, 2);
    let refused = "zaguan.toml, line 2: store.url: sslmode must be verify-full";
    assert!(done.err.contains(refused), "{}", done.err);
    assert!(!done.err.contains("canario"), "{}", done.err);
}

#[test]
fn a_variable_that_is_not_text_is_told() {
    let place = Place::with_configuration("");
    let mut command = place.command(&["config", "check"]);
    command.env("ZAGUAN__SMTP__URL", std::ffi::OsStr::from_bytes(b"smtp://\xff"));
    let done = Done::from(command.output().expect("it runs"));
    assert_eq!(done.status, 2);
    assert!(
        done.err.contains("environment variable ZAGUAN__SMTP__URL: its value is not UTF-8"),
        "{}",
        done.err
    );
}

#[test]
fn what_only_the_pages_can_tell_is_checked_too() {
    let place = Place::with_configuration("smtp.url = \"smtp://mail.example\"\nbrand.color = \"#ffff00\"");
    let done = place.run(&["config", "check"]);
    assert_eq!(done.status, 2, "{}", done.out);
    assert!(done.err.contains("#ffff00"), "{}", done.err);
    place.write("logo.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>");
    let done = place
        .command(&["config", "check"])
        .env("ZAGUAN__BRAND__COLOR", "#1f4e79")
        .env("ZAGUAN__BRAND__LOGO", "logo.svg")
        .output();
    let done = Done::from(done.expect("it runs"));
    assert_eq!(done.status, 0, "{}", done.err);
}
