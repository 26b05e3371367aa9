//! `/registro`: the holder of a policy asks for a user.

use crate::answer::{Answer, page, refused, see_other};
use crate::app::App;
use crate::form::Form;
use crate::throttle::take;
use crate::visitor::Visitor;
use axum::extract::State;
use std::sync::Arc;
use zaguan_domain::document::{Document, DocumentRefusal};
use zaguan_domain::email::{EmailAddress, EmailRefusal};
use zaguan_domain::policy::{PolicyNumber, PolicyRefusal};
use zaguan_domain::register::{LineRefusal, Register, RegisterAnswer, read_line, register};
use zaguan_views::{RegisterPage, RegisterTrouble};

pub(crate) async fn show(State(app): State<Arc<App>>, mut visitor: Visitor) -> Answer {
    let lines = app.store.lines_in_book().await?;
    page(&app, visitor.page_cookies(&app), &RegisterPage { lines, ..RegisterPage::default() })
}

pub(crate) async fn submit(State(app): State<Arc<App>>, mut visitor: Visitor, form: Form) -> Answer {
    let (input, mut shown) = read(&form);
    let trouble = match input {
        None => None,
        Some(input) => {
            let limits = &app.rules.limits;
            let cost = limits.registration(input.document, &input.number, visitor.origin().address);
            if let Err(too_many) = take(&app, cost).await? {
                shown.trouble = Some(RegisterTrouble::TooMany { retry_after: too_many.retry_after });
                shown.lines = app.store.lines_in_book().await?;
                return too_many.answer(&app, visitor.page_cookies(&app), &shown);
            }
            let browser = visitor.browser(&app);
            let read_facts = || app.store.register_facts(input.document, &browser);
            let answer = app
                .decide(visitor.origin(), read_facts, |facts, moment| {
                    register(&input, browser, facts, moment)
                })
                .await?;
            match answer {
                RegisterAnswer::LetterOnItsWay => {
                    let cookies = visitor.cookies().name_browser(&mut visitor, &app);
                    return see_other("/registro/clave", cookies);
                }
                RegisterAnswer::NoPolicy { seems } => Some(RegisterTrouble::NoPolicy { seems }),
                RegisterAnswer::LapsedTooLongAgo => Some(RegisterTrouble::LapsedTooLongAgo),
                RegisterAnswer::NoEmailOnFile => Some(RegisterTrouble::NoEmailOnFile),
                RegisterAnswer::LineNeeded => Some(RegisterTrouble::LineNeeded),
                RegisterAnswer::DidYouMean { suggestion } => Some(RegisterTrouble::DidYouMean { suggestion }),
            }
        }
    };
    shown.trouble = trouble;
    shown.lines = app.store.lines_in_book().await?;
    refused(&app, visitor.page_cookies(&app), &shown)
}

/// Reads the form: the input if every field could be read, and the form to show again.
fn read(form: &Form) -> (Option<Register>, RegisterPage) {
    let (document, documento) = form.read("documento", DocumentRefusal::Repeated, Document::read);
    let (line, ramo) = form.read("ramo", LineRefusal::Repeated, read_line);
    let (number, poliza) = form.read("poliza", PolicyRefusal::Repeated, PolicyNumber::read);
    let (email, email_shown) = read_email(form);
    let shown = RegisterPage {
        read_document: document,
        documento,
        ramo,
        poliza,
        email: email_shown,
        ..RegisterPage::default()
    };
    let input =
        document.zip(line).zip(number).zip(email).map(|(((document, line), number), email)| Register {
            document: document.document,
            line,
            number,
            insists_on_email: insists_on(form, &email),
            email,
        });
    (input, shown)
}

/// The address: as typed, or the suggestion whose button was pressed.
pub(crate) fn read_email(form: &Form) -> (Option<EmailAddress>, zaguan_views::Typed<EmailRefusal>) {
    let field = if form.text("email_sugerido").is_empty() { "email" } else { "email_sugerido" };
    form.read(field, EmailRefusal::Repeated, EmailAddress::read)
}

/// Whether the person was asked about this very address before and sends it again.
pub(crate) fn insists_on(form: &Form, email: &EmailAddress) -> bool {
    EmailAddress::read(form.text("email_confirmado")).is_ok_and(|confirmed| confirmed == *email)
}
