//! The state a chain begins with, as its founders write it (reference: `chain/genesis_state.hpp`).
//!
//! Invariant: the JSON form is the reference's; what is missing has its defaults. The chain id is
//! not part of it: it is the hash of the file's bytes, which this room never sees.

use crate::constants::{CORE_PRECISION_DIGITS, MAX_SHARE_SUPPLY};
use crate::features::Family;
use crate::parameters::{ChainParameters, ImmutableParameters};
use carbyne_crypto::{Address, PublicKey};
use carbyne_wire::{FlatSet, Text, TimePointSec, Wire};

/// The state a chain begins with.
#[derive(Clone, Debug, PartialEq, Wire)]
pub struct GenesisState {
    /// Time of the state, which the first block follows.
    pub initial_timestamp: TimePointSec,
    /// Largest supply of the core asset, in smallest units.
    pub max_core_supply: i64,
    /// Parameters the committee may change later.
    pub initial_parameters: ChainParameters,
    /// Accounts.
    pub initial_accounts: Vec<InitialAccount>,
    /// Assets besides the core asset.
    pub initial_assets: Vec<InitialAsset>,
    /// Balances that wait for the owners of addresses.
    pub initial_balances: Vec<InitialBalance>,
    /// The same, vesting.
    pub initial_vesting_balances: Vec<InitialVestingBalance>,
    /// How many of the candidates produce blocks until the first votes are counted.
    pub initial_active_witnesses: u64,
    /// Witnesses.
    pub initial_witness_candidates: Vec<InitialWitness>,
    /// Committee members.
    pub initial_committee_candidates: Vec<InitialCommitteeMember>,
    /// Workers.
    pub initial_worker_candidates: Vec<InitialWorker>,
    /// Parameters nobody can change.
    pub immutable_parameters: ImmutableParameters,
    /// Families of contracts that are open from the start, on a chain that opts in to such; the
    /// reference knows no such member.
    pub carbyne_features: Option<FlatSet<Family>>,
}

impl Default for GenesisState {
    fn default() -> Self {
        Self {
            initial_timestamp: TimePointSec::default(),
            max_core_supply: MAX_SHARE_SUPPLY,
            initial_parameters: ChainParameters::default(),
            initial_accounts: Vec::new(),
            initial_assets: Vec::new(),
            initial_balances: Vec::new(),
            initial_vesting_balances: Vec::new(),
            initial_active_witnesses: 11,
            initial_witness_candidates: Vec::new(),
            initial_committee_candidates: Vec::new(),
            initial_worker_candidates: Vec::new(),
            immutable_parameters: ImmutableParameters::default(),
            carbyne_features: None,
        }
    }
}

/// The member of a genesis file by which a chain opts in.
pub const FEATURES_MEMBER: &str = "carbyne_features";

/// An account.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct InitialAccount {
    /// Name.
    pub name: Text,
    /// The key of its owner authority.
    pub owner_key: PublicKey,
    /// The key of its active authority and for memos; the null key stands for the owner key.
    pub active_key: PublicKey,
    /// Whether its membership never ends.
    pub is_lifetime_member: bool,
}

/// An asset.
#[derive(Clone, Debug, PartialEq, Wire)]
pub struct InitialAsset {
    /// Symbol.
    pub symbol: Text,
    /// Name of the account that issues it.
    pub issuer_name: Text,
    /// Free text.
    pub description: Text,
    /// Decimal places.
    pub precision: u8,
    /// Largest supply, in smallest units.
    pub max_supply: i64,
    /// Fees its issuer may claim, in smallest units.
    pub accumulated_fees: i64,
    /// Whether it has a price feed.
    pub is_bitasset: bool,
    /// Who borrowed it; accounts are made for them.
    pub collateral_records: Vec<InitialCollateral>,
}

impl Default for InitialAsset {
    fn default() -> Self {
        Self {
            symbol: Text::default(),
            issuer_name: Text::default(),
            description: Text::default(),
            precision: CORE_PRECISION_DIGITS,
            max_supply: 0,
            accumulated_fees: 0,
            is_bitasset: false,
            collateral_records: Vec::new(),
        }
    }
}

/// A debt position.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct InitialCollateral {
    /// Address that controls it.
    pub owner: Address,
    /// What is locked, in smallest units of the core asset.
    pub collateral: i64,
    /// What is owed, in smallest units.
    pub debt: i64,
}

/// A balance.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct InitialBalance {
    /// Address that may claim it.
    pub owner: Address,
    /// Symbol of its asset.
    pub asset_symbol: Text,
    /// How much, in smallest units.
    pub amount: i64,
}

/// A balance that vests in a straight line.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct InitialVestingBalance {
    /// Address that may claim it.
    pub owner: Address,
    /// Symbol of its asset.
    pub asset_symbol: Text,
    /// How much is left, in smallest units.
    pub amount: i64,
    /// When it begins to vest.
    pub begin_timestamp: TimePointSec,
    /// Seconds until all of it is vested.
    pub vesting_duration_seconds: u32,
    /// How much it was at the beginning, in smallest units.
    pub begin_balance: i64,
}

/// A witness.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct InitialWitness {
    /// Name of its account.
    pub owner_name: Text,
    /// Key it signs blocks with.
    pub block_signing_key: PublicKey,
}

/// A committee member.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct InitialCommitteeMember {
    /// Name of its account.
    pub owner_name: Text,
}

/// A worker.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct InitialWorker {
    /// Name of its account.
    pub owner_name: Text,
    /// Pay per day, in smallest units of core.
    pub daily_pay: i64,
}
