//! Six hundred hostile requests, raw over TCP at a real server: no fault, no effect, and every answer of the portal wears
//! its headers.

use crate::answers::split;
use crate::corpus::{self, Line};
use crate::dressed::missing;
use crate::frames;
use std::net::SocketAddr;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::timeout;
use zaguan_testing::TestPortal;

/// How many requests are under way at the same time.
const AT_ONCE: usize = 24;

/// When nothing more comes after an answer for this long, it was the last.
const QUIET: Duration = Duration::from_millis(400);

/// When nothing comes for this long, there is no answer yet, and the sender hangs up.
const PATIENCE: Duration = Duration::from_secs(4);

/// Sends the bytes, and gives what comes back until the portal closes or has no more to say.
async fn exchange(to: SocketAddr, bytes: Vec<u8>, is_done: impl Fn(&[u8]) -> bool) -> Vec<u8> {
    let (mut reader, mut writer) = TcpStream::connect(to).await.expect("connected").into_split();
    let mut received = Vec::new();
    let mut buffer = vec![0; 16 * 1024];
    // Who is refused early may find the connection closed while it still sends.
    let sending = async {
        let _ = writer.write_all(&bytes).await;
        writer
    };
    let reading = async {
        loop {
            let wait = if is_done(&received) { QUIET } else { PATIENCE };
            match timeout(wait, reader.read(&mut buffer)).await {
                Ok(Ok(0) | Err(_)) | Err(_) => return,
                Ok(Ok(read)) => received.extend(&buffer[..read]),
            }
        }
    };
    let (_writer, ()) = tokio::join!(sending, reading);
    received
}

/// What was answered to a line of HTTP/1, in the words of the corpus.
async fn play(to: SocketAddr, line: &Line) -> String {
    let is_done = |received: &[u8]| {
        let (answers, more) = split(received);
        !answers.is_empty() && !more
    };
    let received = exchange(to, corpus::bytes(&line.written), is_done).await;
    let mut told = Vec::new();
    for answer in split(&received).0 {
        assert!(answer.status < 500, "{}: {}", line.place, answer.status);
        let is_ours = answer.headers.contains_key("content-security-policy");
        if is_ours {
            let faults = missing(&answer.headers, false);
            assert!(faults.is_empty(), "{}: {} lacks {faults:?}", line.place, answer.status);
        } else {
            assert!(matches!(answer.status, 100 | 400 | 414 | 431), "{}: {}", line.place, answer.status);
        }
        let mark = if is_ours { "" } else { "!" };
        told.push(format!("{}{mark}", answer.status));
    }
    if told.is_empty() { "-".to_owned() } else { told.join(",") }
}

async fn play_http2(to: SocketAddr, line: &Line) -> String {
    let is_done = |received: &[u8]| !frames::told(received).is_empty();
    let received = exchange(to, frames::bytes(&line.written), is_done).await;
    let told = frames::told(&received);
    assert!(!told.iter().any(|word| word.starts_with('5')), "{}: {told:?}", line.place);
    if told.is_empty() { "-".to_owned() } else { told.join(",") }
}

/// The database as text, but for what counts and records the tries themselves.
fn dump(portal: &TestPortal) -> String {
    let mut command = if let Some(database) = portal.on_server() {
        database.dump()
    } else {
        let mut command = Command::new("sqlite3");
        command.arg("-readonly").arg(portal.database()).arg(".dump");
        command
    };
    let output = command.output().expect("it runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    assert!(text.contains("CREATE TABLE"), "{text}");
    let about_tries = ["limit_bucket ", "audit ", "audit_head "];
    let is_about_tries = |line: &str| {
        let row = line.strip_prefix("INSERT INTO ").map(|row| row.strip_prefix("public.").unwrap_or(row));
        row.is_some_and(|row| about_tries.iter().any(|table| row.starts_with(table)))
    };
    // The server's dump has a word of its own for each run.
    let is_of_this_run = |line: &str| line.starts_with("\\restrict") || line.starts_with("\\unrestrict");
    text.lines().filter(|line| !is_about_tries(line) && !is_of_this_run(line)).collect::<Vec<_>>().join("\n")
}

/// Plays files of the corpus; what was answered otherwise than the file says.
async fn play_files(names: &[&str]) -> Vec<String> {
    let (portal, url) = TestPortal::served().await;
    let to: SocketAddr = url.trim_start_matches("http://").parse().expect("an address");
    let before = dump(&portal);
    let room = Arc::new(Semaphore::new(AT_ONCE));
    let mut playing = JoinSet::new();
    for name in names {
        for line in corpus::read(name) {
            let room = Arc::clone(&room);
            let is_http2 = *name == "http2.txt";
            playing.spawn(async move {
                let _place = room.acquire_owned().await.expect("room");
                let answered = if is_http2 { play_http2(to, &line).await } else { play(to, &line).await };
                let same = match line.answered.strip_suffix('*') {
                    Some(wanted) => answered == "-" || answered.split(',').any(|word| word == wanted),
                    None => line.answered == answered,
                };
                (!same).then(|| {
                    format!("{}: {answered}, not {}: {:.120}", line.place, line.answered, line.written)
                })
            });
        }
    }
    let mut otherwise: Vec<String> = playing.join_all().await.into_iter().flatten().collect();
    otherwise.sort();
    portal.deliver().await;
    assert_eq!(portal.letters(), [], "no letter was caused");
    assert_eq!(dump(&portal), before, "nothing was changed");
    otherwise
}

#[tokio::test]
async fn the_dump_sees_what_an_honest_request_does() {
    let portal = TestPortal::new().await;
    let before = dump(&portal);
    assert_eq!(dump(&portal), before);
    portal.client().post("/recuperar", &[("usuario", "12345678")]).await;
    assert_ne!(dump(&portal), before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hostile_requests_cause_no_fault_and_no_effect() {
    let names = ["methods.txt", "paths.txt", "headers.txt", "bodies.txt", "smuggling.txt", "unicode.txt"];
    let otherwise = play_files(&names).await;
    assert!(otherwise.is_empty(), "{} were answered otherwise:\n{}", otherwise.len(), otherwise.join("\n"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hostile_frames_of_http_2_cause_no_fault_and_no_effect() {
    let otherwise = play_files(&["http2.txt"]).await;
    assert!(otherwise.is_empty(), "{} were answered otherwise:\n{}", otherwise.len(), otherwise.join("\n"));
}
