//! Whether the disk has room for what comes next.
//!
//! Invariant: the node takes nothing in while less than the reserve is free, so that a disk that
//! fills up is met between two blocks, not in the middle of one; it goes on by itself when there is
//! room again. This file must never know what the room is needed for.

use carbyne_api::ApiError;
use std::time::{Duration, Instant};

/// How long an answer of the system holds.
const FRESH: Duration = Duration::from_millis(500);

/// Watches the free room.
pub struct Room {
    keep_free_bytes: u64,
    /// What the system says.
    free: Box<dyn Fn() -> Option<u64> + Send>,
    asked: Option<Instant>,
    free_bytes: u64,
    is_short: bool,
}

impl Room {
    /// Wants that many bytes free, of which `free` says how many there are.
    pub fn new(keep_free_bytes: u64, free: impl Fn() -> Option<u64> + Send + 'static) -> Self {
        let free = Box::new(free);
        Self { keep_free_bytes, free, asked: None, free_bytes: u64::MAX, is_short: false }
    }

    /// Refuses if too little is free.
    pub fn check(&mut self) -> Result<(), ApiError> {
        if self.asked.is_none_or(|asked| asked.elapsed() >= FRESH) {
            self.asked = Some(Instant::now());
            self.free_bytes = (self.free)().unwrap_or(u64::MAX);
            self.say();
        }
        if self.is_short {
            return Err(ApiError::assert(self.message()));
        }
        Ok(())
    }

    /// Logs when it becomes short and when it no longer is.
    fn say(&mut self) {
        let is_short = self.free_bytes < self.keep_free_bytes;
        if is_short && !self.is_short {
            tracing::error!("{}", self.message());
        }
        if !is_short && self.is_short {
            tracing::info!("there is room on the disk again, the node goes on");
        }
        self.is_short = is_short;
    }

    fn message(&self) -> String {
        format!(
            "the disk is nearly full: {} MiB are free, {} MiB are needed; the node takes nothing \
             in until there is room",
            self.free_bytes >> 20,
            self.keep_free_bytes >> 20
        )
    }
}
