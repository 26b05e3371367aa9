//! The policy book: replaced whole, and read while it is replaced.

use crate::fixture::{ANA, BEA, Fixture, at, begun, book_row, email, flow, letter, policy};
use jiff::civil::date;
use tokio::task::JoinSet;
use zaguan_domain::change::Change;
use zaguan_domain::document::Document;
use zaguan_domain::line::LineOfBusiness;
use zaguan_domain::policy::{Policy, PolicyNumber, PolicyState};
use zaguan_store::{BookCounts, BookRow, LetterFilter};

async fn load(fixture: &Fixture, rows: Vec<BookRow>) -> BookCounts {
    fixture.store.replace_book(rows.into_iter(), at(7)).await.unwrap()
}

fn counts(policies: u64, holders: u64) -> BookCounts {
    BookCounts { policies, holders, loaded_at: Some(at(7)) }
}

async fn numbers(fixture: &Fixture, document: Document) -> Vec<String> {
    let policies = fixture.store.policies_of(document).await.unwrap();
    policies.iter().map(|policy| policy.number.as_str().to_owned()).collect()
}

#[tokio::test]
async fn policies_come_back_whole() {
    let full = Policy {
        line: LineOfBusiness::PublicTransport,
        number: PolicyNumber::read("0059/137.418-A").unwrap(),
        previous: Vec::new(),
        from: Some(date(-44, 3, 15)),
        to: Some(date(9999, 12, 31)),
        state: Some(PolicyState::Cancelled),
        holder: "Ñandú D'Angelo «e hijos» \u{1f431} % _ \"".to_owned(),
        discriminator: "F".to_owned(),
        email: Some(email("O'Higgins+x@example.com.ar")),
        email_shared: false,
    };
    let bare = Policy {
        line: LineOfBusiness::Motor,
        state: None,
        holder: String::new(),
        ..policy(LineOfBusiness::Motor, "1")
    };
    let expired = Policy { state: Some(PolicyState::Expired), ..policy(LineOfBusiness::Motor, "2") };
    let in_force = policy(LineOfBusiness::Motor, "3");
    let company = Document::Company(30_701_234_568);
    let policies = [bare, expired, in_force, full];
    let rows = policies.clone().map(|policy| BookRow { document: company, policy });
    let fixture = Fixture::new().await;
    assert_eq!(load(&fixture, rows.to_vec()).await, counts(4, 2));
    assert_eq!(fixture.store.policies_of(company).await.unwrap(), policies);
    assert_eq!(fixture.store.policies_of(ANA).await.unwrap(), []);
}

#[tokio::test]
async fn every_line_of_business_comes_back() {
    let rows = LineOfBusiness::ALL.iter().map(|line| book_row(ANA, *line, "1")).collect();
    let fixture = Fixture::new().await;
    load(&fixture, rows).await;
    let mut found: Vec<_> =
        fixture.store.policies_of(ANA).await.unwrap().into_iter().map(|policy| policy.line).collect();
    found.sort_by_key(|line| LineOfBusiness::ALL.iter().position(|of_catalogue| of_catalogue == line));
    assert_eq!(found, LineOfBusiness::ALL);
}

#[tokio::test]
async fn the_lines_in_the_book_come_once_each_in_the_order_of_the_catalogue() {
    let fixture = Fixture::new().await;
    assert_eq!(fixture.store.lines_in_book().await.unwrap(), []);
    let lines =
        [LineOfBusiness::Surety, LineOfBusiness::Motor, LineOfBusiness::Household, LineOfBusiness::Motor];
    let rows = lines.iter().zip(["1", "2", "3", "4"]).map(|(line, number)| book_row(ANA, *line, number));
    load(&fixture, rows.collect()).await;
    assert_eq!(
        fixture.store.lines_in_book().await.unwrap(),
        [LineOfBusiness::Motor, LineOfBusiness::Household, LineOfBusiness::Surety]
    );
    load(&fixture, vec![book_row(ANA, LineOfBusiness::Funeral, "1")]).await;
    assert_eq!(fixture.store.lines_in_book().await.unwrap(), [LineOfBusiness::Funeral]);
}

#[tokio::test]
async fn a_new_book_takes_the_place_of_the_old_one_whole() {
    let fixture = Fixture::new().await;
    let nothing = BookCounts { policies: 0, holders: 0, loaded_at: None };
    assert_eq!(fixture.store.book_counts().await.unwrap(), nothing);
    load(
        &fixture,
        vec![book_row(ANA, LineOfBusiness::Motor, "1"), book_row(BEA, LineOfBusiness::Motor, "2")],
    )
    .await;
    load(&fixture, vec![book_row(ANA, LineOfBusiness::Motor, "3")]).await;
    assert_eq!(numbers(&fixture, ANA).await, ["3"]);
    assert_eq!(numbers(&fixture, BEA).await, [""; 0]);
    let later = fixture.store.replace_book(std::iter::empty(), at(9)).await.unwrap();
    assert_eq!(later, BookCounts { policies: 0, holders: 0, loaded_at: Some(at(9)) });
    assert_eq!(fixture.store.book_counts().await.unwrap(), later);
}

#[tokio::test]
async fn holders_who_share_a_document_are_counted_apart() {
    let mut rows = vec![
        book_row(ANA, LineOfBusiness::Motor, "1"),
        book_row(ANA, LineOfBusiness::Motor, "2"),
        book_row(ANA, LineOfBusiness::Motor, "3"),
        book_row(BEA, LineOfBusiness::Motor, "4"),
    ];
    rows[2].policy.discriminator = "M".to_owned();
    let fixture = Fixture::new().await;
    assert_eq!(load(&fixture, rows).await, counts(4, 3));
    assert_eq!(fixture.store.book_counts().await.unwrap(), counts(4, 3));
}

#[tokio::test]
async fn of_rows_with_the_same_document_line_and_number_the_last_counts() {
    let rows = vec![
        book_row(ANA, LineOfBusiness::Motor, "0001.234"),
        book_row(ANA, LineOfBusiness::Household, "1234"),
        book_row(BEA, LineOfBusiness::Motor, "1234"),
        book_row(ANA, LineOfBusiness::Motor, "1234/0"),
    ];
    let fixture = Fixture::new().await;
    assert_eq!(load(&fixture, rows).await, counts(3, 2));
    assert_eq!(numbers(&fixture, ANA).await, ["1234/0", "1234"]);
}

#[tokio::test]
async fn rows_that_break_off_leave_the_old_book() {
    let fixture = Fixture::new().await;
    load(&fixture, vec![book_row(ANA, LineOfBusiness::Motor, "1")]).await;
    let breaking = (0..5000_u32).map(|number| {
        assert!(number < 4000, "the file ends in the middle");
        book_row(BEA, LineOfBusiness::Household, &number.to_string())
    });
    let store = fixture.store.clone();
    let mut loading = JoinSet::new();
    loading.spawn(async move { store.replace_book(breaking, at(9)).await });
    assert!(loading.join_next().await.unwrap().unwrap_err().is_panic());
    assert_eq!(numbers(&fixture, ANA).await, ["1"]);
    assert_eq!(numbers(&fixture, BEA).await, [""; 0]);
    assert_eq!(fixture.store.book_counts().await.unwrap(), counts(1, 1));
    assert_eq!(fixture.store.lines_in_book().await.unwrap(), [LineOfBusiness::Motor]);
    load(&fixture, vec![book_row(BEA, LineOfBusiness::Motor, "2")]).await;
    assert_eq!(numbers(&fixture, BEA).await, ["2"]);
}

#[tokio::test]
async fn while_the_rows_come_the_old_book_is_read_and_others_write() {
    let fixture = Fixture::new().await;
    load(&fixture, vec![book_row(ANA, LineOfBusiness::Motor, "1")]).await;
    fixture.commits(vec![begun(flow(1, 1)), Change::LetterQueued(letter(1))]).await;
    let portal = fixture.other_program();
    let rows = (0..20_000_u32).map(|number| {
        if number % 5000 == 0 {
            assert_eq!(portal.number("select generation from book_in_use"), 1);
            portal.run("update letter set attempts = attempts + 1");
        }
        book_row(Document::Person(20_000_000 + number % 700), LineOfBusiness::Motor, &number.to_string())
    });
    let loaded = fixture.store.replace_book(rows, at(7)).await.unwrap();
    assert_eq!(loaded, counts(20_000, 700));
    assert_eq!(numbers(&fixture, ANA).await, [""; 0]);
    assert_eq!(numbers(&fixture, Document::Person(20_000_001)).await.len(), 29);
    assert_eq!(fixture.store.letters(LetterFilter::Waiting, 10).await.unwrap().len(), 1);
}
