//! Confidential transfers in a small chain.

use super::*;
use crate::ops::sandbox::{check, ledger};
use carbyne_crypto::PrivateKey;
use carbyne_crypto::commitment::{BlindingFactor, Commitment, blind, blind_sum};
use carbyne_crypto::hash::sha256;
use carbyne_crypto::range_proof::{RangeProofInput, range_proof_sign};
use carbyne_objects::{AssetObject, FBA_TRANSFER_TO_BLIND};
use carbyne_protocol::authority::{Authority, SpecialAuthority, TopHolders};
use carbyne_protocol::constants::{CORE, TEMP_ACCOUNT};
use carbyne_protocol::ids::AccountId;
use carbyne_protocol::money::Asset;
use carbyne_protocol::ops::Operation;
use carbyne_protocol::ops::asset::options::flag;
use carbyne_protocol::ops::confidential::{BlindTransfer, TransferFromBlind, TransferToBlind};
use carbyne_wire::{Bytes, Digest, Id};

const ANN: AccountId = Id(5);

/// A hidden amount of core, in smallest units, with what hides it.
#[derive(Clone, Copy)]
struct Note {
    factor: BlindingFactor,
    amount: u64,
}

impl Note {
    fn new(name: &str, amount: u64) -> Self {
        Self { factor: sha256(name.as_bytes()), amount }
    }

    fn commitment(&self) -> Commitment {
        blind(&self.factor, self.amount).unwrap()
    }

    fn input(&self) -> BlindInput {
        BlindInput { commitment: Digest(self.commitment().0), owner: owner() }
    }

    /// An output whose proof shows that the amount is below two to the `min_bits`.
    fn output(&self, min_bits: u8) -> BlindOutput {
        let proof = range_proof_sign(&RangeProofInput {
            min_value: 0,
            commit: self.commitment(),
            commit_blind: self.factor,
            nonce: [7; 32],
            base10_exp: 0,
            min_bits,
            actual_value: self.amount,
        });
        BlindOutput {
            commitment: Digest(self.commitment().0),
            range_proof: Bytes(proof.unwrap()),
            owner: owner(),
            stealth_memo: None,
        }
    }
}

fn owner() -> Authority {
    Authority::key(PrivateKey::from_seed("owner").public_key())
}

/// Two hidden amounts in the order of their commitments.
fn notes() -> [Note; 2] {
    let mut notes = [Note::new("one", 600), Note::new("two", 400)];
    notes.sort_by_key(Note::commitment);
    notes
}

fn sum(notes: &[Note]) -> Digest<32> {
    let factors: Vec<_> = notes.iter().map(|note| note.factor).collect();
    Digest(blind_sum(&factors, factors.len() as u32).unwrap())
}

/// Ann hides 1,000 core in two balances.
fn hide() -> TransferToBlind {
    TransferToBlind {
        amount: Asset::core(1_000),
        from: ANN,
        blinding_factor: sum(&notes()),
        outputs: notes().iter().map(|note| note.output(16)).collect(),
        ..Default::default()
    }
}

fn changed(change: impl FnOnce(&mut TransferToBlind)) -> Operation {
    let mut operation = hide();
    change(&mut operation);
    operation.into()
}

/// The first balance becomes one of ten less, which pay the fee.
fn pass_on() -> (BlindTransfer, Note) {
    let [first, _] = notes();
    let next = Note { amount: first.amount - 10, ..first };
    let (inputs, outputs) = (vec![first.input()], vec![next.output(16)]);
    (BlindTransfer { fee: Asset::core(10), inputs, outputs }, next)
}

/// All of a balance but ten becomes public.
fn show(note: Note) -> TransferFromBlind {
    TransferFromBlind {
        fee: Asset::core(10),
        amount: Asset::core(note.amount as i64 - 10),
        to: ANN,
        blinding_factor: Digest(note.factor),
        inputs: vec![note.input()],
    }
}

#[test]
fn what_is_hidden_adds_up_and_is_in_order() {
    // Only the range that a proof claims is looked at, as in the reference; its body proves nothing
    // to the chain.
    let forged = changed(|hide| hide.outputs[0].range_proof.0[100] ^= 1);
    let spoilt = changed(|hide| hide.outputs[0].range_proof.0[0] |= 0x80);
    let swapped = changed(|hide| hide.outputs[1].commitment.0[20] ^= 1);
    let unproven = changed(|hide| hide.outputs[0].range_proof = Bytes::default());
    let wide = changed(|hide| hide.outputs[1] = notes()[1].output(62));
    let ownerless = changed(|hide| hide.outputs[0].owner.weight_threshold = 2);
    let no_factor = changed(|hide| hide.blinding_factor = Digest([255; 32]));
    let stranger = changed(|hide| {
        hide.outputs[0].owner.account_auths = [(Id(77), 1)].into_iter().collect();
    });
    check(
        &mut ledger(5_000),
        &[
            (changed(|hide| hide.amount.amount = 0), "ConfidentialRefusal::AmountNotPositive"),
            (changed(|hide| hide.amount.amount = 999), "ConfidentialRefusal::SumMismatch"),
            (changed(|hide| hide.outputs.clear()), "ConfidentialRefusal::NoOutputs"),
            (changed(|hide| hide.outputs.reverse()), "ConfidentialRefusal::NotSorted"),
            (spoilt, "ConfidentialRefusal::NoRangeProof"),
            (swapped, "ConfidentialRefusal::SumMismatch"),
            (unproven, "ConfidentialRefusal::NoRangeProof"),
            (wide, "ConfidentialRefusal::RangeTooLarge"),
            (ownerless, "ConfidentialRefusal::ImpossibleOwner"),
            (no_factor, "ConfidentialRefusal::BadBlindingFactor"),
            (stranger, "LedgerRefusal::UnknownObject"),
            (forged, "ok"),
            (hide().into(), "ConfidentialRefusal::CommitmentExists"),
        ],
    );
}

#[test]
fn issuers_may_forbid_what_is_hidden() {
    for forbids in [flag::DISABLE_CONFIDENTIAL, flag::TRANSFER_RESTRICTED, flag::WHITE_LIST] {
        let mut ledger = ledger(5_000);
        ledger.modify(CORE, |core| core.options.flags = forbids).unwrap();
        check(&mut ledger, &[(hide().into(), "ConfidentialRefusal::NotAllowed")]);
    }
}

#[test]
fn hidden_amounts_pass_on_and_become_public_again() {
    let mut ledger = ledger(5_000);
    let (transfer, next) = pass_on();
    let mut unbalanced = transfer.clone();
    unbalanced.fee.amount = 9;
    let mut stolen = transfer.clone();
    stolen.inputs[0].owner = Authority::account(ANN);
    let mut nothing = transfer.clone();
    nothing.inputs.clear();
    let mut other_fee = show(next);
    other_fee.fee.asset_id = Id(1);
    let mut too_much = show(next);
    too_much.amount.amount += 1;
    check(
        &mut ledger,
        &[
            (transfer.clone().into(), "ConfidentialRefusal::UnknownCommitment"),
            (hide().into(), "ok"),
            (nothing.into(), "ConfidentialRefusal::NoInputs"),
            (unbalanced.into(), "ConfidentialRefusal::SumMismatch"),
            (stolen.into(), "ConfidentialRefusal::InputOwner"),
            (show(next).into(), "ConfidentialRefusal::UnknownInput"),
            (transfer.into(), "ok"),
            (other_fee.into(), "ConfidentialRefusal::FeeAsset"),
            (too_much.into(), "ConfidentialRefusal::SumMismatch"),
            (show(next).into(), "ok"),
        ],
    );
    assert_eq!(ledger.tables.blinded_balances.len(), 1);
    assert_eq!(ledger.balance(TEMP_ACCOUNT, CORE), 5_000);
}

#[test]
fn a_hidden_amount_is_of_the_asset_it_was() {
    let mut ledger = ledger(5_000);
    let (transfer, next) = pass_on();
    let asset: AssetId = Id(1);
    let rate = carbyne_protocol::money::Price::new(Asset::core(1), Asset::new(1, asset));
    ledger.modify(asset, |asset| asset.options.core_exchange_rate = rate).unwrap();
    let mut other = show(next);
    (other.fee, other.amount) = (Asset::new(0, asset), Asset::new(next.amount as i64, asset));
    check(
        &mut ledger,
        &[
            (hide().into(), "ok"),
            (transfer.into(), "ok"),
            (other.into(), "ConfidentialRefusal::InputAsset"),
        ],
    );
}

#[test]
fn owners_of_inputs_must_sign() {
    let (transfer, next) = pass_on();
    for operation in [Operation::from(transfer), show(next).into()] {
        let mut required = carbyne_protocol::ops::RequiredAuthorities::default();
        operation.stateless().require(&mut required);
        assert_eq!(required.other, [owner()]);
        assert_eq!(required.active.as_slice(), [TEMP_ACCOUNT]);
    }
}

#[test]
fn fees_wait_for_the_asset_that_they_back() {
    let mut ledger = ledger(5_000);
    let asset: AssetId = Id(2);
    let top = SpecialAuthority::TopHolders(TopHolders { asset, num_top_holders: 3 });
    let issuer = ledger.get(asset).unwrap().issuer;
    let fba = FBA_TRANSFER_TO_BLIND;
    ledger.modify(fba, |fba| fba.designated_asset = Some(asset)).unwrap();
    let hide = |amount| changed(|hide| hide.fee = Asset::core(amount));
    check(&mut ledger, &[(hide(7), "ok")]);
    assert_eq!(ledger.get(fba).unwrap().accumulated_fba_fees, 0, "nobody would get it");
    let set_up = |asset: &mut AssetObject| {
        asset.buyback_account = Some(ANN);
        (asset.options.flags, asset.options.issuer_permissions) = (0, 0);
    };
    ledger.modify(asset, set_up).unwrap();
    ledger
        .modify(issuer, |issuer| {
            (issuer.extras.owner_special_authority, issuer.extras.active_special_authority) =
                (top.clone(), top);
            issuer.extras.top_n_control_flags = 3;
        })
        .unwrap();
    let other = changed(|hide| {
        let one = Note::new("three", 1_000);
        hide.fee = Asset::core(7);
        (hide.blinding_factor, hide.outputs) = (sum(&[one]), vec![one.output(16)]);
    });
    check(&mut ledger, &[(other, "ok")]);
    assert_eq!(ledger.get(fba).unwrap().accumulated_fba_fees, 7);
}
