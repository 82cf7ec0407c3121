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

use crate::authority::Authority;
use crate::constants::MAX_SHARE_SUPPLY;
use crate::evaluate::{Context, book_fee, convert_fee};
use crate::ids::{AccountId, AssetId, BlindedBalanceId, FbaAccumulatorId};
use crate::ledger::LedgerRefusal;
use crate::money::Shares;
use crate::objects::{BlindedBalance, CommitmentBytes, flag};
use crate::reference_words::Asked;
use crate::upkeep::fba::beneficiaries;
use crate::{Ledger, Rejected};
use carbyne_crypto::PublicKey;
use carbyne_crypto::commitment::{self, Commitment};
use carbyne_crypto::range_proof::range_get_info;
use carbyne_wire::{Bytes, Digest, FlatSet, Wire};

refusals! {
    /// Why a confidential transfer is refused.
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
        /// The issuer does not allow it.
        NotAllowed { asset: AssetId, asked: Asked }:
            "the issuer of {asset} does not allow confidential transfers of it",
        /// Nothing is known by that commitment.
        UnknownInput { commitment: CommitmentBytes }:
            "nothing is known by the commitment {commitment}",
        /// Nothing is known by that commitment.
        UnknownCommitment { commitment: CommitmentBytes } [BLIND_TRANSFER_UNKNOWN_COMMITMENT]:
            "nothing is known by the commitment {commitment}",
        /// A balance of another asset.
        InputAsset { given: AssetId, expected: AssetId }:
            "an input is of {given}, not of {expected}",
        /// Another owner than the balance has.
        InputOwner { commitment: CommitmentBytes }: "the balance {commitment} has another owner",
        /// A commitment that is in use.
        CommitmentExists { commitment: CommitmentBytes }: "the commitment {commitment} is in use",
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

/// Refuses outputs that accounts would own that do not exist.
fn check_outputs(ledger: &Ledger, outputs: &[BlindOutput]) -> Result<(), Rejected> {
    for account in outputs.iter().flat_map(|output| output.owner.account_auths.keys()) {
        ledger.get(*account)?;
    }
    Ok(())
}

/// Refuses an input that is not a balance of `asset` with the owner that it says.
fn check_input(
    ledger: &Ledger,
    input: &BlindInput,
    asset: AssetId,
    unknown: ConfidentialRefusal,
) -> Result<(), Rejected> {
    let commitment = input.commitment;
    let known = ledger.tables.blinded_balances.index().find(&commitment);
    let balance = ledger.get(known.ok_or(unknown)?)?;
    let (given, expected) = (balance.asset_id, asset);
    ensure!(given == expected, ConfidentialRefusal::InputAsset { given, expected });
    ensure!(balance.owner == input.owner, ConfidentialRefusal::InputOwner { commitment });
    Ok(())
}

fn remove_inputs(ledger: &mut Ledger, inputs: &[BlindInput]) -> Result<(), Rejected> {
    for BlindInput { commitment, .. } in inputs {
        let known = ledger.tables.blinded_balances.index().find(commitment);
        let unknown = ConfidentialRefusal::UnknownInput { commitment: *commitment };
        ledger.remove(known.ok_or(unknown)?)?;
    }
    Ok(())
}

fn create_outputs(
    ledger: &mut Ledger,
    outputs: &[BlindOutput],
    asset_id: AssetId,
) -> Result<(), Rejected> {
    for BlindOutput { commitment, owner, .. } in outputs {
        let (commitment, owner) = (*commitment, owner.clone());
        let known = ledger.tables.blinded_balances.index().find(&commitment);
        ensure!(known.is_none(), ConfidentialRefusal::CommitmentExists { commitment });
        let balance = BlindedBalance { commitment, asset_id, owner, ..BlindedBalance::default() };
        ledger.create::<BlindedBalanceId>(balance);
    }
    Ok(())
}

/// Adds `delta` smallest units to what an asset has in blinded balances.
fn adjust_supply(ledger: &mut Ledger, asset: AssetId, delta: i64) -> Result<(), Rejected> {
    let data = ledger.get(asset)?.dynamic_asset_data_id;
    ledger.try_modify(data, |data| {
        let supply = data.confidential_supply.plus(delta)?;
        let what = "more leaves blinded balances than is in them";
        ensure!(supply >= 0, LedgerRefusal::Contradiction { what });
        data.confidential_supply = supply;
        Ok(())
    })
}

/// Books a fee for the asset that the accumulator is for, or as usual while nobody would get it.
fn pay_fba_fee(
    ledger: &mut Ledger,
    accumulator: FbaAccumulatorId,
    context: &Context,
) -> Result<(), Rejected> {
    convert_fee(ledger, context)?;
    if beneficiaries(ledger, ledger.get(accumulator)?)?.is_none() {
        return book_fee(ledger, context.fee_payer, context.core_fee_paid);
    }
    ledger.try_modify(accumulator, |fba| {
        fba.accumulated_fba_fees = fba.accumulated_fba_fees.plus(context.core_fee_paid)?;
        Ok(())
    })
}

#[cfg(test)]
mod tests;
