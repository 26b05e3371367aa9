//! HTTP/2 over TLS, as browsers speak it: many requests on one connection, and what slow or fickle clients are told.

use crate::https::{Made, made, place, serve, trusting};
use crate::support::{Place, Running};
use http_body_util::{BodyExt as _, Empty, combinators::BoxBody};
use hyper::body::{Body, Bytes, Frame, Incoming};
use hyper::client::conn::http2::SendRequest;
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::ClientConfig;
use std::convert::Infallible;
use std::fs;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::{Interval, interval, timeout};

type Client = SendRequest<BoxBody<Bytes, Infallible>>;

/// A form that comes byte by byte and never ends.
struct Drip(Interval);

impl Body for Drip {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.0.poll_tick(context).map(|_| Some(Ok(Frame::data(Bytes::from_static(b"1")))))
    }
}

fn portal() -> (Place, Running, SocketAddr, Made) {
    let pair = made(2100);
    let place = place(&pair);
    let configuration = fs::read_to_string(place.path("zaguan.toml")).expect("there");
    place.write("zaguan.toml", format!("{configuration}limits.door_at_once = 100000\n"));
    let (running, address) = serve(&place);
    (place, running, address, pair)
}

/// A browser on a connection of its own, whose end comes with the set.
async fn connected(to: SocketAddr, pair: &Made, tasks: &mut JoinSet<()>) -> Client {
    let mut config = ClientConfig::clone(&trusting(&[pair]));
    config.alpn_protocols = vec![b"h2".to_vec()];
    let stream = tokio::net::TcpStream::connect(to).await.expect("connected");
    let name = "localhost".try_into().expect("a name");
    let stream = tokio_rustls::TlsConnector::from(Arc::new(config)).connect(name, stream).await.expect("TLS");
    // Who begins more requests than the portal takes at once, before its settings came, has to ask again: this one waits.
    let mut http2 = hyper::client::conn::http2::Builder::new(TokioExecutor::new());
    let (client, connection) =
        http2.initial_max_send_streams(0).handshake(TokioIo::new(stream)).await.expect("HTTP/2");
    tasks.spawn(async move { drop(connection.await) });
    client
}

async fn get(client: &mut Client, path: &str, headers: &[(&str, &str)]) -> hyper::Result<Response<Incoming>> {
    let mut request = Request::builder().uri(format!("https://localhost{path}"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    client.ready().await?;
    client.send_request(request.body(Empty::new().boxed()).expect("a request")).await
}

#[tokio::test]
async fn a_thousand_requests_on_one_connection_are_all_answered() {
    let (_place, _running, address, pair) = portal();
    let (mut connections, mut asking) = (JoinSet::new(), JoinSet::new());
    let client = connected(address, &pair, &mut connections).await;
    for n in 0..1000 {
        let mut client = client.clone();
        let (path, status) = [("/ingreso", 200), ("/ayuda", 200), ("/sesion", 401), ("/nada", 404)][n % 4];
        asking.spawn(async move {
            let answer = get(&mut client, path, &[]).await.expect("an answer");
            assert_eq!(answer.status().as_u16(), status, "{path}");
            assert!(answer.headers().contains_key("strict-transport-security"), "{path}");
            answer.into_body().collect().await.expect("whole").to_bytes().len()
        });
    }
    assert!(asking.join_all().await.into_iter().all(|length| length < 20_000));
}

#[tokio::test]
async fn who_has_a_page_is_not_sent_it_again_and_the_connection_goes_on() {
    let (_place, _running, address, pair) = portal();
    let mut connections = JoinSet::new();
    let mut client = connected(address, &pair, &mut connections).await;
    let first = get(&mut client, "/", &[("accept-encoding", "br")]).await.expect("an answer");
    assert_eq!(first.headers()["content-encoding"], "br");
    let tag = first.headers()["etag"].to_str().expect("text").to_owned();
    assert!(!first.into_body().collect().await.expect("whole").to_bytes().is_empty());
    for _ in 0..3 {
        let headers = [("accept-encoding", "br"), ("if-none-match", tag.as_str())];
        let again = get(&mut client, "/", &headers).await.expect("an answer");
        assert_eq!(again.status().as_u16(), 304);
        assert!(again.into_body().collect().await.expect("whole").to_bytes().is_empty());
    }
}

#[tokio::test]
async fn a_form_that_drips_in_ends_in_words_and_its_connection_answers_meanwhile() {
    let (_place, _running, address, pair) = portal();
    let mut connections = JoinSet::new();
    let mut client = connected(address, &pair, &mut connections).await;
    let form = Request::post("https://localhost/registro")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "same-origin")
        .body(Drip(interval(Duration::from_millis(200))).boxed())
        .expect("a request");
    let dripping = client.send_request(form);
    let beside = async {
        for _ in 0..20 {
            let answer = get(&mut client.clone(), "/ingreso", &[]).await.expect("an answer");
            assert_eq!(answer.status().as_u16(), 200);
        }
    };
    let (told, ()) = tokio::join!(timeout(Duration::from_secs(30), dripping), beside);
    assert_eq!(told.expect("in time").expect("an answer").status().as_u16(), 408);
}

#[tokio::test]
async fn who_begins_requests_and_resets_them_disturbs_nobody() {
    let (_place, running, address, pair) = portal();
    let mut connections = JoinSet::new();
    let mut fickle = connected(address, &pair, &mut connections).await;
    for _ in 0..5_000 {
        // A request whose answer nobody waits for is reset.
        if timeout(Duration::from_micros(50), get(&mut fickle, "/ingreso", &[]))
            .await
            .is_ok_and(|told| told.is_err())
        {
            break;
        }
    }
    let mut honest = connected(address, &pair, &mut connections).await;
    let answer = get(&mut honest, "/ingreso", &[]).await.expect("an answer");
    assert_eq!(answer.status().as_u16(), 200);
    assert!(!running.logged().contains("ERROR"), "{}", running.logged());
}
