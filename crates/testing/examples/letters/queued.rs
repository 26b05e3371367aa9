//! A mailing's worth of temporary keys in the outbox, and the portal's own postman.

use anyhow::{Context as _, Result};
use jiff::SignedDuration;
use lettre::message::Mailbox;
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha20Rng;
use std::sync::Arc;
use tokio::sync::Notify;
use zaguan::config::MailSettings;
use zaguan::config::smtp_url::{Encryption, SmtpUrl};
use zaguan::mail::Transport;
use zaguan::mail::outgoing::put_into_message;
use zaguan::metrics::Metrics;
use zaguan::postman::Postman;
use zaguan::world::RealWorld;
use zaguan_domain::account::Holder;
use zaguan_domain::change::Change;
use zaguan_domain::email::EmailAddress;
use zaguan_domain::flow::Purpose;
use zaguan_domain::id::{KeyId, LetterId};
use zaguan_domain::key::Key;
use zaguan_domain::letter::{Letter, LetterKind};
use zaguan_domain::limit::Rules;
use zaguan_domain::mailbox::Cause;
use zaguan_domain::secret::Secrets;
use zaguan_domain::token::Token;
use zaguan_store::Store;
use zaguan_testing::{growth, sample_brand};
use zaguan_views::{LetterContext, Locale, Settings, Views};
use zaguan_web::{PublicUrl, World as _};

/// How many letters are queued in one commit.
const AT_A_TIME: u32 = 2_000;

/// Every fourth person has their mailbox elsewhere, so that not all letters go to one receiver.
const RECEIVERS: u32 = 4;

/// Who the letters come from.
fn from() -> Result<Mailbox> {
    "Seguros <avisos@portal.example>".parse().context("no sender")
}

/// The mail server, with so many connections.
pub(crate) fn settings(port: u16, connections: usize) -> Result<MailSettings> {
    let host = "127.0.0.1".to_owned();
    let server = SmtpUrl { host, port, encryption: Encryption::None, login: None };
    Ok(MailSettings { servers: vec![server], from: from()?, ca_file: None, connections })
}

fn views() -> Result<Views> {
    Ok(Views::new(Settings {
        brand: sample_brand(),
        locale: Locale::EsAr,
        public_url: "https://portal.example".to_owned(),
        overrides: None,
        demo: false,
    })?)
}

/// Queues so many keys with their letters; answers what one of these letters is on its way.
pub(crate) async fn queue(store: &Store, secrets: &Secrets, letters: u32) -> Result<Vec<u8>> {
    let mut chance = ChaCha20Rng::seed_from_u64(1);
    let mut sample = None;
    for first in (0..letters).step_by(AT_A_TIME as usize) {
        let mut changes = Vec::new();
        for person in first..letters.min(first + AT_A_TIME) {
            let (key, letter) = queued(person, secrets, &mut chance);
            sample.get_or_insert_with(|| letter.clone());
            changes.extend([Change::KeyIssued(key), Change::LetterQueued(letter)]);
        }
        store.commit(changes).await?;
    }
    let letter = sample.context("no letter")?;
    let words = LetterContext::samples().into_iter().next().context("no sample")?;
    let written =
        views()?.letter(&words, "https://portal.example/no-fui-yo/AZ0x3kqP7v2mB9sLdTfYhUeJrNcGwQaX")?;
    Ok(put_into_message(&letter, written, &from()?, letter.queued_at)?.message.formatted())
}

/// A key and the letter that carries it.
fn queued(person: u32, secrets: &Secrets, chance: &mut ChaCha20Rng) -> (Key, Letter) {
    // A little ago, so that all are due.
    let at = RealWorld.now() - SignedDuration::from_secs(1);
    let address = growth::email(person).as_str().replace('@', &format!("@r{}.", person % RECEIVERS));
    let to = EmailAddress::from_stored(&address).unwrap_or_else(|| growth::email(person));
    let mut nonce = [0; 16];
    chance.fill_bytes(&mut nonce);
    let key = Key {
        id: KeyId::new(at, chance),
        nonce,
        secret: secrets.current(),
        purpose: Purpose::Register,
        holder: Holder { document: growth::document(person), discriminator: String::new() },
        account: None,
        email: Some(to.clone()),
        browser: Token::new(chance).hash(),
        issued_at: at,
        held_until: None,
        expires_at: None,
        own_tries: 0,
        other_tries: 0,
        spent_at: None,
        killed_at: None,
    };
    let letter = Letter {
        id: LetterId::new(at, chance),
        kind: LetterKind::RegistrationKey,
        flow: None,
        key: Some(key.id),
        account: None,
        document: key.holder.document,
        to,
        cause: Cause::Stranger,
        browser: None,
        queued_at: at,
        leaves_at: at,
    };
    (key, letter)
}

/// The portal's postman, with the real clock.
pub(crate) fn postman(
    store: &Store,
    secrets: &Arc<Secrets>,
    transport: Arc<dyn Transport>,
    connections: usize,
) -> Result<Postman> {
    Ok(Postman {
        store: store.clone(),
        views: views()?,
        secrets: Arc::clone(secrets),
        rules: Rules::default(),
        world: Arc::new(RealWorld),
        transport,
        from: from()?,
        public_url: PublicUrl::new("https://portal.example"),
        at_a_time: connections,
        wake: Arc::new(Notify::new()),
        metrics: Metrics::new(),
    })
}
