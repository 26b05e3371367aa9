//! Same answer, same time: what a stranger can learn of a document by asking is the same for all of them.

#[cfg(all(test, not(feature = "leaky")))]
mod same_answers;
#[cfg(test)]
mod same_time;
#[cfg(test)]
mod served;
