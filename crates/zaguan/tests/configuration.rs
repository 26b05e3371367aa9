//! The configuration: what wins over what, what is refused and in which words, and that one table rules it all.
#![cfg(test)]

use std::fs;
use std::path::Path;
use tempfile::TempDir;
use zaguan::config::key::{KEYS, Kind, Preset};
use zaguan::config::layers::Layers;
use zaguan::config::smtp_url::Encryption;
use zaguan::config::{Config, written};
use zaguan::environment::Environment;
use zaguan_domain::limit::Rules;

/// What must be written.
const REQUIRED: &str = "brand.name = \"Seguros Ejemplo\"\nsmtp.url = \"smtp://mail.example\"\nsmtp.from = \"avisos@portal.example\"\n";

fn layers(file: &str, variables: &[(&str, &str)]) -> (TempDir, Layers) {
    let directory = TempDir::new().expect("a directory");
    fs::write(directory.path().join("zaguan.toml"), file).expect("written");
    let layers = Layers::load(None, &Environment::new(directory.path(), variables.iter().copied()));
    (directory, layers)
}

fn read(file: &str, variables: &[(&str, &str)]) -> Result<Config, Vec<String>> {
    let (_directory, layers) = layers(file, variables);
    Config::read(&layers).map_err(|faults| faults.to_string().lines().map(str::to_owned).collect())
}

/// The configuration with the required keys and these.
fn config(more: &str) -> Config {
    read(&format!("{REQUIRED}{more}"), &[]).unwrap_or_else(|faults| panic!("{more}: {faults:#?}"))
}

/// The only fault of the configuration with the required keys and these.
fn fault(more: &str, variables: &[(&str, &str)]) -> String {
    let faults = read(&format!("{REQUIRED}{more}"), variables).expect_err(more);
    assert_eq!(faults.len(), 1, "{more}: {faults:#?}");
    faults[0].clone()
}

#[test]
fn what_is_required_is_enough() {
    let config = config("");
    assert_eq!(config.server.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.server.ops_listen.to_string(), "127.0.0.1:9090");
    assert_eq!(config.server.public_url.origin(), "http://127.0.0.1:8080");
    assert_eq!(config.mail.servers[0].encryption, Encryption::Required);
    let paths: Vec<_> = config
        .legacy
        .iter()
        .map(|path| (path.path.as_str(), path.query.as_deref(), path.to.as_str()))
        .collect();
    assert_eq!(
        paths,
        [
            ("/netprod/Account/Login", Some("registroAsegurado=true"), "/registro"),
            ("/netprod/Account/Login", None, "/ingreso"),
        ]
    );
}

#[test]
fn the_presets_are_the_rules_of_the_domain() {
    let (read, rules) = (config("").rules, Rules::default());
    assert_eq!(format!("{read:?}"), format!("{rules:?}"));
}

#[test]
fn every_key_can_be_set_in_the_file_and_in_the_environment() {
    // The examples and presets of the table, in both ways at once for those that take no file.
    for key in KEYS.iter().filter(|key| key.kind != Kind::Path) {
        let (Preset::Value(text) | Preset::Absent(text) | Preset::Required(text)) = key.preset;
        let required = REQUIRED.lines().filter(|line| !line.starts_with(key.name));
        let mut lines: Vec<String> = required.map(str::to_owned).collect();
        lines.push(format!("{} = {text}", key.name));
        if key.name == "smtp.user" {
            lines.push("smtp.password = \"x\"".to_owned());
        }
        if key.name == "smtp.password" {
            lines.push("smtp.user = \"x\"".to_owned());
        }
        read(&lines.join("\n"), &[]).unwrap_or_else(|faults| panic!("{} in the file: {faults:#?}", key.name));
        let bare = match key.kind {
            Kind::List => text.trim_matches(['[', ']']).replace('"', ""),
            Kind::Table => text.to_owned(),
            Kind::Text | Kind::Path | Kind::Secret | Kind::SecretUrls | Kind::Number => {
                text.trim_matches('"').to_owned()
            }
        };
        lines.retain(|line| !line.starts_with(&format!("{} ", key.name)));
        let variable = key.variable();
        read(&lines.join("\n"), &[(&variable, &bare)])
            .unwrap_or_else(|faults| panic!("{variable}: {faults:#?}"));
    }
}

#[test]
fn the_explained_file_names_every_key_once() {
    let file = written::explained_file(&[]);
    for key in KEYS {
        let header = file.find(&format!("[{}]", key.section())).expect(key.name);
        let section = &file[header..];
        let section = section[1..].find("\n[").map_or(section, |end| &section[..end]);
        let lines = section
            .lines()
            .filter(|line| line.trim_start_matches("# ").starts_with(&format!("{} = ", key.short_name())));
        assert_eq!(lines.count(), 1, "{}", key.name);
    }
}

#[test]
fn the_explained_file_with_everything_uncommented_sets_what_holds_without_it() {
    let uncommented = |line: &str| {
        let key = KEYS.iter().find(|key| line.starts_with(&format!("# {} = ", key.short_name())));
        let has_preset = key.is_some_and(|key| matches!(key.preset, Preset::Value(_)));
        if has_preset { line.trim_start_matches("# ").to_owned() } else { line.to_owned() }
    };
    let file = written::explained_file(&[]);
    let uncommented = file.lines().map(uncommented).collect::<Vec<_>>().join("\n");
    let (plain, full) = (read(&file, &[]), read(&uncommented, &[]));
    let (plain, full) = (plain.expect("it is right"), full.expect("uncommented it is right"));
    assert_eq!(format!("{:?}", plain.rules), format!("{:?}", full.rules));
    assert_eq!(plain.legacy, full.legacy);
    assert_eq!(plain.views.brand.color, full.views.brand.color);
}

#[test]
fn the_environment_wins_over_the_file() {
    let file = format!("{REQUIRED}log.level = \"warn\"\nserver.trusted_proxies = [\"10.0.0.0/8\"]\n");
    let variables = [
        ("ZAGUAN__LOG__LEVEL", "debug"),
        ("ZAGUAN__SERVER__TRUSTED_PROXIES", "192.168.0.0/16, ::1"),
        ("ZAGUAN__KEY__TRIES", "3"),
    ];
    let config = read(&file, &variables).expect("right");
    assert_eq!(config.log.level.as_str(), "DEBUG");
    assert_eq!(config.server.trusted_proxies.len(), 2);
    assert_eq!(config.rules.key_tries, 3);
}

#[test]
fn a_secret_comes_from_a_file_however_the_file_is_named() {
    let (directory, _) = layers("", &[]);
    fs::write(directory.path().join("clave"), "s3creta con espacios \r\n").expect("written");
    fs::write(directory.path().join("url"), "smtps://otro.example").expect("written");
    fs::write(
        directory.path().join("zaguan.toml"),
        format!("{REQUIRED}smtp.user = \"portal\"\nsmtp.password_file = \"clave\"\n"),
    )
    .expect("written");
    let read = |variables: &[(&'static str, &'static str)]| {
        let layers = Layers::load(None, &Environment::new(directory.path(), variables.iter().copied()));
        Config::read(&layers).unwrap_or_else(|faults| panic!("{faults}"))
    };
    let login = read(&[]).mail.servers[0].login.clone().expect("a login");
    assert_eq!((login.user.as_str(), login.password.as_str()), ("portal", "s3creta con espacios "));
    let mail = read(&[("ZAGUAN__SMTP__URL_FILE", "url"), ("ZAGUAN__SMTP__PASSWORD", "otra")]).mail;
    let server = &mail.servers[0];
    assert_eq!(server.host, "otro.example");
    assert_eq!(
        server.login.as_ref().expect("a login").password.as_str(),
        "otra",
        "the environment wins however it is given"
    );
}

#[test]
fn relative_paths_start_from_the_file_and_not_from_where_one_stands() {
    let directory = TempDir::new().expect("a directory");
    let elsewhere = directory.path().join("etc");
    fs::create_dir(&elsewhere).expect("made");
    fs::write(elsewhere.join("zaguan.toml"), format!("{REQUIRED}store.url = \"sqlite:data/z.db\"\n"))
        .expect("written");
    let environment = Environment::new(directory.path(), [("ZAGUAN_CONFIG", "etc/zaguan.toml")]);
    let config = Config::read(&Layers::load(None, &environment)).expect("right");
    assert_eq!(config.server.secret_file, elsewhere.join("zaguan.secret"));
    assert_eq!(config.store.file().unwrap(), elsewhere.join("data/z.db"));
}

#[test]
fn the_named_file_wins_over_the_environments_and_that_over_the_usual_one() {
    let directory = TempDir::new().expect("a directory");
    for (name, tries) in [("zaguan.toml", 1), ("b.toml", 2), ("c.toml", 3)] {
        fs::write(directory.path().join(name), format!("{REQUIRED}key.tries = {tries}\n")).expect("written");
    }
    let tries = |named: Option<&Path>, variables: &[(&'static str, &'static str)]| {
        let layers = Layers::load(named, &Environment::new(directory.path(), variables.iter().copied()));
        Config::read(&layers).expect("right").rules.key_tries
    };
    assert_eq!(tries(None, &[]), 1);
    assert_eq!(tries(None, &[("ZAGUAN_CONFIG", "b.toml")]), 2);
    assert_eq!(tries(Some(Path::new("c.toml")), &[("ZAGUAN_CONFIG", "b.toml")]), 3);
}

#[test]
fn each_wrong_value_is_told_with_its_line_and_what_to_write() {
    for (more, told) in [
        (
            "server.listn = \"x\"",
            "zaguan.toml, line 4: server.listn is not a key; did you mean server.listen?",
        ),
        ("server.listen = 8080", "zaguan.toml, line 4: server.listen: write a text between quotes"),
        ("server.listen = \"8080\"", "write an address and a port"),
        ("server.ops_listen = \"127.0.0.1:8080\"", "write another port than that of server.listen"),
        ("server.public_url = \"http://portal.example\"", "write https"),
        ("server.public_url = \"https://portal.example/x\"", "write only scheme, host and port"),
        ("server.trusted_proxies = \"10.0.0.0/8\"", "write a list of texts"),
        ("server.trusted_proxies = [\"proxy\"]", "\"proxy\" is neither an address nor a network"),
        ("server.secret_file = \"\"", "write a path"),
        ("store.url = \"mysql://x\"", "write sqlite:"),
        ("store.url = \"sqlite::memory:\"", "forgets everything"),
        ("smtp.user = \"x\"", "smtp.password_file"),
        ("smtp.password = \"x\"", "it needs smtp.user"),
        ("smtp.password_file = \"missing\"", "smtp.password_file: the file"),
        ("smtp.connections = 0", "write a whole number from 1 to 64"),
        ("smtp.connections = \"4\"", "write a whole number, without quotes"),
        ("smtp.connections = 0x10", "write a whole number, without quotes"),
        ("brand.color = \"blue\"", "write a colour as # and six hexadecimal digits"),
        ("brand.logo = \"missing.svg\"", "cannot be read"),
        ("brand.support_phone = \"\"", "write something between the quotes, or take the line away"),
        ("brand.support_phone = \"1\\n2\"", "write it on one line"),
        ("brand.support_email = \"nobody\"", "write an e-mail address"),
        ("brand.ssn_number = \"12\"", "write four digits"),
        ("registration.email_on_file = \"ask\"", "write \"hold\""),
        ("registration.hold_hours = 0", "write a whole number from 1 to 168"),
        ("registration.hold_hours = 169", "from 1 to 168"),
        ("registration.lapsed_months = -1", "write a whole number from 0 to 120"),
        ("key.life_minutes = 4", "from 5 to 1440"),
        ("key.tries = 11", "from 1 to 10"),
        ("password.min_length = 7", "from 8 to 64"),
        ("password.min_length = 65", "from 8 to 64"),
        ("session.idle_minutes = 0", "from 1 to 1440"),
        ("hash.memory_kib = 19455", "is too weak: use at least 19456 KiB with 2 passes"),
        ("hash.memory_kib = 2000000", "from 1 to 1048576"),
        ("hash.memory_kib = 4\nhash.profile = \"test\"", "at least 8 KiB for each lane"),
        ("hash.threads = 0", "from 1 to 256"),
        ("hash.waiting_at_most = 0", "from 1 to 100000"),
        ("hash.profile = \"fast\"", "write \"normal\""),
        ("session.life_hours = 25", "from 1 to 24"),
        ("audit.address_days = 0", "from 1 to 3650"),
        ("locale.default = \"es\"", "\"es-AR\" (usted), \"es-AR-vos\" or \"en\""),
        ("log.format = \"xml\"", "\"human\" or \"json\""),
        ("log.level = \"loud\"", "\"trace\""),
        ("paths.legacy = { \"old\" = \"/ingreso\" }", "\"old\" is not a path"),
        ("paths.legacy = { \"/old\" = \"https://evil.example\" }", "is not a page of the portal"),
        ("log = 5", "log is not a key"),
        ("[nothing]\nx = 1", "nothing is not a section"),
    ] {
        let fault = fault(more, &[]);
        assert!(fault.contains(told), "{more}: {told} in {fault}");
        assert!(fault.contains("zaguan.toml, line "), "{more}: no line in {fault}");
    }
}

#[test]
fn a_portal_that_listens_beyond_this_machine_must_say_how_people_reach_it() {
    let fault = fault("server.listen = \"0.0.0.0:8080\"", &[]);
    assert!(fault.starts_with("server.public_url: it is missing, and the portal listens beyond"), "{fault}");
    config("server.listen = \"0.0.0.0:8080\"\nserver.public_url = \"https://portal.example\"");
}

#[test]
fn each_wrong_variable_is_told_by_its_name() {
    for (name, value, told) in [
        (
            "ZAGUAN__SERVER__LISTN",
            "x",
            "ZAGUAN__SERVER__LISTN sets no key; did you mean ZAGUAN__SERVER__LISTEN?",
        ),
        ("ZAGUAN__server__listen", "127.0.0.1:80", "sets no key"),
        (
            "ZAGUAN__KEY__TRIES",
            "many",
            "environment variable ZAGUAN__KEY__TRIES: key.tries: write a whole number",
        ),
        ("ZAGUAN__PATHS__LEGACY", "/old", "write a table of texts"),
        ("ZAGUAN__BRAND__NAME_FILE", "x", "sets no key"),
    ] {
        let fault = fault("", &[(name, value)]);
        assert!(fault.contains(told), "{name}: {told} in {fault}");
    }
}

#[test]
fn a_login_is_given_once() {
    let twice = "smtp.user = \"a\"\nsmtp.password = \"b\"\nsmtp.password_file = \"c\"\n";
    assert!(fault(twice, &[]).contains("it is given twice"));
    let both = "brand.name = \"A\"\nsmtp.url = \"smtp://a:b@mail.example\"\nsmtp.from = \"a@portal.example\"\nsmtp.user = \"a\"\nsmtp.password = \"b\"\n";
    let faults = read(both, &[]).expect_err("two logins");
    assert!(faults[0].contains("smtp.url: it has a login already"), "{faults:#?}");
}

/// What a configuration without a mail server lacks but for that.
const WITHOUT_SERVER: &str = "brand.name = \"A\"\nsmtp.from = \"avisos@portal.example\"\n";

#[test]
fn the_mail_server_may_be_one_or_several_however_it_is_given() {
    let hosts = |config: &Config| config.mail.servers.iter().map(|url| url.host.clone()).collect::<Vec<_>>();
    let one = "smtp://portal:a,b@uno.example";
    let several = "smtp://portal:a,b@uno.example, smtps://dos.example:4650";
    for (given, expected) in [
        (format!("smtp.url = \"{one}\""), vec!["uno.example"]),
        (format!("smtp.url = [\"{one}\"]"), vec!["uno.example"]),
        (format!("smtp.url = \"{several}\""), vec!["uno.example", "dos.example"]),
        (format!("smtp.url = [\"{one}\", \"smtps://dos.example:4650\"]"), vec!["uno.example", "dos.example"]),
    ] {
        let config = read(&format!("{WITHOUT_SERVER}{given}\n"), &[]).expect("right");
        assert_eq!(hosts(&config), expected, "{given}");
        let login = config.mail.servers[0].login.as_ref().expect("a login");
        assert_eq!(login.password.as_str(), "a,b", "{given}");
    }
    let by_variable = read(REQUIRED, &[("ZAGUAN__SMTP__URL", several)]).expect("right");
    assert_eq!(hosts(&by_variable), ["uno.example", "dos.example"], "in place of the one in the file");
    assert_eq!(by_variable.mail.servers[1].port, 4650);
    let (directory, _) = layers("", &[]);
    fs::write(directory.path().join("urls"), "smtp://uno.example\nsmtps://dos.example\n").expect("written");
    fs::write(directory.path().join("zaguan.toml"), format!("{WITHOUT_SERVER}smtp.url_file = \"urls\"\n"))
        .expect("written");
    let by_file = Layers::load(None, &Environment::new(directory.path(), []));
    assert_eq!(hosts(&Config::read(&by_file).expect("right")), ["uno.example", "dos.example"]);
}

#[test]
fn one_login_is_for_all_mail_servers_or_each_has_its_own() {
    let login = "smtp.user = \"portal\"\nsmtp.password = \"canario\"\n";
    let urls = "smtp.url = [\"smtp://uno.example\", \"smtp://dos.example\"]\n";
    let config = read(&format!("{WITHOUT_SERVER}{urls}{login}"), &[]).expect("right");
    for server in config.mail.servers {
        assert_eq!(server.login.expect("a login").password.as_str(), "canario");
    }
    let one_has = "smtp.url = [\"smtp://uno.example\", \"smtp://a:b@dos.example\"]\n";
    let config = read(&format!("{WITHOUT_SERVER}{one_has}"), &[]).expect("right");
    assert_eq!(config.mail.servers.iter().filter(|server| server.login.is_some()).count(), 1);
    let faults = read(&format!("{WITHOUT_SERVER}{one_has}{login}"), &[]).expect_err("whose?");
    assert!(faults[0].contains("smtp.url: it has a login already"), "{faults:#?}");
}

#[test]
fn a_list_of_mail_servers_that_will_not_do_is_refused_without_its_secrets() {
    let many = ["\"smtp://a:canario@uno.example\""; 5].join(", ");
    for (list, told) in [
        (String::new(), "write at least one of them, and at most 4"),
        (many, "write at least one of them, and at most 4"),
        (
            "\"smtp://a:canario@uno.example\", \"smtp://a:canario@dos.example/x\"".to_owned(),
            "smtp://host:port",
        ),
        ("\"smtp://a:canario@uno.example\", 5".to_owned(), "write a text between quotes, or a list of them"),
    ] {
        let faults = read(&format!("{WITHOUT_SERVER}smtp.url = [{list}]\n"), &[]).expect_err(&list);
        assert!(faults[0].contains("smtp.url: ") && faults[0].contains(told), "{list}: {faults:#?}");
        assert!(!format!("{faults:?}").contains("canario"), "{faults:#?}");
    }
    let right =
        format!("{WITHOUT_SERVER}smtp.url = [\"smtp://a:canario@uno.example\", \"smtp://dos.example\"]\n");
    let (_directory, layers) = layers(&right, &[]);
    let shown = written::as_lines(&written::shown(&layers));
    assert!(shown.contains("smtp.url = (set, not shown)") && !shown.contains("canario"), "{shown}");
    assert!(!format!("{:?}", read(&right, &[]).expect("right")).contains("canario"));
}

#[test]
fn what_is_not_toml_is_told_with_its_line_and_nothing_else() {
    let faults = read("[brand]\nname = Seguros\n", &[]).expect_err("no TOML");
    assert!(
        faults.iter().all(|fault| fault.starts_with("zaguan.toml, line 2: this is not TOML")),
        "{faults:#?}"
    );
}

#[test]
fn no_fault_repeats_a_secret() {
    for more in [
        "smtp.password = 5",
        "smtp.user = \"x\"\nsmtp.password = \"canario\"\nsmtp.password_file = \"canario\"",
    ] {
        let fault = fault(more, &[]);
        assert!(!fault.contains("canario"), "{fault}");
    }
    let faults = read(
        "brand.name = \"A\"\nsmtp.from = \"a@b.example\"\nsmtp.url = \"smtp://portal:canario@mail.example/x\"\n",
        &[],
    );
    assert!(!format!("{faults:?}").contains("canario"), "{faults:?}");
    let right = read(
        "brand.name = \"A\"\nsmtp.from = \"a@b.example\"\nsmtp.url = \"smtp://portal:canario@mail.example\"\n",
        &[],
    );
    assert!(!format!("{:?}", right.expect("right")).contains("canario"));
}
