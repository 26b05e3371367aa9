//! Strangers who hold connections, send slowly or send too much, and the honest person beside them, against the real
//! process. They come from a thousand addresses of loopback, so that no bound for one network helps.

use crate::support::{BOOK, Place, Running, get, post, request};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

/// What the honest person's requests may take, ninety-five of a hundred.
const P95: Duration = Duration::from_millis(300);

/// What a thousand connections may add to the memory of the process, in KiB.
const MEMORY_KIB: u64 = 64 * 1024;

fn serve() -> (Place, Running, SocketAddr) {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let wanted = 8192.min(maximum.unwrap_or(8192)).max(current.unwrap_or(0));
    setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), maximum }).expect("descriptors for a flood");
    let place = Place::with_configuration("smtp.url = \"smtp://127.0.0.1:9?tls=none\"");
    place.write("padron.csv", BOOK);
    assert_eq!(place.run(&["policies", "import", "padron.csv"]).status, 0);
    let running = place.start(&["serve"], 1);
    let portal = running.addresses()[0];
    (place, running, portal)
}

/// A connection from the `n`th address of loopback.
async fn connect(n: u16, to: SocketAddr) -> TcpStream {
    let [high, low] = (n + 2).to_be_bytes();
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.bind(SocketAddr::from((Ipv4Addr::new(127, 9, high, low), 0))).expect("an address of loopback");
    socket.connect(to).await.expect("connected")
}

async fn connect_all(count: u16, to: SocketAddr) -> Vec<TcpStream> {
    let mut streams = Vec::new();
    for n in 0..count {
        streams.push(connect(n, to).await);
    }
    streams
}

/// How many of these are still held open by the portal.
fn open(streams: &[TcpStream]) -> usize {
    let is_open = |stream: &&TcpStream| {
        let read = stream.try_read(&mut [0; 16]);
        read.is_err_and(|error| error.kind() == std::io::ErrorKind::WouldBlock)
    };
    streams.iter().filter(is_open).count()
}

fn memory_kib(running: &Running) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", running.id())).expect("its status");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("its memory");
    line.trim().trim_end_matches(" kB").parse().expect("a number")
}

/// The 95th percentile of a hundred requests of an honest person, each on a connection of its own.
async fn honest_p95(portal: SocketAddr) -> Duration {
    let measured = tokio::task::spawn_blocking(move || {
        let mut took: Vec<Duration> = (0..100)
            .map(|n| {
                let began = Instant::now();
                let status = match n % 10 {
                    0 => post(portal, "/recuperar", &[], "usuario=").status,
                    _ => get(portal, "/ingreso").status,
                };
                assert!(matches!(status, 200 | 422), "{status}");
                began.elapsed()
            })
            .collect();
        took.sort();
        took[94]
    });
    measured.await.expect("measured")
}

/// An honest person is not disturbed; measured once more when it looks otherwise, for the machine may be busy.
async fn nobody_honest_waits(portal: SocketAddr, beside: &str) {
    let first = honest_p95(portal).await;
    let p95 = if first < P95 { first } else { honest_p95(portal).await };
    assert!(p95 < P95, "beside {beside} the 95th percentile is {p95:?}");
}

/// Sends the same byte on every connection now and then, for as long as it is polled.
async fn drip(streams: &mut [TcpStream], byte: &[u8]) {
    loop {
        for stream in &mut *streams {
            let _ = stream.try_write(byte);
        }
        sleep(Duration::from_millis(500)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_connections_that_ask_nothing_disturb_nobody_and_are_closed() {
    let (_place, running, portal) = serve();
    get(portal, "/ingreso");
    let before = memory_kib(&running);
    let mut idle = connect_all(1000, portal).await;
    nobody_honest_waits(portal, "a thousand idle connections").await;
    let more = memory_kib(&running).saturating_sub(before);
    assert!(more < MEMORY_KIB, "{more} KiB more");
    let held = open(&idle);
    let mut slow = idle.split_off(500);
    for stream in &mut slow {
        let _ = stream.write_all(b"GET /ingreso HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ").await;
    }
    tokio::select! {
        () = drip(&mut slow, b"a") => {}
        () = nobody_honest_waits(portal, "five hundred slow heads") => {}
    }
    let closed = timeout(Duration::from_secs(15), async {
        while open(&idle) + open(&slow) > 0 {
            sleep(Duration::from_millis(100)).await;
            for stream in &slow {
                let _ = stream.try_write(b"a");
            }
        }
    });
    assert!(closed.await.is_ok(), "{held} were held at first; {} still are", open(&idle) + open(&slow));
    assert_eq!(get(portal, "/ingreso").status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_network_holds_no_more_than_its_share() {
    let (_place, running, portal) = serve();
    let mut held = Vec::new();
    for _ in 0..1000 {
        held.push(connect(0, portal).await);
    }
    nobody_honest_waits(portal, "a thousand connections of one network").await;
    let open = open(&held);
    assert!(open <= 256, "{open} of one network are open");
    let logged = running.logged();
    assert!(!logged.contains("no connection can be taken"), "{logged}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn forms_that_drip_in_end_in_words_and_disturb_nobody() {
    let (_place, running, portal) = serve();
    get(portal, "/ingreso");
    let before = memory_kib(&running);
    let mut dripping = connect_all(500, portal).await;
    for stream in &mut dripping {
        let head = "POST /registro HTTP/1.1\r\nHost: 127.0.0.1\r\nSec-Fetch-Site: same-origin\r\n\
                    Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 16000\r\n\r\ndocumento=";
        stream.write_all(head.as_bytes()).await.expect("sent");
    }
    let mut first = dripping.pop().expect("one of them");
    tokio::select! {
        () = drip(&mut dripping, b"1") => {}
        () = nobody_honest_waits(portal, "five hundred dripping forms") => {}
    }
    let more = memory_kib(&running).saturating_sub(before);
    assert!(more < MEMORY_KIB, "{more} KiB more");
    let mut answer = vec![0; 4096];
    let read =
        timeout(Duration::from_secs(20), first.read(&mut answer)).await.expect("in time").expect("answered");
    let answer = String::from_utf8_lossy(&answer[..read]).to_lowercase();
    assert!(answer.starts_with("http/1.1 408"), "{answer}");
    assert!(answer.contains("content-security-policy"), "{answer}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bodies_of_a_gibibyte_are_refused_at_once_and_kept_nowhere() {
    let (_place, running, portal) = serve();
    get(portal, "/ingreso");
    let before = memory_kib(&running);
    for path in ["/registro", "/ingreso", "/nada"] {
        let headers = ["Content-Type: application/x-www-form-urlencoded", "Content-Length: 1073741824"];
        let head = format!("POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{}\r\n\r\n", headers.join("\r\n"));
        let mut stream = connect(0, portal).await;
        stream.write_all(head.as_bytes()).await.expect("sent");
        let mut answer = vec![0; 64];
        let read = timeout(Duration::from_secs(5), stream.read(&mut answer))
            .await
            .expect("at once")
            .expect("answered");
        assert!(answer[..read].starts_with(b"HTTP/1.1 413"), "{path}: {}", String::from_utf8_lossy(&answer));
    }
    let mut senders = JoinSet::new();
    for n in 0..8 {
        senders.spawn(async move { chunks_until_refused(connect(n, portal).await).await });
    }
    tokio::select! {
        sent = senders.join_all() => assert!(sent.iter().all(|sent| *sent < 64 << 20), "{sent:?}"),
        () = sleep(Duration::from_secs(20)) => panic!("chunks are still taken"),
    }
    nobody_honest_waits(portal, "nobody any more").await;
    let more = memory_kib(&running).saturating_sub(before);
    assert!(more < MEMORY_KIB, "{more} KiB more");
    assert_eq!(request(portal, "GET /ayuda", &[], "").status, 200);
}

/// Sends up to a gibibyte in chunks; gives how many bytes were taken before the portal would not have more.
async fn chunks_until_refused(mut stream: TcpStream) -> usize {
    let head = "POST /registro HTTP/1.1\r\nHost: 127.0.0.1\r\nSec-Fetch-Site: same-origin\r\n\
                Content-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n";
    stream.write_all(head.as_bytes()).await.expect("sent");
    let chunk = format!("10000\r\n{}\r\n", "a".repeat(0x10000));
    let mut sent = 0;
    while sent < 1 << 30 && stream.write_all(chunk.as_bytes()).await.is_ok() {
        sent += chunk.len();
    }
    sent
}
