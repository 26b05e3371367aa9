//! Builds `data/common-passwords.fst` from a list with the most common password first; see `data/README.md`.

use std::collections::BTreeSet;
use std::error::Error;
use std::io::{self, BufRead as _};
use std::{env, fs};
use zaguan_domain::password;

/// No shorter password is ever accepted, so none needs to be in the list.
const SHORTEST: usize = 8;

/// From here on every entry of the source is kept: it is what most operators' minimum lets through.
const LONG: usize = 12;

/// How many of the shorter ones are kept. With these the built list stays under a megabyte.
const MOST_SHORT: usize = 80_000;

fn main() -> Result<(), Box<dyn Error>> {
    let target = env::args().nth(1).ok_or("say which file to write, and give the list on standard input")?;
    let mut kept = BTreeSet::new();
    let mut short = 0;
    for line in io::stdin().lock().lines() {
        let entry = password::comparable(&line?);
        let length = entry.chars().count();
        if length >= LONG {
            kept.insert(entry);
        } else if length >= SHORTEST && short < MOST_SHORT && kept.insert(entry) {
            short += 1;
        }
    }
    let set = fst::Set::from_iter(kept)?;
    fs::write(target, set.as_fst().as_bytes())?;
    Ok(())
}
