//! The floor: connections of lettre that send one letter again and again.

use anyhow::Context as _;
use lettre::address::Envelope;
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::extension::ClientId;
use std::sync::Arc;
use std::time::Instant;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use zaguan_testing::mail_sink::MailSink;

/// So many letters on so many connections; how many a second.
pub(crate) async fn letters_per_second(
    sink: &MailSink,
    sample: &[u8],
    letters: u32,
    connections: usize,
) -> anyhow::Result<f64> {
    let each = letters.div_ceil(u32::try_from(connections)?);
    let sample: Arc<[u8]> = sample.into();
    let begun = Instant::now();
    let mut senders = JoinSet::new();
    for _ in 0..connections {
        senders.spawn(send(sink.port(), Arc::clone(&sample), each));
    }
    while let Some(sent) = senders.join_next().await {
        sent??;
    }
    Ok(f64::from(each) * f64::from(u32::try_from(connections)?) / begun.elapsed().as_secs_f64())
}

async fn send(port: u16, letter: Arc<[u8]>, times: u32) -> anyhow::Result<()> {
    let stream = TcpStream::connect(("127.0.0.1", port)).await?;
    stream.set_nodelay(true)?;
    let hello = ClientId::Ipv4([127, 0, 0, 1].into());
    let mut connection = AsyncSmtpConnection::connect_with_transport(Box::new(stream), &hello).await?;
    let envelope =
        Envelope::new(Some("avisos@portal.example".parse()?), vec!["persona@correo.example".parse()?])?;
    for _ in 0..times {
        connection.send(&envelope, &letter).await.context("the sink refuses a letter")?;
    }
    connection.quit().await?;
    Ok(())
}
