//! Named places where a test makes the process fail; nothing at all in what is shipped.
//!
//! A test starts the binary with `FAILPOINTS="commit.before=2*off->1*return(abort)"` in its environment (the words are those
//! of the crate `fail`); `return(abort)` ends the process there, and any other `return` is an error.

/// The error that a test wanted here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted;

impl std::fmt::Display for Wanted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a test wanted this to fail")
    }
}

impl std::error::Error for Wanted {}

impl From<Wanted> for std::io::Error {
    fn from(wanted: Wanted) -> Self {
        Self::other(wanted)
    }
}

/// Passes by a named place, where a test may have the process end, panic, wait, or fail with an error.
#[cfg(feature = "armed")]
pub fn reach(place: &str) -> Result<(), Wanted> {
    fail::fail_point!(place, |wanted: Option<String>| match wanted.as_deref() {
        Some("abort") => std::process::abort(),
        _ => Err(Wanted),
    });
    Ok(())
}

/// Passes by a named place. Nothing happens there in what is shipped.
#[cfg(not(feature = "armed"))]
#[inline]
pub fn reach(_place: &str) -> Result<(), Wanted> {
    Ok(())
}

/// Reads once which places are to fail, at the start of the process.
pub fn arm() {
    #[cfg(feature = "armed")]
    std::mem::forget(fail::FailScenario::setup());
}

/// Ends the process when the thread or task that holds this panics. Without it the process would go on as if it worked,
/// and whoever watches over it would never start it again.
#[derive(Debug)]
pub struct Indispensable(pub &'static str);

impl Drop for Indispensable {
    fn drop(&mut self) {
        if std::thread::panicking() {
            std::process::abort();
        }
    }
}
