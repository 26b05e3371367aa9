//! A mail server that takes every letter and keeps none, so that a portal under load has somewhere to send them.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;

/// Where it listens.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Sink {
    /// Where to listen.
    #[arg(long)]
    listen: SocketAddr,
}

/// Takes letters until it is killed.
pub(crate) fn run(sink: &Sink) -> anyhow::Result<()> {
    let listener = TcpListener::bind(sink.listen)?;
    for stream in listener.incoming() {
        let stream = stream?;
        thread::spawn(move || {
            // A client that goes away in the middle is its own business.
            drop(talk(&stream));
        });
    }
    Ok(())
}

/// One dialogue (RFC 5321): all that is asked is granted.
fn talk(stream: &TcpStream) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let (mut lines, mut output) = (BufReader::new(stream).lines(), stream);
    output.write_all(b"220 sink.example ESMTP\r\n")?;
    let mut in_letter = false;
    while let Some(line) = lines.next().transpose()? {
        let reply: &[u8] = match (in_letter, line.get(..4).unwrap_or(&line)) {
            (true, _) if line != "." => continue,
            (true, _) => {
                in_letter = false;
                b"250 2.0.0 Ok: queued\r\n"
            }
            (false, "DATA" | "data") => {
                in_letter = true;
                b"354 End data with <CR><LF>.<CR><LF>\r\n"
            }
            (false, "QUIT" | "quit") => return output.write_all(b"221 2.0.0 Bye\r\n"),
            (false, _) => b"250 2.0.0 Ok\r\n",
        };
        output.write_all(reply)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read as _;

    #[test]
    fn a_letter_is_taken_whatever_is_in_it() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let server = thread::spawn(move || talk(&listener.accept().unwrap().0));
        client
            .write_all(
                b"EHLO a\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\nQUIT\r\n..\r\nhi\r\n.\r\nQUIT\r\n",
            )
            .unwrap();
        let mut said = String::new();
        client.read_to_string(&mut said).unwrap();
        server.join().unwrap().unwrap();
        let codes: Vec<&str> = said.lines().map(|line| &line[..3]).collect();
        assert_eq!(codes, ["220", "250", "250", "250", "354", "250", "221"]);
    }
}
