//! `password.breached_file`: the file of breached passwords.

use super::fault::Advice;
use super::reader::Reader;
use crate::breached_file::BreachedFile;

/// The file, if there is to be one. The outer nothing is a fault.
#[expect(clippy::option_option, reason = "no file and a fault are two things")]
pub(super) fn read_breached(reader: &mut Reader<'_>) -> Option<Option<BreachedFile>> {
    let Some(path) = reader.optional_path("password.breached_file")? else { return Some(None) };
    let file = BreachedFile::new(path);
    match file.check() {
        Ok(()) => Some(Some(file)),
        Err(fault) => {
            let advice = Advice::new(format!("the file {}: {fault}", file.path().display()));
            reader.refuse("password.breached_file", advice);
            None
        }
    }
}
