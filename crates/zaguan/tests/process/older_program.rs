//! A program on a database that a newer one has migrated: it starts where the database allows it, and says so.

use crate::doctor::Examined;
use crate::support::{BOOK, Place, get};
use zaguan_store::known_schema;
use zaguan_testing::{PostgresCluster, TestDatabase};

/// A portal's directory, whose database on a server this program has made.
fn place() -> (Place, TestDatabase) {
    let database = PostgresCluster::shared().database();
    let place = Place::with_configuration(&format!(
        "store.url = \"{}\"\nsmtp.url = \"smtp://127.0.0.1:9?tls=none\"",
        database.url()
    ));
    place.write("padron.csv", BOOK);
    assert_eq!(place.run(&["migrate"]).status, 0);
    assert_eq!(place.run(&["policies", "import", "padron.csv"]).status, 0);
    (place, database)
}

/// What a newer program does to it, beside which programs of this schema may work or not.
fn raise(database: &TestDatabase, works_with: u32) {
    let newer = known_schema() + 1;
    database.ask("alter table account add column later bigint; create table later (id bigint primary key)");
    database.ask(&format!(
        "insert into migration (version, name, hash, works_with) values ({newer}, 'later', '\\x00', {works_with})"
    ));
}

#[test]
fn where_only_something_was_added_it_starts_and_says_that_it_should_be_upgraded() {
    let (place, database) = place();
    let earlier = place.start(&["serve"], 1);
    raise(&database, known_schema());
    let later = place.start(&["serve"], 1);
    for portal in [&earlier, &later] {
        assert_eq!(get(portal.addresses()[0], "/registro").status, 200);
        assert_eq!(get(portal.addresses()[1], "/readyz").status, 200);
    }
    let told = "this program is older than the database";
    assert!(later.logged().contains(told) && !earlier.logged().contains(told), "{}", later.logged());
    let migrated = place.run(&["migrate"]);
    assert_eq!(migrated.status, 0);
    let sentence = format!("changed nothing; upgrade the program: schema {}", known_schema() + 1);
    assert!(migrated.out.contains(&sentence), "{}", migrated.out);
    let examined = Examined::of(&place, &[]);
    let is_about_it = |finding: &&serde_json::Value| {
        finding["words"].as_str().is_some_and(|words| words.contains("older than the database"))
    };
    let found = examined.findings.iter().find(is_about_it).expect(&examined.told);
    assert_eq!((&found["about"], &found["verdict"]), (&"database".into(), &"warning".into()));
    assert!(found["remedy"].as_str().is_some_and(|remedy| remedy.starts_with("upgrade it")), "{found}");
}

#[test]
fn where_something_was_taken_away_it_is_refused_with_what_to_do() {
    let (place, database) = place();
    raise(&database, known_schema() + 1);
    for command in ["serve", "migrate"] {
        let done = place.run(&[command]);
        assert_eq!(done.status, 1, "{command}: {}", done.out);
        assert!(done.err.contains("which does not work with it; run the newer program"), "{}", done.err);
    }
    Examined::of(&place, &[]).has_fault("database", "does not work with it", "run the newer program");
}
