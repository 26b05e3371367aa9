//! Files as insurers export them: understood, refused, and read row by row.

#[cfg(test)]
mod files;
#[cfg(test)]
mod lists;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod quirks;
#[cfg(test)]
mod refusals;
#[cfg(test)]
mod workbooks;
