//! How many connections a process takes.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use ::metrics::gauge;

use super::metrics;

/// Counts the open connections.
#[derive(Clone, Debug)]
pub(crate) struct Admissions {
    open: Arc<AtomicUsize>,
    limit: usize,
}

/// One connection's place; given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Admission(Arc<AtomicUsize>);

impl Admissions {
    pub(crate) fn new(limit: usize) -> Self {
        Self { open: Arc::default(), limit }
    }

    /// A place, if one is free.
    pub(crate) fn admit(&self) -> Option<Admission> {
        self.open
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |open| (open < self.limit).then_some(open + 1))
            .ok()?;
        gauge!(metrics::CONNECTIONS).increment(1);
        Some(Admission(Arc::clone(&self.open)))
    }
}

impl Drop for Admission {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
        gauge!(metrics::CONNECTIONS).decrement(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_given_back() {
        let admissions = Admissions::new(2);
        let first = admissions.admit();
        let second = admissions.admit();
        assert!(first.is_some() && second.is_some() && admissions.admit().is_none());
        drop(first);
        assert!(admissions.admit().is_some());
    }
}
