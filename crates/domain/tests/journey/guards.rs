//! What guards an account, at its edges: sessions, browsers, buckets, secrets, and what is written down of them.

use crate::model::{Model, ana, policy, register_input};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;
use std::net::IpAddr;
use zaguan_domain::account::{Account, Holder, StoredPassword};
use zaguan_domain::allowance::{Subject, Take};
use zaguan_domain::audit::{Event, RecordedAddress, record};
use zaguan_domain::browser::BrowserKind;
use zaguan_domain::change::Change;
use zaguan_domain::change_password::personal_words_of;
use zaguan_domain::device::{DEVICE_LIFE, Device, DeviceHere};
use zaguan_domain::document::Document;
use zaguan_domain::id::{AccountId, LetterId};
use zaguan_domain::letter::{Letter, LetterKind};
use zaguan_domain::letter_token::LetterToken;
use zaguan_domain::mailbox::{Cause, CountedLetter, Mailboxes};
use zaguan_domain::moment::date_in_argentina;
use zaguan_domain::origin::{Actor, Origin};
use zaguan_domain::prove::proof_refused;
use zaguan_domain::secret::{Secrets, Use};
use zaguan_domain::session::{Session, sign_out};
use zaguan_domain::set_password::{SetPasswordAnswer, SetPasswordFacts, personal_words, set_password};
use zaguan_domain::sign_in::{SignIn, SignInAnswer, SignInFacts, Tried, sign_in};
use zaguan_domain::throttle::Limits;
use zaguan_domain::token::{Token, TokenHash};

const AGENT: &str =
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36";

fn right(right: &[bool]) -> Tried<'_> {
    Tried { right, typed_key: None, rehashed: None }
}

fn instant() -> SignedDuration {
    SignedDuration::from_nanos(1)
}

fn now() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

fn account() -> Account {
    Account {
        id: AccountId::from_bytes([1; 16]),
        holder: Holder { document: ana(), discriminator: "M".to_owned() },
        email: register_input("ana@gmail.com").email,
        password: StoredPassword { phc: "one".to_owned(), pepper: 1 },
        opened_at: now(),
        locked_at: None,
    }
}

fn session() -> Session {
    Session {
        token: TokenHash::from_bytes([2; 32]),
        account: account().id,
        opened_at: now(),
        seen_at: now(),
        browser: BrowserKind::UNKNOWN,
        proven_at: now(),
    }
}

fn somebody() -> Origin {
    let address: IpAddr = "203.0.113.9".parse().unwrap();
    Origin::visitor(Some(address), BrowserKind::from_user_agent(AGENT))
}

#[test]
fn a_session_lives_to_the_last_moment_of_its_idle_time_and_of_its_life() {
    let rules = Model::new(1).rules;
    let (idle, life) = (rules.session_idle, rules.session_life);
    let alive = |seen_at, now| Session { seen_at, ..session() }.is_alive(now, &rules);
    assert!(alive(now(), now()) && alive(now(), now() + idle - instant()));
    assert!(!alive(now(), now() + idle) && !alive(now(), now() + idle + instant()));
    let end = now() + life;
    assert!(alive(end - instant(), end - instant()), "used all the time");
    assert!(!alive(end - instant(), end), "used all the time, but too long");
}

#[test]
fn a_password_is_asked_for_again_after_five_minutes_and_a_request_is_written_down_once_a_minute() {
    let (proof, minute) = (SignedDuration::from_mins(5), SignedDuration::from_mins(1));
    assert!(session().is_proven(now() + proof - instant()) && !session().is_proven(now() + proof));
    assert!(!session().wants_to_be_seen(now() + minute - instant()));
    assert!(session().wants_to_be_seen(now() + minute));
}

#[test]
fn signing_out_ends_the_session_that_is_there_and_tells_whose() {
    let mut model = Model::new(1);
    let step = model.step(|_, moment| sign_out(Some(&(session(), account())), moment));
    let [Change::SessionEnded { token }, Change::Recorded(told)] = &step.changes[..] else {
        panic!("{:?}", step.changes)
    };
    assert_eq!((*token, told.event), (session().token, Event::SignedOut));
    assert_eq!((told.account, told.document), (Some(account().id), Some(ana())));
    assert!(model.step(|_, moment| sign_out(None, moment)).changes.is_empty());
}

#[test]
fn every_bucket_has_a_name_and_a_limit_of_its_own() {
    let (device, network) = (TokenHash::from_bytes([3; 32]), || "203.0.113.9".to_owned());
    let id = AccountId::from_bytes([0xab; 16]);
    let table = [
        (Subject::SignInOfDocument(ana()), "sign_in_document", "sign-in/document/12345678"),
        (
            Subject::SignInOfDevice(ana(), device),
            "sign_in_device",
            "sign-in/device/12345678/AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM",
        ),
        (Subject::SignInFrom(network()), "sign_in_network", "sign-in/from/203.0.113.9"),
        (Subject::SignInAnywhere, "sign_in_portal", "sign-in/anywhere"),
        (Subject::RegisterOfDocument(ana()), "register_document", "register/document/12345678"),
        (Subject::RegisterOfPolicy("1234567".to_owned()), "register_policy", "register/policy/1234567"),
        (Subject::RegisterFrom(network()), "register_network", "register/from/203.0.113.9"),
        (Subject::RecoverFrom(network()), "recover_network", "recover/from/203.0.113.9"),
        (Subject::KeyFrom(network()), "key_network", "key/from/203.0.113.9"),
        (Subject::ProofOf(id), "proof", "proof/abababababababababababababababab"),
    ];
    for (subject, limit, name) in table {
        assert_eq!((subject.limit(), subject.name().as_str()), (limit, name));
    }
}

#[test]
fn a_registration_takes_from_its_document_its_policy_and_its_network_and_a_key_from_its_network() {
    let limits = Limits::default();
    let from: Option<IpAddr> = "203.0.113.9".parse().ok();
    let names = |takes: Vec<Take>| -> Vec<String> { takes.iter().map(|take| take.subject.name()).collect() };
    let number = register_input("ana@gmail.com").number;
    let of_registration = names(limits.registration(ana(), &number, from));
    let expected = ["register/from/203.0.113.9", "register/document/12345678", "register/policy/1234567"];
    assert_eq!(of_registration, expected);
    assert_eq!(names(limits.key(from)), ["key/from/203.0.113.9"]);
}

#[test]
fn every_event_and_every_actor_is_read_from_the_word_that_is_kept() {
    let words: BTreeSet<&str> = Event::ALL.into_iter().map(Event::to_stored).collect();
    assert_eq!(words.len(), Event::ALL.len(), "no two share a word");
    for event in Event::ALL {
        assert_eq!(Event::from_stored(event.to_stored()), Some(event));
    }
    for actor in [Actor::Visitor, Actor::Portal, Actor::Operator] {
        assert_eq!(Actor::from_stored(actor.to_stored()), Some(actor));
    }
    assert_eq!((Event::from_stored("nothing"), Actor::from_stored("nobody")), (None, None));
    assert_eq!((Event::from_stored(""), Actor::from_stored("")), (None, None));
}

#[test]
fn every_cause_of_a_letter_is_read_from_the_word_that_is_kept() {
    for cause in [Cause::Stranger, Cause::Holder, Cause::Notice] {
        assert_eq!(Cause::from_stored(cause.to_stored()), Some(cause));
    }
    assert_eq!(Cause::from_stored("nobody"), None);
}

#[test]
fn a_letter_is_guarded_by_those_of_its_own_mailbox_within_a_day() {
    let mut model = Model::new(1);
    let letter = |to: &str, leaves_at| CountedLetter {
        mailbox: register_input(to).email.mailbox(),
        cause: Cause::Stranger,
        leaves_at,
        is_held: false,
    };
    let day_ago = model.now - SignedDuration::from_hours(24);
    let mailboxes = Mailboxes::new(vec![
        letter("ana@gmail.com", day_ago),
        letter("ana@gmail.com", day_ago + instant()),
        letter("ana@gmail.com", model.now),
        letter("otra@gmail.com", model.now),
    ]);
    let to = register_input("ana@gmail.com").email;
    let changes = model.step(|_, moment| {
        let letter = Letter::new(LetterKind::RecoverySteps, Cause::Stranger, ana(), to, moment);
        mailboxes.clone().queue(letter, moment)
    });
    let [Change::MailboxSeen { since, letters, .. }, Change::LetterQueued(_)] = &changes[..] else {
        panic!("{changes:?}")
    };
    assert_eq!((*since, *letters), (day_ago, 2));
}

#[test]
fn letters_of_held_keys_take_no_room_from_what_leaves_now() {
    let mut model = Model::new(1);
    let held = CountedLetter {
        mailbox: register_input("ana@gmail.com").email.mailbox(),
        cause: Cause::Stranger,
        leaves_at: model.now + SignedDuration::from_mins(59),
        is_held: true,
    };
    let to = register_input("ana@gmail.com").email;
    let leaves_at = held.leaves_at;
    let mailboxes = Mailboxes::new(vec![held.clone(), held.clone(), held]);
    let (now, later) = model.step(|_, moment| {
        let letter = Letter::new(LetterKind::RecoverySteps, Cause::Stranger, ana(), to, moment);
        let held = Letter { leaves_at, ..letter.clone() };
        (mailboxes.clone().queue_now(letter, moment), mailboxes.clone().queue(held, moment))
    });
    assert!(now.is_some());
    let Some(Change::LetterQueued(later)) = later.last() else { panic!("{later:?}") };
    assert_eq!(later.leaves_at, leaves_at + SignedDuration::from_hours(1), "from one that waits too they do");
}

#[test]
fn a_record_tells_who_what_when_from_where_and_of_whom() {
    let mut model = Model::new(1);
    let origin = somebody();
    let (told, again) = model.step(|_, moment| {
        moment.origin = origin;
        (record(Event::SignedIn, moment), record(Event::SignedIn, moment))
    });
    assert_eq!((told.event, told.actor, told.at), (Event::SignedIn, Actor::Visitor, model.now));
    assert_eq!((told.browser, told.document, told.account), (origin.browser, None, None));
    let Some(RecordedAddress { address, chance }) = told.address else { panic!("an address") };
    assert_eq!(Some(address), origin.address);
    assert_ne!(Some(chance), again.address.map(|address| address.chance), "the chance is another each time");
    let of_document = told.clone().of_document(ana());
    assert_eq!((of_document.document, of_document.account), (Some(ana()), None));
    let whole = told.of_account(account().id, &account().holder).with_detail("one");
    assert_eq!((whole.document, whole.account), (Some(ana()), Some(account().id)));
    assert_eq!(whole.detail, "one");
    assert!(matches!(whole.clone().into_change(), Change::Recorded(record) if record == whole));
}

#[test]
fn a_wrong_proof_is_recorded_with_its_account() {
    let mut model = Model::new(1);
    let step = model.step(|_, moment| proof_refused(&account(), moment));
    let [Change::Recorded(told)] = &step.changes[..] else { panic!("{:?}", step.changes) };
    assert_eq!((told.event, told.account), (Event::ProofRefused, Some(account().id)));
}

#[test]
fn who_acts_is_the_portal_the_operator_or_a_visitor_with_their_browser() {
    assert_eq!((Origin::PORTAL.actor, Origin::OPERATOR.actor), (Actor::Portal, Actor::Operator));
    let device = TokenHash::from_bytes([3; 32]);
    let here = somebody().on_device(Some(device));
    assert_eq!((here.actor, here.device, here.browser), (Actor::Visitor, Some(device), somebody().browser));
    assert_eq!((here.address, here.on_device(None)), (somebody().address, somebody()));
}

#[test]
fn a_button_of_a_letter_is_read_as_it_was_written_and_works_for_its_letter_and_its_use_alone() {
    let model = Model::new(1);
    let (letter, other) = (LetterId::from_bytes([1; 16]), LetterId::from_bytes([2; 16]));
    let token = |letter, usage| LetterToken::of(letter, usage, &model.secrets).unwrap();
    let text = token(letter, Use::Disown).to_text();
    assert_eq!(text.len(), 64);
    let read = LetterToken::read(&text).unwrap();
    assert_eq!((read.letter(), read.to_text()), (letter, text.clone()));
    assert!(read.is_proven(Use::Disown, &model.secrets) && !read.is_proven(Use::Release, &model.secrets));
    assert!(token(letter, Use::Release).is_proven(Use::Release, &model.secrets));
    let of_other = token(other, Use::Disown).to_text();
    let exchanged = LetterToken::read(&format!("{}{}", &text[..20], &of_other[20..])).unwrap();
    assert!(!exchanged.is_proven(Use::Disown, &model.secrets));
    assert!(LetterToken::read(&text[1..]).is_none() && LetterToken::read(&format!("{text}AAAA")).is_none());
    let foreign = Secrets::derive([(1, &[8; 32])]).unwrap();
    assert!(!read.is_proven(Use::Disown, &foreign));
}

#[test]
fn a_secret_gives_another_code_for_each_use_version_and_division_of_its_parts() {
    let uses = [Use::Key, Use::Link, Use::Pass, Use::Disown, Use::Release, Use::EmailChange, Use::Backup];
    let secrets = Secrets::derive([(1, &[7; 32]), (3, &[9; 32])]).unwrap();
    assert_eq!(secrets.current(), 3);
    let parts: [&[u8]; 2] = [b"ab", b"c"];
    let code = |usage, version| secrets.code(usage, version, &parts);
    let codes: BTreeSet<[u8; 32]> =
        uses.into_iter().flat_map(|usage| [1, 3].map(|version| code(usage, version).unwrap())).collect();
    assert_eq!(codes.len(), 14);
    assert_eq!(code(Use::Key, 2), None);
    assert_ne!(secrets.code(Use::Key, 1, &[b"a", b"bc"]), code(Use::Key, 1));
    for version in [1, 3] {
        let right = code(Use::Disown, version).unwrap();
        assert!(secrets.proves(Use::Disown, &parts, &right), "of any version that is known");
        assert!(!secrets.proves(Use::Release, &parts, &right));
        let mut wrong = right;
        wrong[31] ^= 1;
        assert!(!secrets.proves(Use::Disown, &parts, &wrong));
    }
    assert!(Secrets::derive([]).is_none());
}

#[test]
fn a_version_is_told_from_any_other_secret_by_its_fingerprint() {
    let fingerprints = |masters: [(u32, [u8; 32]); 2]| {
        let masters = masters.iter().map(|(version, master)| (*version, master));
        Secrets::derive(masters).unwrap().fingerprints()
    };
    let (first, again) =
        (fingerprints([(1, [7; 32]), (3, [9; 32])]), fingerprints([(1, [7; 32]), (3, [8; 32])]));
    assert_eq!(first.keys().copied().collect::<Vec<_>>(), [1, 3]);
    assert_ne!(first[&1], first[&3]);
    assert_eq!(first[&1], again[&1]);
    assert_ne!(first[&3], again[&3], "the same number, another secret");
}

#[test]
fn peppers_differ_by_version_and_salts_by_document() {
    let secrets = Secrets::derive([(1, &[7; 32]), (3, &[9; 32])]).unwrap();
    assert!(secrets.pepper(1).is_some() && secrets.pepper(1) != secrets.pepper(3));
    assert_eq!(secrets.pepper(2), None);
    assert!(![[0; 32], [1; 32]].contains(secrets.pepper(1).unwrap()));
    let other = Document::Person(12_345_679);
    assert_ne!(secrets.salt(ana()), secrets.salt(other));
    assert_eq!(secrets.salt(ana()), secrets.salt(ana()));
    assert!(![[0; 16], [1; 16]].contains(&secrets.salt(ana())));
}

#[test]
fn a_token_is_kept_as_its_hash_and_read_from_its_cookie() {
    let token = Model::new(1).step(|_, moment| Token::new(moment.rng));
    let text = token.to_text();
    assert_eq!(text.len(), 43);
    assert_eq!(Token::read(&text).unwrap().hash(), token.hash());
    assert!(Token::read(&text[1..]).is_none() && Token::read("").is_none());
    assert_eq!(TokenHash::from_bytes(*token.hash().as_bytes()), token.hash());
    // SHA-256 of 32 zeros.
    let zeros = Token::read(&"A".repeat(43)).unwrap().hash();
    assert_eq!(zeros.as_bytes()[..4], [0x66, 0x68, 0x7a, 0xad]);
}

#[test]
fn a_browser_keeps_its_token_where_an_account_knows_it_and_gets_another_where_none_does() {
    let mut model = Model::new(1);
    let shown = TokenHash::from_bytes([3; 32]);
    let known = Device {
        account: account().id,
        token: shown,
        browser: BrowserKind::UNKNOWN,
        first_seen_at: now(),
        seen_at: now(),
    };
    let find = |model: &mut Model, known: &[Device], device| {
        model.step(|_, moment| {
            moment.origin = somebody().on_device(device);
            let here = DeviceHere::find(known, moment);
            (here.known_to(account().id, moment), here)
        })
    };
    let (change, here) = find(&mut model, std::slice::from_ref(&known), Some(shown));
    assert!(here.token == shown && here.new.is_none());
    let Change::DeviceKnown(device) = change else { panic!("{change:?}") };
    let expected = Device { browser: somebody().browser.unwrap(), ..known };
    assert_eq!(device, expected);
    for (accounts, device) in [(&[][..], Some(shown)), (&[], None), (&[expected], None)] {
        let (_, here) = find(&mut model, accounts, device);
        assert_eq!(here.new.map(|token| token.hash()), Some(here.token));
        assert_ne!(here.token, shown);
    }
    assert_eq!(DEVICE_LIFE, SignedDuration::from_hours(9600));
}

#[test]
fn a_sign_in_with_an_unknown_browser_is_told_and_frees_its_document_and_a_known_one_its_own_bucket() {
    let mut model = Model::new(1);
    let shown = TokenHash::from_bytes([3; 32]);
    let known = |account| Device {
        account,
        token: shown,
        browser: BrowserKind::UNKNOWN,
        first_seen_at: now(),
        seen_at: now(),
    };
    let somebody_elses = AccountId::from_bytes([9; 16]);
    for (device, is_known) in [(known(account().id), true), (known(somebody_elses), false)] {
        let facts = SignInFacts {
            accounts: vec![account()],
            keys: Vec::new(),
            devices: vec![device],
            mailboxes: Mailboxes::default(),
        };
        let old = TokenHash::from_bytes([4; 32]);
        let input = SignIn { document: ana(), browser: model.browser(), session: Some(old) };
        let step = model.step(|_, moment| {
            moment.origin = somebody().on_device(Some(shown));
            sign_in(input, &right(&[true]), &facts, moment)
        });
        assert!(matches!(step.answer, SignInAnswer::Welcome { device: None, .. }));
        let restored = step.changes.iter().find_map(|change| {
            let Change::AllowanceRestored(subject) = change else { return None };
            Some(subject.clone())
        });
        let bucket =
            if is_known { Subject::SignInOfDevice(ana(), shown) } else { Subject::SignInOfDocument(ana()) };
        assert_eq!(restored, Some(bucket));
        let told = step.changes.iter().any(|change| matches!(change, Change::LetterQueued(_)));
        assert_eq!(told, !is_known);
        let ended = |change: &Change| matches!(change, Change::SessionEnded { token } if *token == old);
        assert!(step.changes.iter().any(ended), "the session from before ends");
    }
}

#[test]
fn who_shares_a_number_frees_no_bucket_and_a_locked_password_is_wrong() {
    let mut model = Model::new(1);
    let namesake = Account {
        id: AccountId::from_bytes([9; 16]),
        holder: Holder { document: ana(), discriminator: "F".to_owned() },
        ..account()
    };
    let input = SignIn { document: ana(), browser: model.browser(), session: None };
    let facts = SignInFacts { accounts: vec![account(), namesake], ..SignInFacts::default() };
    let step = model.step(|_, moment| sign_in(input, &right(&[false, true]), &facts, moment));
    assert!(matches!(step.answer, SignInAnswer::Welcome { .. }));
    let opened = step.changes.iter().find_map(|change| {
        let Change::SessionOpened { session, .. } = change else { return None };
        Some(session.account)
    });
    assert_eq!(opened, Some(AccountId::from_bytes([9; 16])), "each password opens its own account");
    assert!(!step.changes.iter().any(|change| matches!(change, Change::AllowanceRestored(_))));
    let locked = Account { locked_at: Some(now()), ..account() };
    let facts = SignInFacts { accounts: vec![locked], ..SignInFacts::default() };
    let step = model.step(|_, moment| sign_in(input, &right(&[true]), &facts, moment));
    assert!(matches!(step.answer, SignInAnswer::Wrong));
    assert!(matches!(&step.changes[..], [Change::Recorded(told)] if told.event == Event::SignInRefused));
}

#[test]
fn a_password_must_not_be_made_of_what_is_ones_own_and_may_be_of_what_is_a_namesakes() {
    let policies = [policy("1234567", "M"), policy("7654321", "F")];
    let of_account = personal_words_of(&account(), &policies, "Seguros");
    let mut model = Model::new(1);
    let browser = model.browser();
    model.register(browser, "ana@gmail.com");
    let key = model.tables.keys[0].clone();
    let facts = SetPasswordFacts { policies: policies.to_vec(), ..SetPasswordFacts::default() };
    for words in [of_account, personal_words(&key, &facts, "Seguros")] {
        assert_eq!(words.policy_numbers, ["1234567"]);
        assert_eq!(words.names, ["PEREZ, ANA"]);
        assert_eq!((words.document, words.brand.as_str()), (ana(), "Seguros"));
        assert_eq!(words.email, Some(account().email));
    }
}

#[test]
fn the_notice_of_a_new_password_goes_to_the_address_of_the_account_and_a_decoy_sets_none() {
    let mut model = Model::new(1);
    let browser = model.browser();
    model.registered(browser, "one");
    model.recover(browser, ana());
    let key = model.tables.keys.iter().find(|key| key.is_alive(model.now)).cloned().unwrap();
    let moved = register_input("ana.nueva@gmail.com").email;
    let stored = Account { email: moved.clone(), ..model.tables.accounts[0].clone() };
    let namesake = Account { id: AccountId::from_bytes([9; 16]), ..account() };
    let facts = SetPasswordFacts { accounts: vec![namesake, stored], ..SetPasswordFacts::default() };
    let password = StoredPassword { phc: "two".to_owned(), pepper: 1 };
    let step = model.step(|_, moment| set_password(&key, password.clone(), browser, &facts, moment));
    assert!(matches!(step.answer, SetPasswordAnswer::Done { .. }));
    let notice = step.changes.iter().find_map(|change| {
        let Change::LetterQueued(letter) = change else { return None };
        Some(letter.to.clone())
    });
    assert_eq!(notice, Some(moved));
    let nobody = Document::Person(98_765_432);
    model.recover(browser, nobody);
    let decoy = model.tables.keys.iter().find(|key| key.is_decoy()).cloned().unwrap();
    let step = model.step(|_, moment| set_password(&decoy, password, browser, &facts, moment));
    assert!(step.changes.is_empty());
}

#[test]
fn the_day_begins_three_hours_after_greenwichs() {
    let date = |text: &str| date_in_argentina(text.parse().unwrap());
    assert_eq!(date("2026-11-23T02:59:59Z"), jiff::civil::date(2026, 11, 22));
    assert_eq!(date("2026-11-23T03:00:00Z"), jiff::civil::date(2026, 11, 23));
    let mut model = Model::new(1);
    assert_eq!(model.step(|_, moment| moment.today()), jiff::civil::date(2026, 11, 23));
}
