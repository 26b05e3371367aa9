//! The names of functions, as short as they can still be told apart by a reader.

/// A function's name without what it is generic over: `<Vec<T> as Extend<T>>::extend::h0f` is `Vec::extend`.
pub(super) fn short(name: &str) -> String {
    // Where a file has no names of functions its own stands there, without the path that only this machine has.
    let name = without_hash(name.rsplit('/').next().unwrap_or(name));
    let Some((of, rest)) = name.strip_prefix('<').and_then(split_at_its_end) else {
        return without_types(name);
    };
    // Of `<Type as Trait>` the type says more.
    format!("{}{}", short(before_as(of)), without_types(rest))
}

/// Rust ends the names of functions with a hash of sixteen digits.
fn without_hash(name: &str) -> &str {
    match name.rsplit_once("::h") {
        Some((bare, hash)) if hash.len() == 16 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()) => bare,
        _ => name,
    }
}

/// What stands between an angle bracket that is open already and the one that closes it, and what comes after.
fn split_at_its_end(text: &str) -> Option<(&str, &str)> {
    let end = depths(text).find(|(_, depth)| *depth == -1).map(|(place, _)| place)?;
    Some((&text[..end], &text[end + 1..]))
}

fn before_as(text: &str) -> &str {
    let at = depths(text).find(|(place, depth)| *depth == 0 && text[*place..].starts_with(" as "));
    at.map_or(text, |(place, _)| &text[..place])
}

/// Each place with how many angle brackets are open behind it. That of an arrow is none.
fn depths(text: &str) -> impl Iterator<Item = (usize, i32)> + '_ {
    let mut depth = 0;
    let mut before = ' ';
    text.char_indices().map(move |(place, character)| {
        match character {
            '<' => depth += 1,
            '>' if before != '-' => depth -= 1,
            _ => {}
        }
        before = character;
        (place, depth)
    })
}

fn without_types(name: &str) -> String {
    let mut bare = String::with_capacity(name.len());
    for (place, depth) in depths(name) {
        let is_closing = name[place..].starts_with('>') && !name[..place].ends_with('-');
        if depth == 0 && !is_closing {
            bare.push_str(name[place..].get(..1).unwrap_or("·"));
        }
    }
    bare.replace("::::", "::")
}

#[cfg(test)]
mod tests {
    use super::short;

    #[test]
    fn a_name_says_what_it_is_of_and_no_types() {
        for (long, expected) in [
            ("tcp_sendmsg", "tcp_sendmsg"),
            ("[libc.so.6]", "[libc.so.6]"),
            ("/home/somebody/zaguan", "zaguan"),
            ("zaguan_web::around::pass::{{closure}}", "zaguan_web::around::pass::{{closure}}"),
            ("<alloc::vec::Vec<T> as Extend<T>>::extend::h0123456789abcdef", "alloc::vec::Vec::extend"),
            ("core::ptr::drop_in_place<a::B<c::D>>", "core::ptr::drop_in_place"),
            ("a::Map<Fut,F>::poll", "a::Map::poll"),
            ("a::call::<fn(u8) -> u16>::{closure#0}", "a::call::{closure#0}"),
            ("<<a::B<C> as d::E>::F as g::H<fn() -> i>>::poll", "a::B::F::poll"),
            ("<&T as core::fmt::Debug>::fmt", "&T::fmt"),
        ] {
            assert_eq!(short(long), expected, "{long}");
        }
    }
}
