//! Which of several nodes makes the blocks: the one that has done so, until it was silent for a
//! stated time.
//!
//! It is for convenience: that two nodes never sign two blocks for one slot is the record's doing.
//! This file must never know a clock.

use carbyne_chain::SigningRefusal;
use std::time::Duration;

/// Whose turn it is.
#[derive(Debug)]
pub struct Lease {
    length: Duration,
    /// Who has it, and when he was heard last, as time since the signer's start.
    holder: Option<(String, Duration)>,
}

/// What a node that asked is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claimed {
    /// It had the lease.
    Kept,
    /// It has it from now on; before it had another, or nobody.
    Taken {
        /// Who had it.
        from: Option<String>,
    },
}

impl Lease {
    /// Nobody has it. It ends after so long a silence.
    pub fn new(length: Duration) -> Self {
        Self { length, holder: None }
    }

    /// How long a silence ends it.
    pub fn length(&self) -> Duration {
        self.length
    }

    /// Gives it to a node, or says who has it.
    pub fn claim(&mut self, now: Duration, node: &str) -> Result<Claimed, SigningRefusal> {
        if let Some((holder, heard)) = self.holder.as_mut() {
            if holder == node {
                *heard = now;
                return Ok(Claimed::Kept);
            }
            let left = heard.saturating_add(self.length).saturating_sub(now);
            if !left.is_zero() {
                let seconds = u32::try_from(left.as_secs() + 1).unwrap_or(u32::MAX);
                return Err(SigningRefusal::Leased { holder: holder.clone(), seconds });
            }
        }
        let before = self.holder.replace((node.to_owned(), now));
        Ok(Claimed::Taken { from: before.map(|(holder, _)| holder) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_node_takes_over_when_the_first_is_silent() {
        let mut lease = Lease::new(Duration::from_secs(10));
        let mut claim = |second, node: &str| lease.claim(Duration::from_secs(second), node);
        assert_eq!(claim(0, "a"), Ok(Claimed::Taken { from: None }));
        let refused = |seconds| Err(SigningRefusal::Leased { holder: "a".to_owned(), seconds });
        assert_eq!(claim(3, "b"), refused(8));
        assert_eq!(claim(5, "a"), Ok(Claimed::Kept));
        assert_eq!(claim(14, "b"), refused(2));
        assert_eq!(claim(15, "b"), Ok(Claimed::Taken { from: Some("a".to_owned()) }));
        assert!(claim(16, "a").is_err());
        assert_eq!(claim(200, "b"), Ok(Claimed::Kept));
    }
}
