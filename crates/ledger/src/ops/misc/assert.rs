//! Assert: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::misc::assert`].

use crate::Ledger;
use crate::evaluate::{Context, Evaluate};
use crate::trust::Questions;
use carbyne_protocol::Rejected;
use carbyne_protocol::ids::{AccountId, AssetId, BlockSummaryId};
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::misc::assert::{Assert, Predicate};
use carbyne_protocol::transaction::num_from_id;
use carbyne_wire::{Hash160, Text};

refusals! {
    /// Why a condition does not hold.
    pub enum AssertRefusal {
        /// A kind of condition that the committee has not allowed.
        PredicateNotAllowed { tag: u64, limit: u16 }:
            "conditions of kind {tag} are not allowed, only those below {limit}",
        /// An account has another name.
        AccountName { account: AccountId, name: Text }: "the name of {account} is not '{name}'",
        /// An asset has another symbol.
        AssetSymbol { asset: AssetId, symbol: Text }: "the symbol of {asset} is not '{symbol}'",
        /// A block is not one of the last 65,536 of this chain.
        UnknownBlock { id: Hash160 }: "{id} is none of the last 65,536 blocks",
    }
}

fn check_predicate(predicate: &Predicate, ledger: &Ledger) -> Result<(), Rejected> {
    match predicate {
        Predicate::AccountNameEqLit(predicate) => {
            let account = ledger.get(predicate.account_id)?;
            ensure!(
                account.name == predicate.name,
                AssertRefusal::AccountName { account: account.id, name: account.name.clone() }
            );
        }
        Predicate::AssetSymbolEqLit(predicate) => {
            let asset = ledger.get(predicate.asset_id)?;
            ensure!(
                asset.symbol == predicate.symbol,
                AssertRefusal::AssetSymbol { asset: asset.id, symbol: asset.symbol.clone() }
            );
        }
        Predicate::BlockId(predicate) => {
            let id = predicate.id;
            let summary: BlockSummaryId = carbyne_wire::Id(u64::from(num_from_id(&id) & 0xffff));
            ensure!(ledger.get(summary)?.block_id == id, AssertRefusal::UnknownBlock { id });
        }
    }
    Ok(())
}

impl Evaluate for Assert {
    type Plan = ();

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<(), Rejected> {
        if !ledger.run.trust.asks(Questions::ASSERTIONS) {
            return Ok(());
        }
        let limit = ledger.parameters()?.max_predicate_opcode;
        self.predicates.iter().try_for_each(|predicate| {
            let tag = predicate.tag();
            let is_allowed = tag < u64::from(limit);
            ensure!(is_allowed, AssertRefusal::PredicateNotAllowed { tag, limit });
            check_predicate(predicate, ledger)
        })
    }

    fn apply(&self, (): (), _: &mut Ledger, _: &Context) -> Result<OperationResult, Rejected> {
        Ok(OperationResult::Void)
    }
}
