//! A portal on a real socket, with so many documents in each of these states.

use std::net::SocketAddr;
use std::sync::Arc;
use tokio::runtime::Handle;
use tokio::task::spawn_blocking;
use zaguan_hasher::HashSettings;
use zaguan_testing::timing::{DocumentState, Mail, Target, Which, bring_into_state, policy_book};
use zaguan_testing::{TestPortal, key_in};

/// The mailbox of a portal whose clerk and postman are sent for.
struct Letters {
    portal: Arc<TestPortal>,
    runtime: Handle,
}

impl Mail for Letters {
    fn key(&self, address: &str, which: Which) -> String {
        self.runtime.block_on(self.portal.deliver());
        let letters = self.portal.letters().into_iter().filter(|letter| letter.to == address);
        let mut keys = letters.filter_map(|letter| key_in(&letter.text));
        match which {
            Which::First => keys.next(),
            Which::Second => keys.nth(1),
        }
        .unwrap_or_else(|| panic!("no letter with a key to {address}"))
    }
}

/// Calls `ask`, which may block, with a portal in which `of_each` documents are in each of the states.
pub(crate) async fn with_people<T: Send + 'static>(
    states: &[DocumentState],
    of_each: u32,
    hashing: HashSettings,
    ask: impl FnOnce(SocketAddr) -> T + Send + 'static,
) -> T {
    let (portal, address) = TestPortal::served_with(policy_book(of_each), hashing).await;
    let (states, runtime) = (states.to_vec(), Handle::current());
    let asking = spawn_blocking(move || {
        let mail = Letters { portal: Arc::clone(&portal), runtime: runtime.clone() };
        let target = Target { portal: address, mail: &mail };
        for state in states {
            for place in 0..of_each {
                bring_into_state(&target, state, &state.document(place));
            }
        }
        runtime.block_on(portal.deliver());
        ask(address)
    });
    asking.await.expect("the asking ends")
}
