//! The listener: takes connections within bounds, speaks TLS where it is configured, and HTTP/1 or HTTP/2 on them.
//!
//! What a stranger may hold without asking anything is bounded: a place among the connections, the time until the first
//! request, the time between requests, the length of headers and the number of streams. How long a form may take is
//! the form reader's to say.

mod connections;

pub use connections::Bounds;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use connections::{Activity, Connections, Place};
use hyper::body::Incoming;
use hyper::rt::Executor;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use ipnet::IpNet;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt as _;

/// How long the first request may take to come, the TLS handshake included.
const FIRST_REQUEST_WITHIN: Duration = Duration::from_secs(10);

/// How long a connection stays open when nothing more is asked, or when what was answered is not taken. Longer than the
/// minute for which nginx keeps connections, so that it is nginx who closes them.
const QUIET_AT_MOST: Duration = Duration::from_secs(75);

/// How long a connection that is told to close may take for its farewell.
const FAREWELL: Duration = Duration::from_secs(1);

/// How long to wait when the system gives no connection, for want of descriptors mostly.
const ACCEPT_AGAIN_AFTER: Duration = Duration::from_millis(100);

/// Line and headers of a request, in bytes. A browser sends some two thousand; cookies of other applications on the
/// same host may come on top.
const HEAD_LIMIT: usize = 32 * 1024;

/// Who waits for an answer over HTTP/2 is asked this often whether they are still there, and has so long to say so. In
/// HTTP/1 there is no such question.
const STILL_THERE: Duration = Duration::from_secs(20);
const ANSWER_WITHIN: Duration = Duration::from_secs(10);

/// Streams of one HTTP/2 connection at the same time. A page needs four.
const STREAMS: u32 = 32;

/// Connections at most, each of which may hold [`HEAD_LIMIT`] bytes of a request that never ends: 64 MiB.
const CONNECTIONS: usize = 2048;

/// Connections from one network at most.
const CONNECTIONS_OF_A_NETWORK: usize = 256;

impl Bounds {
    /// The bounds of a portal, or less where the system gives the process fewer descriptors. Half of them are left for
    /// the database, letters and policy books.
    pub fn of_this_system() -> Self {
        let descriptors = usize::try_from(descriptors()).unwrap_or(usize::MAX);
        let in_all = (descriptors / 2).min(CONNECTIONS);
        Self { in_all, of_a_network: CONNECTIONS_OF_A_NETWORK.min(in_all / 2).max(1) }
    }
}

/// How many descriptors the process may have, after asking for as many as it is allowed to ask for.
fn descriptors() -> u64 {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let wanted = 4 * CONNECTIONS as u64;
    let (now, most) = (current.unwrap_or(wanted), maximum.unwrap_or(wanted));
    let raised = now.max(wanted.min(most));
    match setrlimit(Resource::Nofile, Rlimit { current: Some(raised), maximum }) {
        Ok(()) => raised,
        Err(_) => now,
    }
}

/// A listener and how it serves.
pub struct Server {
    /// Where connections come in.
    pub listener: TcpListener,
    /// What makes TLS of them; nothing for plain HTTP.
    pub tls: Option<TlsAcceptor>,
    /// How many there may be.
    pub bounds: Bounds,
    /// The reverse proxies, who bring many people over connections of their own.
    pub proxies: Vec<IpNet>,
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").field("listener", &self.listener).finish_non_exhaustive()
    }
}

impl Server {
    /// Serves until told to stop, and then until what is being asked is answered.
    pub async fn run(self, router: Router, stop: CancellationToken) {
        let connections = Connections::new(self.bounds, self.proxies);
        let (tasks, streams) = (TaskTracker::new(), TaskTracker::new());
        let http = Http { builder: http(streams.clone()), router, stop: stop.clone() };
        while let Some((stream, peer)) = accept(&self.listener, &stop).await {
            let Some(place) = connections.admit(peer.ip()) else { continue };
            tasks.spawn(http.clone().serve(stream, peer, place, self.tls.clone()));
        }
        drop(self.listener);
        for tracker in [tasks, streams] {
            tracker.close();
            tracker.wait().await;
        }
    }
}

/// The next connection; nothing when it is time to stop.
async fn accept(listener: &TcpListener, stop: &CancellationToken) -> Option<(TcpStream, SocketAddr)> {
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => return None,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, peer)) => {
                // Without this a small answer may wait 40 ms for the kernel; if it cannot be set, it waits.
                drop(stream.set_nodelay(true));
                return Some((stream, peer));
            }
            Err(error) if of_the_connection(&error) => {}
            Err(error) => {
                tracing::error!(%error, "no connection can be taken; trying again");
                sleep(ACCEPT_AGAIN_AFTER).await;
            }
        }
    }
}

/// Whether a failure to accept is of the one connection that was gone before it was taken.
fn of_the_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionRefused
    )
}

/// Spawns the streams of HTTP/2 so that the shutdown waits for them.
#[derive(Clone, Debug)]
struct Tracked(TaskTracker);

impl<F> Executor<F> for Tracked
where
    F: Future<Output: Send> + Send + 'static,
{
    fn execute(&self, future: F) {
        self.0.spawn(future);
    }
}

fn http(streams: TaskTracker) -> auto::Builder<Tracked> {
    let mut builder = auto::Builder::new(Tracked(streams));
    // The time of headers is bounded with that of the connection, for HTTP/1 and HTTP/2 alike.
    builder.http1().timer(TokioTimer::new()).header_read_timeout(None).max_buf_size(HEAD_LIMIT);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(STREAMS)
        .max_header_list_size(u32::try_from(HEAD_LIMIT).unwrap_or(u32::MAX))
        // Streams that are opened and reset at once (CVE-2023-44487), and errors that we are made to answer
        // (CVE-2025-8671): beyond these the connection is closed.
        .max_pending_accept_reset_streams(20)
        .max_local_error_reset_streams(64)
        .max_send_buf_size(64 * 1024)
        .keep_alive_interval(STILL_THERE)
        .keep_alive_timeout(ANSWER_WITHIN);
    builder
}

#[derive(Clone, Debug)]
struct Http {
    builder: auto::Builder<Tracked>,
    router: Router,
    stop: CancellationToken,
}

impl Http {
    async fn serve(self, stream: TcpStream, peer: SocketAddr, place: Place, tls: Option<TlsAcceptor>) {
        let Some(tls) = tls else { return self.talk(stream, peer, &place.activity).await };
        let handshake = timeout(FIRST_REQUEST_WITHIN, tls.accept(stream));
        let shaken = tokio::select! {
            shaken = handshake => shaken,
            () = place.activity.make_room.cancelled() => return,
            () = self.stop.cancelled() => return,
        };
        match shaken {
            Ok(Ok(stream)) => self.talk(stream, peer, &place.activity).await,
            Ok(Err(error)) => tracing::debug!(%error, "a TLS handshake failed"),
            Err(_) => tracing::debug!("a TLS handshake took too long"),
        }
    }

    /// Answers on a connection until it ends, is quiet for too long, or has to make room.
    async fn talk<S>(&self, stream: S, peer: SocketAddr, activity: &Arc<Activity>)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let service = service_fn(|request: Request<Incoming>| {
            let (router, in_flight) = (self.router.clone(), activity.begin());
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(ConnectInfo(peer));
            async move {
                let answer = router.oneshot(request).await;
                drop(in_flight);
                answer
            }
        });
        let mut connection = pin!(self.builder.serve_connection(TokioIo::new(stream), service));
        let mut deadline = quiet_until(activity);
        let mut stopping = false;
        loop {
            tokio::select! {
                ended = &mut connection => {
                    if let Err(error) = ended {
                        tracing::debug!(%error, "a connection broke");
                    }
                    return;
                }
                () = activity.make_room.cancelled() => return,
                () = self.stop.cancelled(), if !stopping => {
                    stopping = true;
                    connection.as_mut().graceful_shutdown();
                }
                () = sleep_until(deadline) => {
                    deadline = quiet_until(activity);
                    if deadline <= Instant::now() {
                        break;
                    }
                }
            }
        }
        connection.as_mut().graceful_shutdown();
        drop(timeout(FAREWELL, connection).await);
    }
}

/// When to look again whether a connection has been quiet for too long.
fn quiet_until(activity: &Activity) -> Instant {
    if activity.is_busy() {
        return Instant::now() + QUIET_AT_MOST;
    }
    activity.quiet_since() + if activity.was_used() { QUIET_AT_MOST } else { FIRST_REQUEST_WITHIN }
}
