//! The nodes that were heard of: where they are, and how it went with them.
//!
//! Invariant: at most [`limits::BOOK`] of them; those that were of use longest ago, or never, go
//! first. Never knows whether there is a connection.

use crate::config::limits;
use crate::message::Endpoint;
use crate::time::Now;
use carbyne_wire::{Text, TimePointSec, Wire};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// How the last connection to a node went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disposition {
    /// There was none.
    Never = 0,
    /// None came about.
    Failed = 1,
    /// It did not take our hello, or is of no use.
    Rejected = 2,
    /// The handshake came to nothing.
    HandshakeFailed = 3,
    /// Items were exchanged.
    Succeeded = 4,
}

/// A node that was heard of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Wire)]
pub struct Record {
    /// Where it is.
    pub endpoint: Endpoint,
    /// When it, or somebody who knows it, was heard last.
    pub last_seen_time: TimePointSec,
    /// The number of a [`Disposition`].
    pub last_connection_disposition: u8,
    /// When a connection to it was tried last.
    pub last_connection_attempt_time: TimePointSec,
    /// Connections that came about.
    pub number_of_successful_connection_attempts: u32,
    /// Connections that did not, halved with each success.
    pub number_of_failed_connection_attempts: u32,
    /// Why the last connection ended.
    pub last_error: Option<Text>,
}

impl Record {
    /// Whether it may be tried (again).
    fn is_due(&self, now: Now) -> bool {
        let failed = (Disposition::Failed as u8..=Disposition::HandshakeFailed as u8)
            .contains(&self.last_connection_disposition);
        let wait = self.number_of_failed_connection_attempts.saturating_add(1);
        let wait = i64::from(wait).saturating_mul(limits::RETRY.into());
        !failed || now.seconds().since(self.last_connection_attempt_time) > wait
    }

    /// Whether it was connected to once.
    fn was_of_use(&self) -> bool {
        self.number_of_successful_connection_attempts > 0
    }
}

/// The nodes that were heard of.
#[derive(Clone, Debug, Default)]
pub struct Book(BTreeMap<Endpoint, Record>);

impl Book {
    /// A book of what is known from before.
    pub fn new(records: impl IntoIterator<Item = Record>) -> Self {
        let mut book = Self::default();
        for record in records.into_iter().filter(|record| record.endpoint.port != 0) {
            book.0.insert(record.endpoint, record);
            book.forget();
        }
        book
    }

    /// What is known, to be kept.
    pub fn records(&self) -> impl Iterator<Item = &Record> {
        self.0.values()
    }

    /// Somebody knows a node there; true if that is news.
    pub(crate) fn heard_of(&mut self, now: Now, endpoint: Endpoint) -> bool {
        if endpoint.port == 0 || endpoint.address == 0 {
            return false;
        }
        let seen = now.seconds();
        let record = self.entry(endpoint);
        let is_news = seen > record.last_seen_time;
        record.last_seen_time = record.last_seen_time.max(seen);
        self.forget();
        is_news
    }

    /// A connection is tried.
    pub(crate) fn trying(&mut self, now: Now, endpoint: Endpoint) {
        let record = self.entry(endpoint);
        record.last_connection_disposition = Disposition::Failed as u8;
        record.last_connection_attempt_time = now.seconds();
        self.forget();
    }

    /// No connection came about.
    pub(crate) fn failed(&mut self, endpoint: Endpoint) {
        self.change(endpoint, |record| {
            record.last_connection_disposition = Disposition::Failed as u8;
            record.fail(1);
        });
    }

    /// A connection came about.
    pub(crate) fn connected(&mut self, now: Now, endpoint: Endpoint) {
        self.change(endpoint, |record| {
            record.last_connection_disposition = Disposition::HandshakeFailed as u8;
            let count = &mut record.number_of_successful_connection_attempts;
            *count = count.saturating_add(1);
            record.last_seen_time = now.seconds();
        });
    }

    /// Items are exchanged with a node that was connected to.
    pub(crate) fn succeeded(&mut self, now: Now, endpoint: Endpoint) {
        let record = self.entry(endpoint);
        record.last_connection_disposition = Disposition::Succeeded as u8;
        record.last_connection_attempt_time = now.seconds();
        record.number_of_failed_connection_attempts /= 2;
        record.last_seen_time = now.seconds();
        self.forget();
    }

    /// It did not take our hello.
    pub(crate) fn rejected(&mut self, now: Now, endpoint: Endpoint) {
        self.change(endpoint, |record| {
            record.last_connection_disposition = Disposition::Rejected as u8;
            record.last_connection_attempt_time = now.seconds();
        });
    }

    /// It is of no use, now and for long.
    pub(crate) fn useless(&mut self, now: Now, endpoint: Endpoint) {
        self.rejected(now, endpoint);
        self.change(endpoint, |record| record.fail(limits::FAILURES_OF_USELESS));
    }

    /// A connection ended.
    pub(crate) fn ended(&mut self, now: Now, endpoint: Endpoint, why: &str) {
        self.change(endpoint, |record| {
            record.last_seen_time = now.seconds();
            record.last_error = Some(why.into());
        });
    }

    /// It may be tried at once, whatever happened.
    pub(crate) fn invite(&mut self, endpoint: Endpoint) {
        self.entry(endpoint).last_connection_attempt_time = TimePointSec(0);
        self.forget();
    }

    /// Nodes that may be tried, those that were heard of last first.
    pub(crate) fn due(&self, now: Now) -> Vec<Endpoint> {
        let mut due: Vec<&Record> = self.0.values().filter(|record| record.is_due(now)).collect();
        due.sort_by_key(|record| (Reverse(record.last_seen_time), record.endpoint));
        due.into_iter().map(|record| record.endpoint).collect()
    }

    fn entry(&mut self, endpoint: Endpoint) -> &mut Record {
        self.0.entry(endpoint).or_insert_with(|| Record { endpoint, ..Record::default() })
    }

    fn change(&mut self, endpoint: Endpoint, change: impl FnOnce(&mut Record)) {
        if let Some(record) = self.0.get_mut(&endpoint) {
            change(record);
        }
    }

    fn forget(&mut self) {
        while self.0.len() > limits::BOOK {
            let least = self.0.values().min_by_key(|record| {
                let failures = Reverse(record.number_of_failed_connection_attempts);
                (record.was_of_use(), failures, record.last_seen_time, record.endpoint)
            });
            let Some(endpoint) = least.map(|record| record.endpoint) else { return };
            self.0.remove(&endpoint);
        }
    }
}

impl Record {
    fn fail(&mut self, times: u32) {
        let count = &mut self.number_of_failed_connection_attempts;
        *count = count.saturating_add(times);
    }
}
