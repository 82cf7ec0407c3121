//! Votes or holdings as weights of an authority (reference: `chain/vote_count.hpp`).

use carbyne_protocol::authority::Authority;
use carbyne_protocol::ids::AccountId;

/// Scales votes to the 16 bits a weight has; the first vote, which is the largest, decides by how
/// much.
#[derive(Default)]
pub(super) struct Weights {
    shift: Option<u32>,
    total: u64,
    authority: Authority,
}

impl Weights {
    /// Adds an account; one without votes is left out.
    pub(super) fn add(&mut self, account: AccountId, votes: u64) {
        if votes == 0 {
            return;
        }
        let shift = *self.shift.get_or_insert(votes.ilog2().saturating_sub(15));
        let weight = (votes >> shift).max(1);
        self.total = self.total.wrapping_add(weight);
        self.authority.account_auths.insert(account, weight as u16);
    }

    /// The authority of the majority; none if nobody has votes.
    pub(super) fn majority(self) -> Option<Authority> {
        let weight_threshold = (self.total as u32 >> 1).wrapping_add(1);
        (self.total > 0).then_some(Authority { weight_threshold, ..self.authority })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use carbyne_wire::Id;

    fn check(votes: &[u64], want: &[u16], threshold: u32) {
        let mut weights = Weights::default();
        for (account, votes) in (0..).zip(votes) {
            weights.add(Id(account), *votes);
        }
        let authority = weights.majority().unwrap();
        assert_eq!(authority.account_auths.values().copied().collect::<Vec<_>>(), want);
        assert_eq!(authority.weight_threshold, threshold);
    }

    #[test]
    fn weights_fit_16_bits_and_nobody_with_votes_gets_none() {
        check(&[3, 2, 1], &[3, 2, 1], 4);
        check(&[0x10000, 0x8000, 1], &[0x8000, 0x4000, 1], 0x6001);
        check(&[5, 0], &[5], 3);
    }

    #[test]
    fn without_votes_there_is_no_authority() {
        assert_eq!(Weights::default().majority(), None);
    }
}
