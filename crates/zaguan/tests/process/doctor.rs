//! `zaguan doctor`: a portal that is well has no fault, and each fault that is provoked is told with what to do.

use crate::serving::{register, serve, to_mail_server};
use crate::support::{BOOK, Place};
use serde_json::Value;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;
use zaguan_testing::mail_server::MailServer;
use zaguan_testing::scripted_mail_server::{Act, ScriptedMailServer, Stage};

const NOBODY: &str = "smtp.url = \"smtp://127.0.0.1:9?tls=none\"";
const SOON: Duration = Duration::from_secs(20);

/// What the doctor found, and how it ended.
pub(crate) struct Examined {
    pub(crate) status: i32,
    pub(crate) findings: Vec<Value>,
    pub(crate) told: String,
}

impl Examined {
    pub(crate) fn of(place: &Place, variables: &[(&str, &str)]) -> Self {
        let mut command = place.command(&["doctor", "--json"]);
        let output = command.envs(variables.iter().copied()).output().expect("it runs");
        let told = String::from_utf8(output.stdout).expect("UTF-8");
        let read: Value = serde_json::from_str(&told)
            .unwrap_or_else(|error| panic!("{error}: {told} {}", String::from_utf8_lossy(&output.stderr)));
        let findings = read["findings"].as_array().expect("findings").clone();
        Self { status: output.status.code().expect("it ended by itself"), findings, told }
    }

    /// The one finding about this, that is no good one.
    pub(crate) fn bad(&self, about: &str) -> &Value {
        let found: Vec<_> = self
            .findings
            .iter()
            .filter(|finding| finding["about"] == about && finding["verdict"] != "good")
            .collect();
        assert_eq!(found.len(), 1, "{about}: {}", self.told);
        found[0]
    }

    /// There is a fault about this, with these words and this remedy.
    pub(crate) fn has_fault(&self, about: &str, words: &str, remedy: &str) {
        let bad = self.bad(about);
        assert_eq!(bad["verdict"], "fault", "{bad}");
        assert!(bad["words"].as_str().is_some_and(|told| told.contains(words)), "{words}: {bad}");
        assert!(bad["remedy"].as_str().is_some_and(|told| told.contains(remedy)), "{remedy}: {bad}");
        assert_eq!(self.status, 1);
    }

    /// It is as it should be.
    pub(crate) fn is_good(&self, about: &str) {
        let is_good = |finding: &Value| finding["about"] == about && finding["verdict"] == "good";
        assert!(self.findings.iter().any(is_good), "{about}: {}", self.told);
    }
}

fn with_book(more: &str) -> Place {
    with_book_and(more, &[])
}

/// The same, with files that the configuration names.
fn with_book_and(more: &str, files: &[(&str, &str)]) -> Place {
    let place = Place::with_configuration(more);
    for (name, contents) in files {
        place.write(name, contents);
    }
    place.write("padron.csv", BOOK);
    assert_eq!(place.run(&["policies", "import", "padron.csv"]).status, 0);
    place
}

#[tokio::test(flavor = "multi_thread")]
async fn a_portal_that_is_well_has_no_fault_and_no_secret_is_told() {
    let server = MailServer::start().await;
    let configuration = format!(
        "smtp.url = \"smtp://localhost:{}\"\nsmtp.ca_file = \"ca.pem\"\nsmtp.user = \"{}\"\n\
         smtp.password_file = \"smtp.password\"",
        server.port(),
        server.user()
    );
    let files = [("ca.pem", server.ca_pem()), ("smtp.password", server.password())];
    let place = with_book_and(&configuration, &files);
    let port =
        std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port();
    let configuration = fs::read_to_string(place.path("zaguan.toml")).expect("there");
    let configuration = configuration
        .replace("server.listen = \"127.0.0.1:0\"", &format!("server.listen = \"127.0.0.1:{port}\""))
        .replace("\"http://127.0.0.1\"", &format!("\"http://127.0.0.1:{port}\""));
    place.write("zaguan.toml", configuration);
    let _running = place.start(&["serve"], 1);
    let examined = Examined::of(&place, &[]);
    assert_eq!(examined.status, 0, "{}", examined.told);
    for about in [
        "configuration",
        "secret file",
        "database",
        "policy book",
        "letters",
        "mail server",
        "public address",
        "clock",
    ] {
        examined.is_good(about);
    }
    assert!(!examined.told.contains(server.password()), "{}", examined.told);
    let words = place.run(&["doctor"]);
    assert_eq!(words.status, 0, "{}", words.out);
    assert!(
        words.out.contains("good     mail server: localhost answers, encrypted, and takes the login"),
        "{}",
        words.out
    );
    assert!(!words.out.contains(server.password()));
}

#[tokio::test(flavor = "multi_thread")]
async fn each_fault_of_the_mail_server_is_told_in_its_own_words() {
    let examine = |more: &str| Examined::of(&with_book(more), &[]);
    examine(NOBODY).has_fault("mail server", "cannot be reached", "compare smtp.url");

    let plain = ScriptedMailServer::start().await;
    let url = |server: &ScriptedMailServer, tls: &str| {
        format!("smtp.url = \"smtp://localhost:{}{tls}\"", server.port())
    };
    examine(&url(&plain, "")).has_fault("mail server", "does not let us in", "does it offer STARTTLS?");
    plain.always(Stage::Banner, Act::reply(554, "5.7.1 no service for you"));
    examine(&url(&plain, "?tls=none")).has_fault("mail server", "no service for you", "without more?");

    let server = ScriptedMailServer::start_with_tls().await;
    examine(&url(&server, "")).has_fault(
        "mail server",
        "UnknownIssuer",
        "name its authority in smtp.ca_file",
    );
    let login = |host: &str| {
        let configuration = format!(
            "smtp.url = \"smtp://{host}:{}\"\nsmtp.ca_file = \"ca.pem\"\nsmtp.user = \"portal\"\n\
             smtp.password_file = \"smtp.password\"",
            server.port()
        );
        let authority = server.ca_pem().expect("a certificate");
        let files = [("ca.pem", authority), ("smtp.password", "canario-del-correo")];
        let place = with_book_and(&configuration, &files);
        Examined::of(&place, &[])
    };
    login("localhost").is_good("mail server");
    server.always(Stage::Auth, Act::reply(535, "5.7.8 bad credentials"));
    let refused = login("localhost");
    refused.has_fault("mail server", "bad credentials", "smtp.password_file");
    assert!(!refused.told.contains("canario"), "{}", refused.told);
    assert!(server.accepted().is_empty() && server.reached(Stage::MailFrom) == 0, "no letter was begun");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_of_several_mail_servers_is_looked_at() {
    let (first, second) = (ScriptedMailServer::start().await, ScriptedMailServer::start().await);
    first.always(Stage::Auth, Act::reply(535, "5.7.8 bad credentials"));
    let url = |server: &ScriptedMailServer| {
        format!("\"smtp://portal:canario@localhost:{}?tls=none\"", server.port())
    };
    let place = with_book(&format!("smtp.url = [{}, {}]", url(&first), url(&second)));
    let words = place.run(&["doctor"]).out;
    assert!(words.contains("FAULT    mail server: the mail server localhost does not let us in"), "{words}");
    assert!(words.contains("good     mail server: localhost answers"), "{words}");
    assert!(second.reached(Stage::Auth) > 0 && !words.contains("canario"), "{words}");
}

#[test]
fn files_that_others_can_read_or_change_are_faults_with_the_command_that_mends_them() {
    let place = with_book("smtp.url = \"smtp://portal:canario@127.0.0.1:9?tls=none\"");
    assert_eq!(place.run(&["backup", "one"]).status, 0, "which makes the secret file");
    for (file, mode, about, remedy) in [
        ("zaguan.secret", 0o644, "secret file", "chmod 600"),
        ("zaguan.db", 0o604, "database file", "chmod 600"),
        ("zaguan.toml", 0o602, "configuration", "chmod o-w"),
        ("zaguan.toml", 0o604, "configuration", "chmod o="),
    ] {
        fs::set_permissions(place.path(file), Permissions::from_mode(mode)).expect("set");
        let examined = Examined::of(&place, &[]);
        examined.has_fault(about, &format!("{mode:o}"), remedy);
        assert!(!examined.told.contains("canario"), "{}", examined.told);
        fs::set_permissions(place.path(file), Permissions::from_mode(0o600)).expect("set");
    }
    let examined = Examined::of(&place, &[]);
    for about in ["configuration", "secret file", "database"] {
        examined.is_good(about);
    }
}

#[test]
fn a_database_that_is_not_there_or_not_whole_is_told_with_what_to_do() {
    let place = Place::with_configuration(NOBODY);
    Examined::of(&place, &[]).has_fault("database", "there is no database", "zaguan migrate");
    assert_eq!(place.run(&["migrate"]).status, 0);
    Examined::of(&place, &[]).has_fault("policy book", "there is none", "zaguan policies import");

    place.write("padron.csv", BOOK);
    assert_eq!(place.run(&["policies", "import", "padron.csv"]).status, 0);
    let whole = fs::read(place.path("zaguan.db")).expect("a database");
    let mut damaged = whole.clone();
    let last_page = damaged.len() - 4096;
    damaged[last_page..last_page + 8].fill(0xa5);
    place.write("zaguan.db", &damaged);
    Examined::of(&place, &[]).has_fault("database", "damaged", "zaguan restore");
    assert_eq!(fs::read(place.path("zaguan.db")).expect("it is there"), damaged, "nothing was changed");

    place.write("zaguan.db", &whole);
    fs::rename(place.path("zaguan.db.book/1.sqlite"), place.path("elsewhere")).expect("moved");
    Examined::of(&place, &[]).has_fault("policy book", "is not there", "import a whole book");
}

#[tokio::test(flavor = "multi_thread")]
async fn letters_that_were_refused_and_a_secret_that_is_lost_are_told() {
    let server = ScriptedMailServer::start().await;
    server.always(Stage::RcptTo, Act::reply(550, "5.1.1 no such user"));
    let place = Place::with_configuration(&to_mail_server(&server, ""));
    let (running, portal, _) = serve(&place);
    register(portal, "ana%40example.com");
    server.wait_until_reached(Stage::RcptTo, 1, SOON).await;
    running.wait_for("a refusal in the log", |running| running.logged().contains("a letter was refused"));
    let examined = Examined::of(&place, &[]);
    let letters = examined.bad("letters");
    assert_eq!(
        (&letters["verdict"], letters["words"].as_str()),
        (&"warning".into(), Some("1 were refused by the mail server"))
    );
    assert!(letters["remedy"].as_str().is_some_and(|told| told.contains("zaguan letters retry")));
    fs::rename(place.path("zaguan.secret"), place.path("elsewhere")).expect("moved");
    Examined::of(&place, &[]).has_fault("secret file", "is missing", "put the copy from your backup");
    assert!(!place.path("zaguan.secret").exists());
}

#[test]
fn a_wrong_configuration_is_told_whole_as_wrong_usage() {
    let place = Place::with_configuration("smtp.url = \"carrier pigeon\"\nserver.listn = \"x\"");
    let done = place.run(&["doctor"]);
    assert_eq!(done.status, 2);
    assert!(done.err.contains("server.listen") && done.err.contains("smtp.url"), "{}", done.err);
}

#[test]
fn a_cost_of_hashing_is_proposed_for_the_machine() {
    let place = with_book(NOBODY);
    let done = place.run(&["doctor", "--tune", "--json"]);
    let told: Value = serde_json::from_str(&done.out).expect("JSON");
    let (memory, passes) = (&told["tuning"]["memory_kib"], &told["tuning"]["passes"]);
    let strength = memory.as_u64().expect("a number") * passes.as_u64().expect("a number");
    assert!(strength >= 35_840, "OWASP's weakest: {told}");
    assert!(told["tuning"]["hashes_per_second"].as_f64().is_some_and(|speed| speed > 0.0), "{told}");
    assert!(Examined::of(&place, &[]).told.contains("hashes a second"));
}
