//! Pages, letters and words, as people get them.

#[cfg(test)]
mod catalogue;
#[cfg(test)]
mod escaping;
#[cfg(test)]
mod letters;
#[cfg(test)]
mod overrides;
#[cfg(test)]
mod pages;
#[cfg(test)]
mod portal;
#[cfg(test)]
mod reading;
#[cfg(test)]
mod reading_ease;
#[cfg(test)]
mod stylesheet;
#[cfg(test)]
mod words;
