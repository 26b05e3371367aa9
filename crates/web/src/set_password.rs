//! `/clave-definitiva`: the person sets their password; the one request that spends a key.

use crate::admission::{Admission, admit, turn_of_known};
use crate::answer::{Answer, page, refused, see_other};
use crate::app::App;
use crate::failure::Failure;
use crate::form::Form;
use crate::new_password;
use crate::visitor::{Notice, Visitor};
use axum::extract::State;
use std::sync::Arc;
use zaguan_domain::account::StoredPassword;
use zaguan_domain::change::Step;
use zaguan_domain::document::Document;
use zaguan_domain::key::Key;
use zaguan_domain::password::Password;
use zaguan_domain::set_password::{
    KeyNeeded, SetPasswordAnswer, SetPasswordFacts, personal_words, proven_key, set_password,
};
use zaguan_domain::token::TokenHash;
use zaguan_store::StoreFault;
use zaguan_views::{KeyNeededPage, SetPasswordPage, SetPasswordTrouble};

pub(crate) async fn show(State(app): State<Arc<App>>, mut visitor: Visitor) -> Answer {
    let browser = visitor.browser(&app);
    let facts = read_facts(&app, &visitor).await?;
    match proven(&app, &visitor, &browser, &facts) {
        Ok(key) => page(&app, visitor.page_cookies(&app), &form_page(&app, key.holder.document, None)),
        Err(why) => refused(&app, visitor.page_cookies(&app), &KeyNeededPage { why }),
    }
}

pub(crate) async fn submit(State(app): State<Arc<App>>, mut visitor: Visitor, form: Form) -> Answer {
    let browser = visitor.browser(&app);
    let facts = read_facts(&app, &visitor).await?;
    let key = match proven(&app, &visitor, &browser, &facts) {
        Ok(key) => key,
        Err(why) => return not_now(&app, visitor, why, form.text("clave")).await,
    };
    let document = key.holder.document;
    let personal = personal_words(key, &facts, &app.brand_name);
    let password = match new_password::read(&app, &form, &personal).await {
        Ok(password) => password,
        Err(refusal) => {
            let trouble = Some(SetPasswordTrouble::Refused(refusal));
            return refused(&app, visitor.page_cookies(&app), &form_page(&app, document, trouble));
        }
    };
    let turn = turn_of_known(visitor.origin());
    let hashed = app.hasher.hash(password, app.secrets.salt(document), turn).await?;
    match spend(&app, &visitor, &browser, hashed).await? {
        Ok(SetPasswordAnswer::Done { document, device }) => {
            let cookies = visitor.cookies().notice(Notice::PasswordSet(document));
            see_other("/ingreso", cookies.device(device.as_ref(), &visitor))
        }
        Ok(SetPasswordAnswer::TakenByNamesake) => {
            let shown = form_page(&app, document, Some(SetPasswordTrouble::Taken));
            refused(&app, visitor.page_cookies(&app), &shown)
        }
        Err(why) => not_now(&app, visitor, why, form.text("clave")).await,
    }
}

/// No key that works. The pass stays in its cookie for its half hour, worth nothing since its key is spent, so that
/// going back and pressing the button again with the same password ends as well as the first time.
async fn not_now(app: &App, mut visitor: Visitor, why: KeyNeeded, typed: &str) -> Answer {
    if let KeyNeeded::AlreadyUsed { document } = why
        && typed.len() <= Password::MAX_BYTES
        && let Admission::Admitted(admitted) = admit(app, visitor.origin(), document).await?
    {
        let right = admitted.verify(app, document, typed).await?;
        if right.is_some_and(|right| right.contains(&true)) {
            return see_other("/ingreso", visitor.cookies().notice(Notice::PasswordSet(document)));
        }
    }
    refused(app, visitor.page_cookies(app), &KeyNeededPage { why })
}

/// Proves the key again with fresh facts, and spends it.
async fn spend(
    app: &App,
    visitor: &Visitor,
    browser: &TokenHash,
    hashed: StoredPassword,
) -> Result<Result<SetPasswordAnswer, KeyNeeded>, Failure> {
    let pass = visitor.pass();
    let read = || read_facts(app, visitor);
    app.decide(visitor.origin(), read, |facts, moment| match proven_key(pass, browser, facts, moment) {
        Ok(key) => {
            let Step { answer, changes } = set_password(key, hashed.clone(), *browser, facts, moment);
            Step::with(Ok(answer), changes)
        }
        Err(why) => Step::only(Err(why)),
    })
    .await
}

async fn read_facts(app: &App, visitor: &Visitor) -> Result<SetPasswordFacts, StoreFault> {
    match visitor.pass() {
        Some(pass) => {
            app.store.set_password_facts(pass.key(), visitor.origin().device.as_ref(), app.now()).await
        }
        None => Ok(SetPasswordFacts::default()),
    }
}

fn proven<'a>(
    app: &App,
    visitor: &Visitor,
    browser: &TokenHash,
    facts: &'a SetPasswordFacts,
) -> Result<&'a Key, KeyNeeded> {
    app.at_this_moment(visitor.origin(), |moment| proven_key(visitor.pass(), browser, facts, moment))
}

fn form_page(app: &App, document: Document, trouble: Option<SetPasswordTrouble>) -> SetPasswordPage {
    SetPasswordPage { document, min_length: app.rules.password.min_length, trouble }
}
