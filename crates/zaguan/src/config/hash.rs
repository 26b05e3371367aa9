//! `hash.*`: what hashing a password costs, on how many threads, and how many may wait for it.

use super::fault::Advice;
use super::reader::Reader;
use zaguan_hasher::HashSettings;

pub(super) fn read(reader: &mut Reader<'_>) -> Option<HashSettings> {
    let memory_kib = reader.number("hash.memory_kib", 1..=1_048_576);
    let passes = reader.number("hash.passes", 1..=20);
    let lanes = reader.number("hash.lanes", 1..=16);
    let threads = reader.optional("hash.threads", |text| {
        let number = text.trim().parse().ok().filter(|number| (1..=256).contains(number));
        number.ok_or_else(|| Advice::new("write a whole number from 1 to 256"))
    });
    let waiting_at_most = reader.number("hash.waiting_at_most", 1..=100_000);
    let may_be_weak = reader.parsed("hash.profile", |text| match text.trim() {
        "normal" => Ok(false),
        "test" => Ok(true),
        _ => Err(Advice::new("write \"normal\", or \"test\" where nobody's real password is kept")),
    });
    let usual = HashSettings::default();
    let settings = HashSettings {
        memory_kib: memory_kib?,
        passes: passes?,
        lanes: lanes?,
        threads: threads?.unwrap_or(usual.threads),
        waiting_at_most: waiting_at_most?,
        may_be_weak: may_be_weak?,
        ..usual
    };
    match settings.check() {
        Ok(()) => Some(settings),
        Err(error) => {
            reader.refuse("hash.memory_kib", Advice::new(error.to_string()));
            None
        }
    }
}
