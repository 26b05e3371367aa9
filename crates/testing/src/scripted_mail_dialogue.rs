//! One client's dialogue with the scripted mail server.

use std::future::pending;
use std::io;

use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::time::sleep;
use tokio_rustls::TlsAcceptor;

use crate::scripted_mail_server::{Act, Encrypts, ReceivedMessage, SharedRecord, Stage};

const GARBAGE: &[u8] = b"\x00\xff\xfe what is this\x07\r\n";

/// Bytes both ways, in clear or over TLS.
trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// A sender and recipients, between MAIL FROM and the final dot.
#[derive(Debug, Default)]
struct Envelope {
    from: String,
    recipients: Vec<String>,
}

/// Whether the client may go on from a stage.
#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    Accepted,
    Refused,
}

/// One connection and how far it has come.
pub(crate) struct Dialogue {
    stream: BufReader<Box<dyn Stream>>,
    tls: Option<TlsAcceptor>,
    record: SharedRecord,
    encrypted: bool,
    signed_in: bool,
    envelope: Envelope,
}

impl Dialogue {
    /// Holds the dialogue to its end.
    pub(crate) async fn hold(
        connection: TcpStream,
        encrypts: Encrypts,
        record: SharedRecord,
    ) -> io::Result<()> {
        let act = record.lock().reach(Stage::Connect, &[]);
        if act == Act::Close {
            // A reset is what a client sees of a server that falls over.
            connection.set_zero_linger()?;
            return Ok(());
        }
        let (stream, tls, encrypted): (Box<dyn Stream>, _, _) = match encrypts {
            Encrypts::Never => (Box::new(connection), None, false),
            Encrypts::WhenAsked(tls) => (Box::new(connection), Some(tls), false),
            Encrypts::FromTheStart(tls) => (Box::new(tls.accept(connection).await?), None, true),
        };
        let mut dialogue = Self {
            stream: BufReader::new(stream),
            tls,
            record,
            encrypted,
            signed_in: false,
            envelope: Envelope::default(),
        };
        // To accept a connection is no word, so that going on at Connect says nothing.
        if act != Act::Ok {
            dialogue.perform(act, "").await?;
        }
        dialogue.at(Stage::Banner, "220 scripted.test ESMTP").await?;
        while let Some(line) = dialogue.read_line().await? {
            if line.eq_ignore_ascii_case("QUIT") {
                dialogue.at(Stage::Quit, "221 2.0.0 Bye").await?;
                break;
            }
            dialogue.answer(&line).await?;
        }
        Ok(())
    }

    /// Does what the script says at a stage, or else answers `good`.
    async fn at(&mut self, stage: Stage, good: &str) -> io::Result<Verdict> {
        let act = self.record.lock().reach(stage, &self.envelope.recipients);
        self.perform(act, good).await
    }

    async fn perform(&mut self, act: Act, good: &str) -> io::Result<Verdict> {
        match act {
            Act::Ok => self.say(good).await.map(|()| Verdict::Accepted),
            Act::Delay(wait) => {
                sleep(wait).await;
                self.say(good).await.map(|()| Verdict::Accepted)
            }
            Act::Reply(code, words) => {
                self.say(&format!("{code} {words}")).await?;
                Ok(if code < 400 { Verdict::Accepted } else { Verdict::Refused })
            }
            Act::Garbage => {
                self.stream.write_all(GARBAGE).await?;
                self.stream.flush().await.map(|()| Verdict::Refused)
            }
            Act::Close => Err(io::ErrorKind::ConnectionAborted.into()),
            Act::Hang => pending().await,
        }
    }

    /// Writes a reply; of no words, nothing.
    async fn say(&mut self, reply: &str) -> io::Result<()> {
        if reply.is_empty() {
            return Ok(());
        }
        self.stream.write_all(format!("{reply}\r\n").as_bytes()).await?;
        self.stream.flush().await
    }

    /// The next line without its end; nothing when the client has gone.
    async fn read_line(&mut self) -> io::Result<Option<String>> {
        let mut line = Vec::new();
        let length = self.stream.read_until(b'\n', &mut line).await?;
        Ok((length > 0).then(|| String::from_utf8_lossy(&line).trim_end_matches(['\r', '\n']).to_owned()))
    }

    /// Answers any command but QUIT.
    async fn answer(&mut self, line: &str) -> io::Result<()> {
        let command = line.to_ascii_uppercase();
        let verb = command.split(' ').next().unwrap_or_default();
        match verb {
            "EHLO" | "HELO" => self.greet().await,
            "STARTTLS" if self.tls.is_some() => self.start_tls().await,
            "AUTH" => self.sign_in(&command).await,
            "MAIL" => self.take_sender(line).await,
            "RCPT" => self.take_recipient(line).await,
            "DATA" => self.take_letter().await,
            "RSET" => {
                self.envelope = Envelope::default();
                self.say("250 2.0.0 Ok").await
            }
            "NOOP" => self.say("250 2.0.0 Ok").await,
            _ => self.say("502 5.5.2 Command not recognized").await,
        }
    }

    async fn greet(&mut self) -> io::Result<()> {
        self.envelope = Envelope::default();
        let tls = if self.tls.is_some() && !self.encrypted { "250-STARTTLS\r\n" } else { "" };
        let reply = format!("250-scripted.test\r\n250-8BITMIME\r\n{tls}250 AUTH PLAIN LOGIN");
        self.at(Stage::Ehlo, &reply).await.map(drop)
    }

    async fn start_tls(&mut self) -> io::Result<()> {
        let verdict = self.at(Stage::StartTls, "220 2.0.0 Ready to start TLS").await?;
        if let (Verdict::Accepted, Some(tls)) = (verdict, self.tls.clone()) {
            let clear = std::mem::replace(&mut self.stream, BufReader::new(Box::new(tokio::io::empty())));
            self.stream = BufReader::new(Box::new(tls.accept(clear.into_inner()).await?));
            self.encrypted = true;
            self.envelope = Envelope::default();
        }
        Ok(())
    }

    /// Takes any user and password: what is under test is the client's way through the dialogue.
    async fn sign_in(&mut self, command: &str) -> io::Result<()> {
        let mut words = command.split_whitespace().skip(1);
        let prompts: &[&str] = match (words.next(), words.next()) {
            (Some("LOGIN"), None) => &["334 VXNlcm5hbWU6", "334 UGFzc3dvcmQ6"],
            (Some("LOGIN"), Some(_)) => &["334 UGFzc3dvcmQ6"],
            (_, None) => &["334 "],
            (_, Some(_)) => &[],
        };
        for prompt in prompts {
            self.say(prompt).await?;
            self.read_line().await?;
        }
        let verdict = self.at(Stage::Auth, "235 2.7.0 Authentication successful").await?;
        self.signed_in = verdict == Verdict::Accepted;
        Ok(())
    }

    async fn take_sender(&mut self, line: &str) -> io::Result<()> {
        self.envelope = Envelope::default();
        if self.at(Stage::MailFrom, "250 2.1.0 Ok").await? == Verdict::Accepted {
            self.envelope.from = address(line);
        }
        Ok(())
    }

    async fn take_recipient(&mut self, line: &str) -> io::Result<()> {
        let recipient = address(line);
        let act = self.record.lock().reach(Stage::RcptTo, std::slice::from_ref(&recipient));
        if self.perform(act, "250 2.1.5 Ok").await? == Verdict::Accepted {
            self.envelope.recipients.push(recipient);
        }
        Ok(())
    }

    async fn take_letter(&mut self) -> io::Result<()> {
        if self.envelope.recipients.is_empty() {
            self.say("503 5.5.1 No valid recipients").await?;
            return Ok(());
        }
        if self.at(Stage::Data, "354 End data with <CR><LF>.<CR><LF>").await? == Verdict::Refused {
            return Ok(());
        }
        let data = self.read_letter().await?;
        let place = self.record.lock().keep(ReceivedMessage {
            from: self.envelope.from.clone(),
            recipients: self.envelope.recipients.clone(),
            data,
            encrypted: self.encrypted,
            signed_in: self.signed_in,
            accepted: false,
        });
        let mut act = self.record.lock().reach(Stage::AfterFinalDot, &self.envelope.recipients);
        if let Act::Delay(wait) = act {
            sleep(wait).await;
            act = Act::Ok;
        }
        // Noted before it is said: whoever hears that it was taken may look at once.
        if matches!(act, Act::Ok | Act::Reply(..400, _)) {
            self.record.lock().accept(place);
        }
        self.perform(act, &format!("250 2.0.0 Ok: queued as {place}")).await?;
        self.envelope = Envelope::default();
        Ok(())
    }

    /// The lines up to the final dot, without the dots that were put in on the way.
    async fn read_letter(&mut self) -> io::Result<Vec<u8>> {
        let mut letter = Vec::new();
        loop {
            let mut line = Vec::new();
            if self.stream.read_until(b'\n', &mut line).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            if line == b".\r\n" {
                return Ok(letter);
            }
            letter.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
        }
    }
}

/// The address between the angle brackets of a MAIL FROM or RCPT TO.
fn address(line: &str) -> String {
    let after = line.split_once('<').map_or("", |(_, after)| after);
    after.split_once('>').map_or("", |(address, _)| address).to_owned()
}
