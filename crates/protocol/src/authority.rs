//! Weighted sets of keys and accounts that must approve an operation (reference:
//! `protocol/authority.hpp`).

use crate::ids::{AccountId, AssetId};
use carbyne_crypto::{Address, PublicKey};
use carbyne_wire::{FlatMap, Rare, Wire};

/// Who can approve, with what weight, and how much weight is needed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Wire)]
pub struct Authority {
    /// Weight needed.
    pub weight_threshold: u32,
    /// Accounts, by weight.
    pub account_auths: Rare<FlatMap<AccountId, u16>>,
    /// Keys, in the order of their addresses, by weight.
    pub key_auths: FlatMap<PublicKey, u16>,
    /// Addresses, by weight.
    pub address_auths: Rare<FlatMap<Address, u16>>,
}

impl Authority {
    /// One key that is enough alone.
    pub fn key(key: PublicKey) -> Self {
        Self { weight_threshold: 1, key_auths: [(key, 1)].into_iter().collect(), ..Self::default() }
    }

    /// One account that is enough alone.
    pub fn account(account: AccountId) -> Self {
        let account_auths = [(account, 1)].into_iter().collect();
        Self { weight_threshold: 1, account_auths, ..Self::default() }
    }

    /// A key that is enough alone, if there is one.
    pub fn sole_key(&self) -> Option<PublicKey> {
        let is_enough = |weight: u16| u32::from(weight) >= self.weight_threshold;
        self.key_auths.iter().find(|(_, weight)| is_enough(*weight)).map(|(key, _)| *key)
    }

    /// Whether all together do not reach the threshold.
    pub fn is_impossible(&self) -> bool {
        let weights = self.account_auths.values().chain(self.key_auths.values());
        let total: u64 = weights.chain(self.address_auths.values()).map(|w| u64::from(*w)).sum();
        total < u64::from(self.weight_threshold)
    }

    /// Number of keys, accounts and addresses.
    pub fn num_auths(&self) -> usize {
        [self.account_auths.len(), self.key_auths.len(), self.address_auths.len()].iter().sum()
    }
}

/// Who, beside fixed keys, may control an account (reference: `protocol/special_authority.hpp`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Wire)]
#[wire(plain)]
pub enum SpecialAuthority {
    /// Nobody.
    #[default]
    None,
    /// The largest holders of an asset.
    TopHolders(TopHolders),
}

/// The largest holders of an asset.
#[derive(Clone, Debug, Default, PartialEq, Eq, Wire)]
#[wire(plain)]
pub struct TopHolders {
    /// The asset.
    pub asset: AssetId,
    /// How many holders.
    pub num_top_holders: u8,
}
