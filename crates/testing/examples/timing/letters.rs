//! The mail server of the measurement, and the keys that came to each address.

use crate::server::pause;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::runtime::{Builder, Runtime};
use zaguan_testing::key_in;
use zaguan_testing::scripted_mail_server::ScriptedMailServer;
use zaguan_testing::timing::{Mail, Which};

/// Where the letters arrive.
pub(crate) struct Letters {
    server: ScriptedMailServer,
    read: Mutex<Read>,
    _runtime: Runtime,
}

#[derive(Default)]
struct Read {
    letters: usize,
    keys: HashMap<String, Vec<String>>,
}

impl Letters {
    /// Starts the mail server.
    pub(crate) fn start() -> Self {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.expect("a runtime");
        let server = runtime.block_on(ScriptedMailServer::start());
        Self { server, read: Mutex::default(), _runtime: runtime }
    }

    /// The port of 127.0.0.1 that it listens on.
    pub(crate) fn port(&self) -> u16 {
        self.server.port()
    }

    /// Waits until no letter has come for three seconds.
    pub(crate) fn wait_for_quiet(&self) {
        let (mut seen, mut since) = (0, Instant::now());
        while since.elapsed() < Duration::from_secs(3) {
            let letters = self.read().letters;
            if letters != seen {
                (seen, since) = (letters, Instant::now());
            }
            pause();
        }
    }

    fn read(&self) -> MutexGuard<'_, Read> {
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        for message in self.server.received_since(read.letters) {
            read.letters += 1;
            let key = message.letter().text.as_deref().and_then(key_in);
            if let (Some(key), Some(address)) = (key, message.recipients.first()) {
                read.keys.entry(address.clone()).or_default().push(key);
            }
        }
        read
    }
}

impl Mail for Letters {
    fn key(&self, address: &str, which: Which) -> String {
        let place = match which {
            Which::First => 0,
            Which::Second => 1,
        };
        let begin = Instant::now();
        loop {
            let key = self.read().keys.get(address).and_then(|keys| keys.get(place)).cloned();
            if let Some(key) = key {
                return key;
            }
            assert!(begin.elapsed() < Duration::from_mins(2), "no letter with a key came to {address}");
            pause();
        }
    }
}
