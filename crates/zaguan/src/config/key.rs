//! The table of the configuration's keys. The file that `config init` writes, the check, what `config show` prints and
//! the suggestions for unknown keys all come from it, so they cannot drift apart.

mod hash;
mod limits;
mod names;
mod policies;

pub(crate) use names::{Given, all_names, find, named, nearest};

/// A key of the configuration.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// Section and name, such as `server.listen`.
    pub name: &'static str,
    /// What kind of value it has.
    pub kind: Kind,
    /// What holds when nobody sets it.
    pub preset: Preset,
    /// What it is for, in lines of at most 100 characters.
    pub explained: &'static str,
}

/// What kind of value a key has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A text.
    Text,
    /// A path; a relative one starts from the directory of the configuration file.
    Path,
    /// A text that is never shown, and that `NAME_file` can take from a file.
    Secret,
    /// One URL or a list of them, of which each may hold a secret: treated as [`Kind::Secret`]. In a text with commas
    /// between them.
    SecretUrls,
    /// A whole number.
    Number,
    /// A list of texts; in the environment with commas between them.
    List,
    /// A table from text to text; in the environment as `{ "a" = "b" }`.
    Table,
}

/// What holds when nobody sets a key, written as in the file.
#[derive(Clone, Copy, Debug)]
pub enum Preset {
    /// This value.
    Value(&'static str),
    /// Nothing: the portal does without. An example for the explanation.
    Absent(&'static str),
    /// Nothing: the portal does not start without. An example for the explanation.
    Required(&'static str),
}

impl Kind {
    /// Whether values of this kind are never shown, and can be taken from a file.
    pub(crate) fn is_secret(self) -> bool {
        matches!(self, Self::Secret | Self::SecretUrls)
    }
}

impl Key {
    /// The section, such as `server` or `policies.watch`.
    pub fn section(&self) -> &'static str {
        self.name.rsplit_once('.').map_or(self.name, |(section, _)| section)
    }

    /// The name within its section, such as `listen`.
    pub fn short_name(&self) -> &'static str {
        self.name.rsplit_once('.').map_or("", |(_, name)| name)
    }

    /// The variable that sets it, such as `ZAGUAN__SERVER__LISTEN`.
    pub fn variable(&self) -> String {
        variable(self.name)
    }
}

/// The variable for a key's full name.
pub(crate) fn variable(name: &str) -> String {
    format!("{}{}", crate::environment::PREFIX, name.to_ascii_uppercase().replace('.', "__"))
}

const fn key(name: &'static str, kind: Kind, preset: Preset, explained: &'static str) -> Key {
    Key { name, kind, preset, explained }
}

use Kind::{List, Number, Path, Secret, SecretUrls, Table, Text};
use Preset::{Absent, Required, Value};
use hash::HASH;
use limits::LIMITS;
use policies::POLICIES;

/// Every key, in the order in which they are explained.
pub const KEYS: &[Key] = &all::<{ MOST.len() + HASH.len() + POLICIES.len() + LIMITS.len() }>();

const fn all<const N: usize>() -> [Key; N] {
    let parts: [&[Key]; 4] = [MOST, &HASH, &POLICIES, &LIMITS];
    let mut keys = [MOST[0]; N];
    let (mut place, mut part, mut within) = (0, 0, 0);
    while place < N {
        if within == parts[part].len() {
            (part, within) = (part + 1, 0);
        }
        keys[place] = parts[part][within];
        (place, within) = (place + 1, within + 1);
    }
    keys
}

const MOST: &[Key] = &[
    key(
        "server.listen",
        Text,
        Value("\"127.0.0.1:8080\""),
        "Address and port of the portal. A reverse proxy that speaks HTTPS stands before it, or it has a\ncertificate of its own (tls_certificate).",
    ),
    key(
        "server.ops_listen",
        Text,
        Value("\"127.0.0.1:9090\""),
        "Address and port for operators: /healthz, /readyz and /metrics. Not for the public.",
    ),
    key(
        "server.public_url",
        Text,
        Absent("\"https://portal.example\""),
        "Where people reach the portal; the links in letters begin with it. It must be https, except on this\nvery machine. When nobody sets it and the portal listens on loopback, it is http and that address.",
    ),
    key(
        "server.trusted_proxies",
        List,
        Value("[]"),
        "The reverse proxies, as addresses or networks (\"10.0.0.0/8\"): from them, and from nobody else, the\nheaders X-Forwarded-For and Forwarded are believed about the address of the client. When a request has\nboth and they differ, neither is.",
    ),
    key(
        "server.tls_certificate",
        Path,
        Absent("\"/etc/letsencrypt/live/portal.example/fullchain.pem\""),
        "The certificate (PEM, with those of the authorities between) for a portal that speaks HTTPS itself.\nA new one is taken when the file changes; one that cannot be used is logged, and the old one stays.",
    ),
    key(
        "server.tls_key",
        Path,
        Absent("\"/etc/letsencrypt/live/portal.example/privkey.pem\""),
        "Its private key (PEM), which not everybody on the machine may read.",
    ),
    key(
        "server.secret_file",
        Path,
        Value("\"zaguan.secret\""),
        "The file with the portal's secret, made at the first start, readable by its owner only. Keep a copy\napart from the database's backup: without it no clave works any more.",
    ),
    key(
        "store.url",
        Secret,
        Value("\"sqlite:zaguan.db\""),
        "The database: sqlite: and the path of its file; or, for several portals, the PostgreSQL server,\npostgres://USER@HOST:PORT/DATABASE, with several hosts separated by commas. Without sslmode=disable a\nserver on another machine has to prove who it is, to the system's authorities or those in sslrootcert=FILE.",
    ),
    key(
        "store.password",
        Secret,
        Absent("\"...\""),
        "The password for PostgreSQL. Better: password_file = \"FILE\", which keeps it out of this file.",
    ),
    key(
        "smtp.url",
        SecretUrls,
        Required("\"smtp://mail.example:587?tls=required\""),
        "The mail server: smtp://[user:password@]host[:port] or smtps://. After smtp://, ?tls=required (the\nusual) insists on STARTTLS, ?tls=opportunistic takes it when offered, ?tls=none never asks. Without a\nport: 587 for smtp, 465 for smtps, 25 for tls=none. Several, as [\"smtp://a.example\", \"smtp://b.example\"]:\nletters leave by the first, and by the next one while it fails.",
    ),
    key(
        "smtp.user",
        Text,
        Absent("\"portal\""),
        "The user for the mail server, or for all of them, when it is not in smtp.url.",
    ),
    key(
        "smtp.password",
        Secret,
        Absent("\"...\""),
        "Its password. Better: password_file = \"FILE\", which keeps it out of this file.",
    ),
    key(
        "smtp.from",
        Text,
        Required("\"Seguros Ejemplo <avisos@portal.example>\""),
        "Who the letters come from: an address, or a name and an address.",
    ),
    key(
        "smtp.ca_file",
        Path,
        Absent("\"mail-ca.pem\""),
        "A certificate (PEM) to trust besides the system's, for a mail server of your own.",
    ),
    key("smtp.connections", Number, Value("4"), "How many letters are sent at the same time, 1 to 64."),
    key(
        "brand.name",
        Text,
        Required("\"Seguros Ejemplo\""),
        "The insurer's name, as pages and letters say it.",
    ),
    key(
        "brand.color",
        Text,
        Value("\"#1f4e79\""),
        "The insurer's colour, as #rrggbb. It is refused when white text on it would be hard to read.",
    ),
    key(
        "brand.logo",
        Path,
        Absent("\"logo.svg\""),
        "The insurer's logo: an SVG or PNG file of at most 30 kB.",
    ),
    key("brand.support_phone", Text, Absent("\"0800-555-0000\""), "The help desk's telephone."),
    key("brand.support_email", Text, Absent("\"ayuda@portal.example\""), "The help desk's e-mail address."),
    key("brand.support_hours", Text, Absent("\"lunes a viernes de 9 a 18\""), "When the help desk answers."),
    key(
        "brand.legal_name",
        Text,
        Absent("\"Seguros Ejemplo S. A.\""),
        "The insurer's name in law, for the foot of every page.",
    ),
    key(
        "brand.legal_address",
        Text,
        Absent("\"Calle Falsa 123, Ciudad de Buenos Aires\""),
        "The insurer's address in law.",
    ),
    key(
        "brand.ssn_number",
        Text,
        Absent("\"0000\""),
        "The insurer's inscription at the Superintendencia de Seguros de la Nación: four digits.",
    ),
    key(
        "brand.policyholder_service",
        Text,
        Absent("\"Nombre y apellido, teléfono y correo\""),
        "Who answers for the Servicio de Atención al Asegurado, and how to reach them.",
    ),
    key(
        "registration.email_on_file",
        Text,
        Value("\"hold\""),
        "What happens when the book has another e-mail for the holder. hold: the clave waits, and that address\nmay stop it or let it through. send: it goes at once, and that address is told. require: it goes to that\naddress only; whom the book has none for has to call.",
    ),
    key("registration.hold_hours", Number, Value("24"), "For how many hours a clave waits then, 1 to 168."),
    key(
        "registration.lapsed_months",
        Number,
        Value("24"),
        "For how many months after its end a policy still opens the door, 0 to 120.",
    ),
    key(
        "key.life_minutes",
        Number,
        Value("30"),
        "For how many minutes a clave transitoria works after its letter was sent, 5 to 1440.",
    ),
    key("key.tries", Number, Value("5"), "How often a clave transitoria may be typed wrong, 1 to 10."),
    key(
        "password.min_length",
        Number,
        Value("12"),
        "How many characters a clave definitiva must have, 8 to 64.",
    ),
    key(
        "password.breached_file",
        Path,
        Absent("\"pwnedpasswords.txt\""),
        "A file of breached passwords, as Have I Been Pwned gives them out: SHA-1 hashes in their order, one a\nline. A clave definitiva that is in it is refused.",
    ),
    key(
        "session.idle_minutes",
        Number,
        Value("30"),
        "After how many minutes without a request a session ends, 1 to 1440.",
    ),
    key(
        "session.life_hours",
        Number,
        Value("12"),
        "After how many hours a session ends in any case, 1 to 24.",
    ),
    key(
        "locale.default",
        Text,
        Value("\"es-AR\""),
        "The language of pages and letters: es-AR (usted), es-AR-vos or en.",
    ),
    key(
        "views.overrides",
        Path,
        Absent("\"overrides\""),
        "A directory whose templates and texts take the place of ours.",
    ),
    key("audit.address_days", Number, Value("90"), "How many days the trail keeps IP addresses, 1 to 3650."),
    key(
        "law.extra_holidays",
        List,
        Value("[]"),
        "Days that a decree makes holidays besides those of Ley 27.399, as \"2026-12-07\". The terms that the law\ngives for corrections of personal data are counted in business days.",
    ),
    key("log.format", Text, Value("\"human\""), "How the log is written on standard error: human or json."),
    key("log.level", Text, Value("\"info\""), "How much is logged: error, warn, info, debug or trace."),
    key(
        "paths.legacy",
        Table,
        Value(
            "{ \"/netprod/Account/Login?registroAsegurado=true\" = \"/registro\", \"/netprod/Account/Login\" = \"/ingreso\" }",
        ),
        "Paths that printed manuals name, and the pages that they lead to. A path with a query wins over the\nsame path without.",
    ),
];

#[cfg(test)]
mod tests;
