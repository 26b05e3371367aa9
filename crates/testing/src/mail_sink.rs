//! A mail server that takes every letter and keeps none, as fast as loopback goes: for measuring who sends.

use crate::or_fail::OrFail;
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

/// Its port, and how many letters it took. It listens as long as the process lives, on threads of its own.
#[derive(Debug)]
pub struct MailSink {
    port: u16,
    taken: Arc<AtomicU64>,
}

impl MailSink {
    /// Listens on a free port of 127.0.0.1.
    ///
    /// # Panics
    /// When there is none.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").or_fail("a free port");
        let port = listener.local_addr().or_fail("the address of the port").port();
        let taken = Arc::<AtomicU64>::default();
        let counted = Arc::clone(&taken);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (Ok(stream), counted) = (stream, Arc::clone(&counted)) else { continue };
                // Whoever hangs up in the middle has sent nothing.
                thread::spawn(move || take_letters(stream, &counted));
            }
        });
        Self { port, taken }
    }

    /// The port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// How many letters it took since it was started.
    pub fn taken(&self) -> u64 {
        self.taken.load(Ordering::Relaxed)
    }
}

/// The dialogue on one connection (RFC 5321), until the other side goes.
fn take_letters(mut stream: TcpStream, taken: &AtomicU64) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut said = BufReader::with_capacity(64 * 1024, stream.try_clone()?);
    stream.write_all(b"220 sink ESMTP\r\n")?;
    let mut line = Vec::new();
    loop {
        line.clear();
        if said.read_until(b'\n', &mut line)? == 0 {
            return Ok(());
        }
        match line.get(..4) {
            Some(b"EHLO") => stream.write_all(b"250-sink\r\n250 8BITMIME\r\n")?,
            Some(b"DATA") => {
                stream.write_all(b"354 go on\r\n")?;
                while line != b".\r\n" {
                    line.clear();
                    if said.read_until(b'\n', &mut line)? == 0 {
                        return Ok(());
                    }
                }
                taken.fetch_add(1, Ordering::Relaxed);
                stream.write_all(b"250 2.0.0 Ok\r\n")?;
            }
            Some(b"QUIT") => return stream.write_all(b"221 2.0.0 Bye\r\n"),
            _ => stream.write_all(b"250 2.0.0 Ok\r\n")?,
        }
    }
}
