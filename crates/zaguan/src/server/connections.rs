//! The connections that are open: how many there may be, in all and from one network, and which one makes room.
//!
//! A connection costs memory and a descriptor for as long as it is open, and opening one costs a stranger nothing. So
//! there is a bound, and the room of a connection that nothing was asked on for longest goes to whoever comes new. Of
//! several networks the one that has most makes room first; who is being answered is never disturbed.

use ipnet::IpNet;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use zaguan_domain::address::NetworkGroup;

/// How many connections may be open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// In all.
    pub in_all: usize,
    /// From one network. A mobile operator may have thousands of people behind one address, but few of them ask
    /// something in the same minute, and a browser needs one connection, or six.
    pub of_a_network: usize,
}

/// The connections that are open.
#[derive(Debug)]
pub(crate) struct Connections {
    bounds: Bounds,
    /// Proxies, who bring many people over connections of their own.
    unbounded: Vec<IpNet>,
    began: Instant,
    open: Mutex<Open>,
}

#[derive(Debug, Default)]
struct Open {
    next: u64,
    all: HashMap<u64, (Option<NetworkGroup>, Arc<Activity>)>,
    of_networks: HashMap<NetworkGroup, usize>,
}

/// What goes on in a connection.
#[derive(Debug)]
pub(crate) struct Activity {
    began: Instant,
    /// Requests that are being answered.
    in_flight: AtomicUsize,
    /// Requests that were ever asked.
    requests: AtomicU64,
    /// Since when nothing is asked, in milliseconds after `began`.
    quiet_since: AtomicU64,
    /// Told when the connection has to make room.
    pub(crate) make_room: CancellationToken,
}

/// A place among the connections, given back when dropped.
#[derive(Debug)]
pub(crate) struct Place {
    connections: Arc<Connections>,
    number: u64,
    pub(crate) activity: Arc<Activity>,
}

impl Connections {
    pub(crate) fn new(bounds: Bounds, unbounded: Vec<IpNet>) -> Arc<Self> {
        Arc::new(Self { bounds, unbounded, began: Instant::now(), open: Mutex::default() })
    }

    /// A place for a connection from this address; nothing when there is none and everybody is being answered.
    pub(crate) fn admit(self: &Arc<Self>, peer: IpAddr) -> Option<Place> {
        let peer = peer.to_canonical();
        let is_proxy = self.unbounded.iter().any(|network| network.contains(&peer));
        let network = (!is_proxy).then(|| NetworkGroup::narrow(peer));
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let open = &mut *open;
        if let Some(network) = network
            && open.of_networks.get(&network).copied().unwrap_or(0) >= self.bounds.of_a_network
        {
            let quietest = open.quietest(|of| of == Some(network))?;
            open.close(quietest);
        }
        if open.all.len() >= self.bounds.in_all {
            let largest =
                open.of_networks.iter().max_by_key(|(_, count)| **count).map(|(network, _)| *network);
            let quietest = open.quietest(|of| of.is_some() && of == largest);
            let quietest = quietest.or_else(|| open.quietest(|_| true))?;
            open.close(quietest);
        }
        let activity = Arc::new(Activity {
            began: self.began,
            in_flight: AtomicUsize::new(0),
            requests: AtomicU64::new(0),
            quiet_since: AtomicU64::new(milliseconds(self.began.elapsed())),
            make_room: CancellationToken::new(),
        });
        let number = open.next;
        open.next += 1;
        open.all.insert(number, (network, Arc::clone(&activity)));
        if let Some(network) = network {
            *open.of_networks.entry(network).or_insert(0) += 1;
        }
        Some(Place { connections: Arc::clone(self), number, activity })
    }
}

impl Open {
    /// Of these networks' connections the one on which nothing was asked for longest.
    fn quietest(&self, of: impl Fn(Option<NetworkGroup>) -> bool) -> Option<u64> {
        let quiet = self.all.iter().filter(|(_, (network, activity))| of(*network) && !activity.is_busy());
        quiet
            .min_by_key(|(number, (_, activity))| (activity.quiet_since(), **number))
            .map(|(number, _)| *number)
    }

    fn close(&mut self, number: u64) {
        if let Some(activity) = self.remove(number) {
            activity.make_room.cancel();
        }
    }

    fn remove(&mut self, number: u64) -> Option<Arc<Activity>> {
        let (network, activity) = self.all.remove(&number)?;
        if let Some(network) = network
            && let Some(count) = self.of_networks.get_mut(&network)
        {
            *count -= 1;
            if *count == 0 {
                self.of_networks.remove(&network);
            }
        }
        Some(activity)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.connections.open.lock().unwrap_or_else(PoisonError::into_inner).remove(self.number);
    }
}

impl Activity {
    /// A request begins; it ends when what this gives is dropped.
    pub(crate) fn begin(self: &Arc<Self>) -> InFlight {
        self.requests.fetch_add(1, Ordering::Relaxed);
        self.in_flight.fetch_add(1, Ordering::Relaxed);
        InFlight(Arc::clone(self))
    }

    pub(crate) fn is_busy(&self) -> bool {
        self.in_flight.load(Ordering::Relaxed) > 0
    }

    /// Whether anything was ever asked.
    pub(crate) fn was_used(&self) -> bool {
        self.requests.load(Ordering::Relaxed) > 0
    }

    /// Since when nothing is asked.
    pub(crate) fn quiet_since(&self) -> Instant {
        self.began + Duration::from_millis(self.quiet_since.load(Ordering::Relaxed))
    }
}

/// A request that is being answered.
#[derive(Debug)]
pub(crate) struct InFlight(Arc<Activity>);

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.quiet_since.store(milliseconds(self.0.began.elapsed()), Ordering::Relaxed);
        self.0.in_flight.fetch_sub(1, Ordering::Relaxed);
    }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::{Bounds, Connections, Place};
    use std::net::IpAddr;
    use std::sync::Arc;
    use std::sync::atomic::Ordering;

    fn connections() -> Arc<Connections> {
        let proxy = "10.0.0.1/32".parse().expect("a network");
        Connections::new(Bounds { in_all: 6, of_a_network: 3 }, vec![proxy])
    }

    fn admit(connections: &Arc<Connections>, from: &str) -> Option<Place> {
        connections.admit(from.parse::<IpAddr>().expect("an address"))
    }

    fn has_to_go(place: &Place) -> bool {
        place.activity.make_room.is_cancelled()
    }

    #[test]
    fn the_quietest_connection_of_a_network_makes_room_for_its_newest() {
        let connections = connections();
        let first: Vec<_> = (0..3).filter_map(|_| admit(&connections, "203.0.113.9")).collect();
        let other = admit(&connections, "203.0.113.10").expect("another network has room of its own");
        let busy = first[0].activity.begin();
        let newest = admit(&connections, "203.0.113.9").expect("room was made");
        assert_eq!(first.iter().map(has_to_go).collect::<Vec<_>>(), [false, true, false]);
        assert!(!has_to_go(&other) && !has_to_go(&newest));
        drop(busy);
    }

    #[test]
    fn who_was_answered_last_is_not_the_quietest() {
        let connections = connections();
        let places: Vec<_> = (0..3).filter_map(|_| admit(&connections, "203.0.113.9")).collect();
        drop(places[0].activity.begin());
        places[0].activity.quiet_since.fetch_add(1000, Ordering::Relaxed);
        let newest = admit(&connections, "203.0.113.9");
        assert!(newest.is_some());
        assert_eq!(places.iter().map(has_to_go).collect::<Vec<_>>(), [false, true, false]);
    }

    #[test]
    fn who_comes_while_all_of_a_network_are_answered_gets_no_place_and_others_do() {
        let connections = connections();
        let places: Vec<_> = (0..3).filter_map(|_| admit(&connections, "203.0.113.9")).collect();
        let _busy: Vec<_> = places.iter().map(|place| place.activity.begin()).collect();
        assert!(admit(&connections, "203.0.113.9").is_none());
        assert!(admit(&connections, "203.0.113.10").is_some());
        assert!(!places.iter().any(has_to_go));
    }

    #[test]
    fn when_all_is_full_the_largest_network_makes_room() {
        let connections = connections();
        let early = admit(&connections, "203.0.113.1").expect("a place");
        let many: Vec<_> = (0..3).filter_map(|_| admit(&connections, "203.0.113.9")).collect();
        let _two: Vec<_> = (0..2).filter_map(|_| admit(&connections, "203.0.113.2")).collect();
        let newest = admit(&connections, "203.0.113.3");
        assert!(newest.is_some() && !has_to_go(&early));
        assert_eq!(many.iter().map(has_to_go).collect::<Vec<_>>(), [true, false, false]);
    }

    #[test]
    fn one_network_of_ipv6_is_a_network_whatever_its_addresses() {
        let connections = connections();
        let places: Vec<_> = (0..4).filter_map(|n| admit(&connections, &format!("2001:db8::{n}"))).collect();
        assert_eq!(places.iter().map(has_to_go).collect::<Vec<_>>(), [true, false, false, false]);
    }

    #[test]
    fn a_proxy_is_bounded_by_the_whole_only_and_places_come_back() {
        let connections = connections();
        let places: Vec<_> = (0..6).filter_map(|_| admit(&connections, "10.0.0.1")).collect();
        assert_eq!(places.len(), 6);
        assert!(!places.iter().any(has_to_go));
        drop(places);
        assert!(connections.open.lock().expect("unpoisoned").all.is_empty());
        let places: Vec<_> = (0..3).filter_map(|_| admit(&connections, "203.0.113.9")).collect();
        drop(places);
        assert!(connections.open.lock().expect("unpoisoned").of_networks.is_empty());
    }
}
