//! What a letter says, decided when it leaves: its words, if there is still something to tell.

use super::{PostFault, Postman};
use jiff::Timestamp;
use zaguan_domain::browser::BrowserKind;
use zaguan_domain::change::Change;
use zaguan_domain::email_change::{EmailChange, told_by};
use zaguan_domain::flow::Purpose;
use zaguan_domain::hold::{hold_from_notice, waits_for_notice};
use zaguan_domain::key::Key;
use zaguan_domain::letter::{Letter, LetterKind, LetterState};
use zaguan_domain::letter_token::LetterToken;
use zaguan_domain::secret::Use;
use zaguan_store::CommitError;
use zaguan_views::LetterContext;

/// What a letter says, if it may leave.
pub(super) enum Context {
    /// This.
    Words(LetterContext),
    /// Nothing: what it carries was over before it could leave.
    Over,
    /// Nothing yet: what it carries waits.
    Held {
        /// Until when.
        until: Timestamp,
    },
}

impl Context {
    fn of(words: Option<LetterContext>) -> Self {
        words.map_or(Self::Over, Self::Words)
    }
}

/// Whether there is still something to tell.
enum Told {
    /// That its key was over before it could leave.
    TooLate,
    /// There is: of this change of address with its time, where the letter is of one.
    About(Option<(EmailChange, Timestamp)>),
    /// What the letter carries was over before it could leave.
    Over,
}

impl Postman {
    /// What the letter says. The life of a key begins before its letter leaves, because what was sent cannot be taken
    /// back.
    pub(super) async fn context(&self, letter: &Letter) -> Result<Context, PostFault> {
        let key = match letter.key {
            None => None,
            Some(id) => {
                let now = self.world.now();
                let Some(key) = self.store.key(id).await? else { return Ok(Context::Over) };
                let expires_at = key.expiry_if_sent(now, &self.rules);
                if letter.kind.only_tells_of_its_key() {
                    let key = self.with_time_to_say_no(letter, key).await?;
                    return Ok(Context::of(self.told(letter, &key)));
                }
                if !key.can_be_sent(now) {
                    return Ok(Context::of(self.too_late(letter, &key).await?));
                }
                // Whoever has it tried again by hand does not make it leave before its time.
                if let Some(until) = key.held_until.filter(|until| now < *until && !key.is_decoy()) {
                    return Ok(Context::Held { until });
                }
                if let Some(until) = self.waits_for_notice(&key).await? {
                    return Ok(Context::Held { until });
                }
                match self.store.commit(vec![Change::KeySent { key: id, expires_at }]).await {
                    Ok(()) => Some((key, expires_at)),
                    Err(CommitError::Conflict) => return Ok(Context::Over),
                    Err(CommitError::Fault(fault)) => return Err(fault.into()),
                }
            }
        };
        let change = match self.email_change(letter).await? {
            Told::About(change) => change,
            Told::TooLate => {
                let ask_url = self.public_url.join("/cuenta/email");
                return Ok(Context::Words(LetterContext::KeyTooLate { document: letter.document, ask_url }));
            }
            Told::Over => return Ok(Context::Over),
        };
        Ok(Context::of(self.words(letter, key, change)))
    }

    /// The key of a notice that is about to leave. It waits longer where its hold is nearly over, or was over while the
    /// mail server was away; but what has left is not called back.
    async fn with_time_to_say_no(&self, notice: &Letter, key: Key) -> Result<Key, PostFault> {
        let now = self.world.now();
        let Some(until) = hold_from_notice(&key, notice, now, &self.rules.hold) else { return Ok(key) };
        match self.store.commit(vec![Change::HoldProlonged { key: key.id, until }]).await {
            Ok(()) => {
                tracing::info!(letter = %notice.id, %until, "a key waits longer: its notice leaves late");
                Ok(Key { held_until: Some(until), ..key })
            }
            Err(CommitError::Conflict) => Ok(key),
            Err(CommitError::Fault(fault)) => Err(fault.into()),
        }
    }

    /// Until when the letter of a held key waits for its notice to leave first.
    async fn waits_for_notice(&self, key: &Key) -> Result<Option<Timestamp>, PostFault> {
        if key.held_until.is_none() || key.is_decoy() {
            return Ok(None);
        }
        let letters = self.store.letters_of_key(key.id).await?;
        Ok(waits_for_notice(key, &letters, self.world.now(), &self.rules.hold))
    }

    /// What a letter says whose key was over before it could leave: that, unless somebody got on without it, or another
    /// letter tells or told them more.
    async fn too_late(&self, letter: &Letter, key: &Key) -> Result<Option<LetterContext>, PostFault> {
        if !key.is_of_use() {
            return Ok(None);
        }
        let others = self.store.letters_of_key(key.id).await?;
        let says_more = |(other, state): &(Letter, LetterState)| {
            !other.kind.only_tells_of_its_key()
                && (matches!(state, LetterState::Accepted { .. }) || other.id > letter.id)
        };
        let keys = self.store.keys_of(letter.document, self.world.now()).await?;
        let takes_its_place = |other: &Key| {
            other.id > key.id
                && (&other.holder, other.purpose, &other.email) == (&key.holder, key.purpose, &key.email)
        };
        if others.iter().any(says_more) || keys.iter().any(takes_its_place) {
            return Ok(None);
        }
        // What goes with a key that opens nothing says the same at any time.
        if key.is_decoy() {
            return Ok(self.words(letter, None, None));
        }
        let ask_url = self.public_url.join(match key.purpose {
            Purpose::Register => "/registro",
            Purpose::Recover => "/recuperar",
        });
        Ok(Some(LetterContext::KeyTooLate { document: letter.document, ask_url }))
    }

    /// The address of a button in a letter.
    pub(super) fn button(&self, path: &str, usage: Use, letter: &Letter) -> String {
        let token = LetterToken::of(letter.id, usage, &self.secrets);
        self.public_url.join(&format!("{path}{}", token.map(|token| token.to_text()).unwrap_or_default()))
    }

    /// What a letter says that tells of somebody else's key.
    fn told(&self, letter: &Letter, key: &Key) -> Option<LetterContext> {
        let (document, typed) = (letter.document, key.email.as_ref()?.masked());
        // A notice that waited for longer than its key tells that this one left.
        let waits =
            |until: &Timestamp| letter.kind == LetterKind::RegistrationHeld && self.world.now() < *until;
        match key.held_until.filter(waits) {
            Some(leaves_at) => {
                let release_url = self.button("/si-fui-yo/", Use::Release, letter);
                Some(LetterContext::RegistrationHeld { document, typed, leaves_at, release_url })
            }
            None => Some(LetterContext::RegistrationTold { document, typed }),
        }
    }

    /// The change of address that the letter tells of. Letter and change were written at the same moment. Of a change
    /// that was called off no key is sent any more.
    async fn email_change(&self, letter: &Letter) -> Result<Told, PostFault> {
        let (Some(account), true) = (letter.account, letter.kind.is_of_email_change()) else {
            return Ok(Told::About(None));
        };
        let changes = self.store.email_changes_of(account).await?;
        let Some(change) = told_by(letter, &changes).cloned() else {
            return Ok(Told::Over);
        };
        if letter.kind != LetterKind::EmailChangeKey {
            return Ok(Told::About(Some((change, letter.queued_at))));
        }
        let now = self.world.now();
        if !change.can_be_sent(now) {
            return Ok(if change.is_too_late(now) { Told::TooLate } else { Told::Over });
        }
        let expires_at = change.expiry_if_sent(now, &self.rules);
        match self.store.commit(vec![Change::EmailChangeSent { change: change.id, expires_at }]).await {
            Ok(()) => Ok(Told::About(Some((change, expires_at)))),
            Err(CommitError::Conflict) => Ok(Told::Over),
            Err(CommitError::Fault(fault)) => Err(fault.into()),
        }
    }

    fn words(
        &self,
        letter: &Letter,
        key: Option<(Key, Timestamp)>,
        change: Option<(EmailChange, Timestamp)>,
    ) -> Option<LetterContext> {
        let document = letter.document;
        let recover_url = self.public_url.join("/recuperar");
        let carried = || {
            let (key, expires_at) = key.as_ref()?;
            let link = key.link(&self.secrets)?.to_text();
            let text = key.text(&self.secrets)?.shown();
            Some((text, self.public_url.join(&format!("/enlace/{link}")), *expires_at))
        };
        match letter.kind {
            LetterKind::RegistrationKey => {
                let (key, link, expires_at) = carried()?;
                Some(LetterContext::RegistrationKey { document, key, link, expires_at })
            }
            LetterKind::RegistrationHeld | LetterKind::RegistrationTold => {
                key.and_then(|(key, _)| self.told(letter, &key))
            }
            LetterKind::RecoverySteps => {
                let (key, link, expires_at) = carried()?;
                let enter_key_url = self.public_url.join("/recuperar/clave");
                Some(LetterContext::RecoverySteps { document, key, link, enter_key_url, expires_at })
            }
            LetterKind::AlreadyRegistered => Some(LetterContext::AlreadyRegistered { document, recover_url }),
            LetterKind::PasswordChanged => {
                Some(LetterContext::PasswordChanged { document, at: letter.queued_at, recover_url })
            }
            LetterKind::NewBrowser => Some(LetterContext::NewBrowser {
                document,
                browser: letter.browser.unwrap_or(BrowserKind::UNKNOWN),
                at: letter.queued_at,
                recover_url,
            }),
            LetterKind::EmailChangeKey => {
                let (change, expires_at) = change?;
                let key = change.key(&self.secrets)?.shown();
                let enter_key_url = self.public_url.join("/cuenta/email/clave");
                Some(LetterContext::EmailChangeKey { document, key, enter_key_url, expires_at })
            }
            LetterKind::EmailChangeAsked => {
                let (change, at) = change?;
                let new_email = change.new_email.masked();
                Some(LetterContext::EmailChangeAsked { document, new_email, at, recover_url })
            }
            LetterKind::EmailChanged => {
                let (change, at) = change?;
                Some(LetterContext::EmailChanged { document, new_email: change.new_email.masked(), at })
            }
            LetterKind::AccountClosed => {
                let register_url = self.public_url.join("/registro");
                Some(LetterContext::AccountClosed { document, at: letter.queued_at, register_url })
            }
        }
    }
}
