//! Reading ahead: everything comes in order, an end is told, and nobody waits for ever.

use super::*;
use crate::policies::BookRow;
use zaguan_domain::document::Document;
use zaguan_domain::line::LineOfBusiness;
use zaguan_domain::policy::{Policy, PolicyNumber};

fn record(document: u32, holder: &str) -> Record {
    let policy = Policy {
        line: LineOfBusiness::Motor,
        number: PolicyNumber::read("1").unwrap(),
        previous: Vec::new(),
        from: None,
        to: None,
        state: None,
        holder: holder.to_owned(),
        discriminator: String::new(),
        email: None,
        email_shared: false,
    };
    let mut record = Record::default();
    record.keep(&BookRow { document: Document::Person(document), policy });
    record
}

#[test]
fn records_come_as_they_were_made_and_the_end_behind_them() {
    let count = 10 * u32::try_from(BATCH).unwrap() + 7;
    // Some are longer than what is kept to be used again.
    let made = |document: u32| {
        let holder = "Ñ".repeat(if document.is_multiple_of(100) { LONG } else { 5 });
        record(1_000_000 + document, &holder)
    };
    let mut ahead = Ahead::start(Path::new("."), move |taker| {
        (0..count).for_each(|document| assert!(taker.put(&mut made(document))));
        Ok("the end")
    })
    .unwrap();
    for document in 0..count {
        assert_eq!(ahead.peek().unwrap(), Some(&made(document)));
        ahead.advance();
    }
    assert_eq!(ahead.end(), None);
    assert_eq!(ahead.peek().unwrap(), None);
    assert_eq!(ahead.end(), Some(&"the end"));
}

#[test]
fn a_fault_comes_instead_of_the_end() {
    let mut ahead = Ahead::<()>::start(Path::new("."), |taker| {
        taker.put(&mut record(1_000_000, "A"));
        Err(StoreFault::DiskFull)
    })
    .unwrap();
    assert!(matches!(ahead.peek(), Err(StoreFault::DiskFull)));
}

#[test]
fn a_thread_to_which_nobody_listens_any_more_ends() {
    let (ended, of_end) = channel();
    let mut ahead = Ahead::start(Path::new("."), move |taker| {
        while taker.put(&mut record(1_000_000, "A")) {}
        let _ = ended.send(());
        Ok(())
    })
    .unwrap();
    assert!(ahead.peek().unwrap().is_some());
    drop(ahead);
    // Dropping waits for the thread, so its word is there.
    assert_eq!(of_end.try_recv(), Ok(()));
}
