//! Old addresses go out of the audit trail when the operator says, and the trail stays whole.

#[cfg(test)]
mod keeping {
    use jiff::SignedDuration;
    use std::sync::Arc;
    use tempfile::TempDir;
    use tokio_util::sync::CancellationToken;
    use zaguan::audit_keeping::AuditKeeping;
    use zaguan::metrics::Metrics;
    use zaguan_domain::audit::{Event, Record, RecordedAddress};
    use zaguan_domain::change::Change;
    use zaguan_domain::limit::Rules;
    use zaguan_domain::origin::Actor;
    use zaguan_store::{AuditFilter, Store, StoreSettings};
    use zaguan_testing::TestWorld;
    use zaguan_web::World as _;

    fn sign_in(world: &TestWorld) -> Change {
        Change::Recorded(Record {
            at: world.now(),
            event: Event::SignedIn,
            actor: Actor::Visitor,
            document: None,
            account: None,
            browser: None,
            address: Some(RecordedAddress { address: [203, 0, 113, 9].into(), chance: [7; 16] }),
            detail: String::new(),
        })
    }

    #[tokio::test]
    async fn addresses_go_out_after_the_configured_days_and_the_trail_stays_whole() {
        let directory = TempDir::new().unwrap();
        let settings = StoreSettings::sqlite(directory.path().join("zaguan.db"));
        Store::migrate(&settings).await.unwrap();
        let store = Store::open(settings).await.unwrap();
        let world = Arc::new(TestWorld::new(3));
        for _ in 0..600 {
            store.commit(vec![sign_in(&world)]).await.unwrap();
        }
        world.pass(SignedDuration::from_hours(30 * 24));
        store.commit(vec![sign_in(&world)]).await.unwrap();
        let rules = Rules { audit_addresses: SignedDuration::from_hours(31 * 24), ..Rules::default() };
        let metrics = Metrics::new();
        let keeping = AuditKeeping { store: store.clone(), rules, world: Arc::clone(&world) as _, metrics };
        let stop = CancellationToken::new();
        assert_eq!(keeping.take_old_addresses_out(&stop).await.unwrap(), 0, "a day too early");
        world.pass(SignedDuration::from_hours(25));
        assert_eq!(keeping.take_old_addresses_out(&stop).await.unwrap(), 600);
        let records = store.audit(AuditFilter::All, 1_000).await.unwrap();
        let with_address: Vec<u64> = records
            .iter()
            .filter(|(_, record)| record.address.is_some())
            .map(|(number, _)| *number)
            .collect();
        assert_eq!(with_address, [601]);
        assert_eq!(store.verify_audit(None).await.unwrap().faults, []);
    }
}
