//! Confidential transfers: what the operations do to the state. What they say is
//! [`carbyne_protocol::ops::confidential`].

pub mod blind_transfer;
pub mod transfer_from_blind;
pub mod transfer_to_blind;

use crate::Ledger;
use crate::evaluate::{Context, book_fee, convert_fee};
use crate::ledger::LedgerRefusal;
use crate::upkeep::fba::beneficiaries;
use carbyne_objects::BlindedBalance;
use carbyne_protocol::Rejected;
use carbyne_protocol::ids::{AssetId, BlindedBalanceId, FbaAccumulatorId};
use carbyne_protocol::money::Shares;
use carbyne_protocol::ops::confidential::{BlindInput, BlindOutput, CommitmentBytes};
use carbyne_protocol::reference_words::Asked;

refusals! {
    /// Why a confidential transfer is refused.
    pub enum ConfidentialRefusal {
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
