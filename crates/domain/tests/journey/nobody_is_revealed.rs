//! No sequence of inputs tells a stranger who exists: the same inputs are played in a world where the document has a
//! user and in one where it has none, and every answer must be the same.

use crate::model::{Model, ana, register_input};
use proptest::prelude::*;
use zaguan_domain::enter_key::EnterKeyAnswer;
use zaguan_domain::flow::Purpose;
use zaguan_domain::key::TemporaryKey;
use zaguan_domain::mailbox::{LetterLimit, LetterLimits};
use zaguan_domain::sign_in::{SignIn, SignInAnswer, SignInFacts, Tried, sign_in};
use zaguan_domain::token::TokenHash;

#[derive(Clone, Debug)]
enum Input {
    Recover { browser: usize },
    Register { browser: usize },
    Enter { browser: usize, typed: String },
    SignIn { browser: usize, typed: String },
    Wait { seconds: i64 },
}

fn input() -> impl Strategy<Value = Input> {
    let browser = 0..3_usize;
    let typed = "[0-9A-HJKMNP-TV-Z]{8}";
    prop_oneof![
        browser.clone().prop_map(|browser| Input::Recover { browser }),
        browser.clone().prop_map(|browser| Input::Register { browser }),
        (browser.clone(), typed).prop_map(|(browser, typed)| Input::Enter { browser, typed }),
        (browser, typed).prop_map(|(browser, typed)| Input::SignIn { browser, typed }),
        (1..2_000_i64).prop_map(|seconds| Input::Wait { seconds }),
    ]
}

/// What the stranger sees.
fn play(inputs: &[Input], has_user: bool, letters: LetterLimits, on_file: Option<&str>) -> Vec<String> {
    let mut model = Model::new(9);
    model.rules.letters = letters;
    model.rules.hold.hold = jiff::SignedDuration::from_mins(40);
    model.policies[0].email = on_file.map(|address| register_input(address).email);
    if has_user {
        let own = model.browser();
        model.registered(own, "hers");
    }
    let browsers: Vec<TokenHash> = (0..3).map(|_| model.browser()).collect();
    let mut seen = Vec::new();
    for input in inputs {
        // No two inputs are of one millisecond, so it is always known which of two keys is the newer.
        model.later(1);
        seen.push(match input {
            Input::Recover { browser } => {
                model.recover(browsers[*browser], ana());
                String::new()
            }
            Input::Register { browser } => {
                let answer = model.register(browsers[*browser], "extranio@gmail.com");
                let page = model.flow(&browsers[*browser], Purpose::Register);
                format!("{answer:?} {:?}", page.map(|flow| (flow.held_until, flow.on_file)))
            }
            Input::Enter { browser, typed } => {
                let typed = TemporaryKey::read(typed).unwrap();
                let answer = model.enter(browsers[*browser], ana(), &typed);
                assert!(!matches!(answer, EnterKeyAnswer::Opens { .. }), "a guess");
                format!("{answer:?}")
            }
            Input::SignIn { browser, typed } => {
                let browser = browsers[*browser];
                let typed = TemporaryKey::read(typed).unwrap();
                let facts = SignInFacts {
                    accounts: model.tables.accounts.clone(),
                    keys: model.keys_for(&browser, ana()),
                    devices: Vec::new(),
                    mailboxes: model.mailboxes(),
                };
                let wrong = vec![false; facts.accounts.len()];
                let from = SignIn { document: ana(), browser, session: None };
                let tried = Tried { right: &wrong, typed_key: Some(&typed), rehashed: None };
                let step = model.step(|_, moment| sign_in(from, &tried, &facts, moment));
                let answer = model.settle(step);
                assert!(matches!(answer, SignInAnswer::Wrong), "a guess");
                format!("{answer:?}")
            }
            Input::Wait { seconds } => {
                model.later(*seconds);
                String::new()
            }
        });
    }
    seen
}

/// So few that mailboxes are soon full.
const FEW: LetterLimits = LetterLimits {
    of_all: LetterLimit { per_hour: 2, per_day: 3 },
    by_strangers: LetterLimit { per_hour: 1, per_day: 2 },
};

proptest! {
    #[test]
    fn no_sequence_of_inputs_reveals_who_exists(inputs in prop::collection::vec(input(), 1..40)) {
        let usual = LetterLimits::default();
        prop_assert_eq!(play(&inputs, true, usual, None), play(&inputs, false, usual, None));
    }

    #[test]
    fn nor_does_a_full_mailbox_reveal_it(inputs in prop::collection::vec(input(), 1..40)) {
        prop_assert_eq!(play(&inputs, true, FEW, None), play(&inputs, false, FEW, None));
    }

    #[test]
    fn nor_does_a_key_that_waits(inputs in prop::collection::vec(input(), 1..40)) {
        let (usual, on_file) = (LetterLimits::default(), Some("ana@gmail.com"));
        prop_assert_eq!(play(&inputs, true, usual, on_file), play(&inputs, false, usual, on_file));
    }
}
