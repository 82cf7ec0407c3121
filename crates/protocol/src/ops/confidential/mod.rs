//! Confidential transfers: amounts hidden in commitments that still add up (reference:
//! `protocol/confidential.hpp`).
//!
//! Invariant: what an asset has in blinded balances is its `confidential_supply`; the chain knows
//! that sum and no part of it.

pub mod blind_transfer;
pub mod transfer_from_blind;
pub mod transfer_to_blind;

pub use blind_transfer::BlindTransfer;
pub use transfer_from_blind::TransferFromBlind;
pub use transfer_to_blind::TransferToBlind;

use crate::Rejected;
use crate::authority::Authority;
use crate::constants::MAX_SHARE_SUPPLY;
use crate::ids::{AccountId, AssetId};
use crate::reference_words::Asked;
use carbyne_crypto::commitment::Commitment;
use carbyne_crypto::range_proof::range_get_info;
use carbyne_crypto::{PublicKey, commitment};
use carbyne_wire::{Bytes, Digest, FlatSet, Wire};

/// The bytes of a commitment: a point of the curve that hides an amount.
pub type CommitmentBytes = Digest<33>;

refusals! {
    /// Why a confidential transfer is refused, whatever the state.
    pub enum ConfidentialRefusal {
        /// A negative fee.
        NegativeFee { fee: i64 }: "the fee {fee} is negative",
        /// An amount of nothing, or less.
        AmountNotPositive { amount: i64 }: "the amount {amount} is not positive",
        /// Nothing is spent.
        NoInputs { asked: Asked }: "there must be at least one input",
        /// Nothing is made.
        NoOutputs: "there must be at least one output",
        /// Inputs or outputs that give away by their order which is which, or one of them twice.
        NotSorted { asked: Asked }: "all inputs and outputs must be sorted by commitment id",
        /// Nobody could ever spend it.
        ImpossibleOwner { commitment: CommitmentBytes }:
            "the authority that owns {commitment} cannot be satisfied",
        /// A blinding factor that hides nothing.
        BadBlindingFactor: "the blinding factor and the amount do not make a commitment",
        /// More or less comes out than goes in.
        SumMismatch { net_public: i64, asked: Asked }:
            "inputs and outputs do not add up with the public amount {net_public}",
        /// No proof that a hidden amount is not negative.
        NoRangeProof { commitment: CommitmentBytes }: "{commitment} has no range proof",
        /// A hidden amount that could be above the maximum supply.
        RangeTooLarge { commitment: CommitmentBytes, max: u64 }:
            "{commitment} may hide up to {max}, above the maximum supply",
        /// A fee in another asset than what is transferred.
        FeeAsset { fee: AssetId, amount: AssetId }:
            "the fee in {fee} must be in the asset {amount} of the amount",
    }
}

/// A blinded balance that is spent.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct BlindInput {
    /// What hides the amount.
    pub commitment: CommitmentBytes,
    /// Who owns it, so that the operation says whose approval it needs.
    pub owner: Authority,
}

/// A blinded balance that is made.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct BlindOutput {
    /// What hides the amount.
    pub commitment: CommitmentBytes,
    /// Proof that the amount is not negative; needed only beside other outputs.
    pub range_proof: Bytes,
    /// Who may spend it.
    pub owner: Authority,
    /// A message for the owner.
    pub stealth_memo: Option<StealthConfirmation>,
}

/// What the receiver needs to know a hidden amount; the chain only carries it.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct StealthConfirmation {
    /// A key made for this transfer.
    pub one_time_key: PublicKey,
    /// Key of the receiver.
    pub to: Option<PublicKey>,
    /// The encrypted text.
    pub encrypted_memo: Bytes,
}

type Commitments = Vec<Commitment>;

/// Adds a commitment to others, refused unless it is above the last of them.
fn add_sorted(
    commitments: &mut Commitments,
    commitment: CommitmentBytes,
    asked: Asked,
) -> Result<(), Rejected> {
    let commitment = Commitment(commitment.0);
    let is_above = commitments.last().is_none_or(|last| *last < commitment);
    ensure!(is_above, ConfidentialRefusal::NotSorted { asked });
    commitments.push(commitment);
    Ok(())
}

fn sorted_inputs(inputs: &[BlindInput], asked: Asked) -> Result<Commitments, Rejected> {
    let mut commitments = Commitments::new();
    inputs.iter().try_for_each(|input| add_sorted(&mut commitments, input.commitment, asked))?;
    Ok(commitments)
}

fn validate_outputs(outputs: &[BlindOutput], asked: Asked) -> Result<Commitments, Rejected> {
    let mut commitments = Commitments::new();
    for output in outputs {
        let commitment = output.commitment;
        add_sorted(&mut commitments, commitment, asked)?;
        ensure!(!output.owner.is_impossible(), ConfidentialRefusal::ImpossibleOwner { commitment });
    }
    Ok(commitments)
}

/// Looks at the range that the proofs claim; the reference does not verify them. A single output
/// needs none: its amount follows from the others.
fn validate_ranges(outputs: &[BlindOutput]) -> Result<(), Rejected> {
    if outputs.len() <= 1 {
        return Ok(());
    }
    for BlindOutput { commitment, range_proof, .. } in outputs {
        let commitment = *commitment;
        let info = range_get_info(range_proof);
        let max = info.ok_or(ConfidentialRefusal::NoRangeProof { commitment })?.max_value;
        ensure!(
            max <= MAX_SHARE_SUPPLY as u64,
            ConfidentialRefusal::RangeTooLarge { commitment, max }
        );
    }
    Ok(())
}

/// A fee with a part per output, in smallest units of core; it wraps at 64 bits as the reference's
/// does.
const fn fee_per_output(fee: u64, price_per_output: u32, outputs: usize) -> i64 {
    fee.wrapping_add((outputs as u64).wrapping_mul(price_per_output as u64)) as i64
}

/// The commitment to a public amount, in smallest units.
fn public_commitment(blinding_factor: &Digest<32>, amount: i64) -> Result<Commitment, Rejected> {
    let commitment = commitment::blind(&blinding_factor.0, amount as u64);
    Ok(commitment.map_err(|_| ConfidentialRefusal::BadBlindingFactor)?)
}

/// Refuses unless what goes in is what comes out and `excess`; `net_public` is only told.
fn validate_sum(
    commits_in: &[Commitment],
    commits_out: &[Commitment],
    excess: i64,
    (net_public, asked): (i64, Asked),
) -> Result<(), Rejected> {
    ensure!(
        commitment::verify_sum(commits_in, commits_out, excess),
        ConfidentialRefusal::SumMismatch { net_public, asked }
    );
    Ok(())
}

/// Adds the accounts of authorities to those an operation concerns.
fn touch_owners<'a>(
    owners: impl Iterator<Item = &'a Authority>,
    accounts: &mut FlatSet<AccountId>,
) {
    accounts.extend(owners.flat_map(|owner| owner.account_auths.keys().copied()));
}
