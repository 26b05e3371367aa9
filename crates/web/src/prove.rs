//! `/cuenta/confirmar`: who is signed in types their password again before what is sensitive; and how every form of the
//! account tries the present password.

use crate::admission::turn_of_known;
use crate::answer::{Answer, page, refused, see_other};
use crate::app::App;
use crate::failure::Failure;
use crate::form::{Form, read_password};
use crate::session::SignedIn;
use crate::throttle::take;
use crate::visitor::{Jar, Notice, Visitor};
use axum::Extension;
use axum::extract::State;
use http::Uri;
use std::sync::Arc;
use zaguan_domain::account::{Account, StoredPassword};
use zaguan_domain::allowance::{Subject, Take};
use zaguan_domain::password::Password;
use zaguan_domain::prove::{ProveAnswer, proof_refused, prove};
use zaguan_views::{PresentPasswordTrouble, ProvePage};

/// Where somebody was going when they were asked for their password: never an address that came with the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Goal {
    /// To end sessions.
    Sessions,
    /// To their data.
    Data,
}

impl Goal {
    const ALL: [Self; 2] = [Self::Sessions, Self::Data];

    fn word(self) -> &'static str {
        match self {
            Self::Sessions => "sesiones",
            Self::Data => "datos",
        }
    }

    fn path(self) -> &'static str {
        match self {
            Self::Sessions => "/cuenta/sesiones",
            Self::Data => "/cuenta/datos",
        }
    }

    fn action(goal: Option<Self>) -> String {
        let query = goal.map(|goal| format!("?para={}", goal.word()));
        format!("/cuenta/confirmar{}", query.unwrap_or_default())
    }

    /// The goal that the query `para=` names; none for a word that is not ours.
    fn of(uri: &Uri) -> Option<Self> {
        let query = uri.query().unwrap_or_default();
        let word = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "para")?.1;
        Self::ALL.into_iter().find(|goal| goal.word() == word)
    }
}

/// The way to where the password is typed again, if it was not typed lately in this session.
pub(crate) fn must_prove(app: &App, visitor: &Visitor, signed_in: &SignedIn, goal: Goal) -> Option<Answer> {
    let proven = signed_in.session.is_proven(app.now());
    (!proven).then(|| see_other(&Goal::action(Some(goal)), visitor.cookies()))
}

pub(crate) async fn show(State(app): State<Arc<App>>, mut visitor: Visitor, uri: Uri) -> Answer {
    let shown = ProvePage { action: Goal::action(Goal::of(&uri)), trouble: None };
    page(&app, visitor.page_cookies(&app), &shown)
}

pub(crate) async fn submit(
    State(app): State<Arc<App>>,
    Extension(signed_in): Extension<SignedIn>,
    mut visitor: Visitor,
    uri: Uri,
    form: Form,
) -> Answer {
    let goal = Goal::of(&uri);
    let proven = match present_password(&app, &visitor, &signed_in.account, &form).await? {
        Ok(proven) => proven,
        Err(trouble) => {
            let shown = ProvePage { action: Goal::action(goal), trouble: Some(trouble) };
            return refused(&app, visitor.page_cookies(&app), &shown);
        }
    };
    let session = signed_in.session.token;
    let read = || app.store.session(&session);
    let answer =
        app.decide(visitor.origin(), read, |found, moment| prove(&proven, found.as_ref(), moment)).await?;
    match answer {
        ProveAnswer::Proven { token } => {
            let to = goal.map_or("/cuenta", Goal::path);
            see_other(to, visitor.cookies().session(&token))
        }
        ProveAnswer::SignInAgain => sign_in_again(&visitor),
    }
}

/// The session ended, or the password changed, while this request was on its way.
pub(crate) fn sign_in_again(visitor: &Visitor) -> Answer {
    see_other("/ingreso", visitor.cookies().remove(Jar::Session).notice(Notice::SignInFirst))
}

/// Reads the field `clave_actual` and tries it: the password as it is kept, if it is right. A try is counted before it is
/// hashed, and one that is not allowed yet is not hashed at all.
pub(crate) async fn present_password(
    app: &App,
    visitor: &Visitor,
    account: &Account,
    form: &Form,
) -> Result<Result<StoredPassword, PresentPasswordTrouble>, Failure> {
    let (typed, field) = form.read("clave_actual", PresentPasswordTrouble::Repeated, |typed| {
        read_password(typed, PresentPasswordTrouble::Empty, PresentPasswordTrouble::TooLong)
    });
    let Some(typed) = typed else {
        return Ok(Err(field.refusal.unwrap_or(PresentPasswordTrouble::Empty)));
    };
    let wanted = Take { subject: Subject::ProofOf(account.id), allowance: app.rules.limits.proof };
    take(app, vec![wanted]).await??;
    let salt = app.secrets.salt(account.holder.document);
    let stored = vec![account.password.clone()];
    let turn = turn_of_known(visitor.origin());
    let right = app.hasher.verify(Password::attempt(&typed), stored, salt, turn).await?;
    if right.contains(&true) {
        return Ok(Ok(account.password.clone()));
    }
    let nothing = || async { Ok(()) };
    app.decide(visitor.origin(), nothing, |(), moment| proof_refused(account, moment)).await?;
    Ok(Err(PresentPasswordTrouble::Wrong))
}

#[cfg(test)]
mod tests {
    use super::Goal;

    #[test]
    fn a_goal_is_one_of_ours_or_none() {
        for (uri, goal) in [
            ("/cuenta/confirmar?para=datos", Some(Goal::Data)),
            ("/cuenta/confirmar?x=1&para=sesiones", Some(Goal::Sessions)),
            ("/cuenta/confirmar", None),
            ("/cuenta/confirmar?para=https://evil.example", None),
            ("/cuenta/confirmar?para=/inicio", None),
        ] {
            assert_eq!(Goal::of(&uri.parse().unwrap()), goal, "{uri}");
        }
    }
}
