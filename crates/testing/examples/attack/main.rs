//! The target of `cargo xtask attack`: a real portal with invented people, one of them signed in, until its input ends.
//!
//! It is given the server's binary and a folder for its work. It writes `openapi.json` and `cookies.txt` there, prints the
//! portal's address, and stops when nobody holds its standard input open any more.

#![expect(clippy::expect_used, reason = "a target that has lost its ground must stop, as a test must")]

#[path = "../timing/letters.rs"]
mod letters;
mod openapi;
#[path = "../timing/server.rs"]
mod server;

use letters::Letters;
use server::Server;
use std::fs::OpenOptions;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use zaguan_testing::timing::{DocumentState, Target, as_file, bring_into_state, policy_book, signed_in};

fn main() {
    let arguments: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let [binary, folder] = &arguments[..] else {
        eprint("usage: attack SERVER FOLDER");
        std::process::exit(2);
    };
    let letters = Letters::start();
    let server = Server::prepare(binary, &folder.join("portal"), letters.port());
    lift_limits(&folder.join("portal/zaguan.toml"));
    server.import(&as_file(&policy_book(5)));
    let running = server.start("0-1");
    let target = Target { portal: running.address(), mail: &letters };
    for state in DocumentState::ALL {
        bring_into_state(&target, state, &state.document(0));
    }
    letters.wait_for_quiet();
    let person = DocumentState::SignedIn.document(1);
    let cookies = signed_in(&target, &person).cookies();
    std::fs::write(folder.join("cookies.txt"), cookies).expect("the cookies are written");
    let document = DocumentState::Registered.document(0);
    let description = format!("{:#}\n", openapi::description(running.address(), &document));
    std::fs::write(folder.join("openapi.json"), description).expect("the description is written");
    let mut output = std::io::stdout().lock();
    writeln!(output, "{}", running.address()).and_then(|()| output.flush()).expect("somebody listens");
    let _ = std::io::stdin().read_to_end(&mut Vec::new());
}

/// Behind a limit nothing is tried, and a tool would see one answer to all that it sends.
fn lift_limits(configuration: &Path) {
    let mut file = OpenOptions::new().append(true).open(configuration).expect("a configuration");
    for limit in
        ["sign_in_device", "sign_in_network", "register_network", "recover_network", "key_network", "proof"]
    {
        writeln!(file, "{limit} = \"1000000, one more each 1ms\"").expect("a limit");
    }
}

fn eprint(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}
