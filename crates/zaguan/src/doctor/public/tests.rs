//! What is judged of answers at the public address.

use super::*;
use crate::doctor::finding::Verdict::{Fault, Good, Warning};

fn heard(status: u16, headers: &str) -> Heard {
    Heard { status, head: format!("HTTP/1.1 {status} x\r\n{headers}"), until: None }
}

#[test]
fn a_portal_is_known_by_its_cookie_and_whatever_else_answers_is_a_fault() {
    let judge = |status, headers: &str| judge_answer("https://portal.example", &heard(status, headers));
    assert_eq!(judge(200, "Set-Cookie: __Host-zaguan-navegador=abc; Secure").verdict, Good);
    for (status, says) in
        [(200, "no portal"), (404, "no portal"), (421, "another name"), (502, "a proxy"), (504, "a proxy")]
    {
        let finding = judge(status, "Server: nginx");
        assert_eq!(finding.verdict, Fault);
        assert!(finding.words.contains(says), "{}", finding.words);
    }
}

#[test]
fn who_types_the_name_alone_must_be_led_on() {
    let judge = |heard| judge_plain("http://portal.example", "https://portal.example", &heard).verdict;
    assert_eq!(judge(Ok(heard(301, "Location: https://portal.example/"))), Good);
    assert_eq!(judge(Ok(heard(308, "location: https://portal.example"))), Good);
    assert_eq!(judge(Ok(heard(301, "Location: https://elsewhere.example/"))), Warning);
    assert_eq!(judge(Ok(heard(200, ""))), Warning);
    assert_eq!(judge(Err(Deaf::Slow)), Warning);
}

#[test]
fn the_date_of_an_answer_is_read() {
    let head = "HTTP/1.1 200 OK\r\nDATE: Mon, 23 Nov 2026 14:37:48 GMT\r\n";
    assert_eq!(date(head), "2026-11-23T14:37:48Z".parse().ok());
    assert_eq!(date("HTTP/1.1 200 OK\r\ndate: soon"), None);
}
