//! Option series create: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::options::series_create`].

use crate::Ledger;
use crate::contracts::{ContractRefusal, from_now, in_time, may_trade, not_settled, only_if};
use crate::evaluate::{Context, Evaluate};
use crate::features::limits;
use crate::ledger::next_id;
use carbyne_objects::{AssetDynamicData, AssetObject, OptionSeries};
use carbyne_protocol::Rejected;
use carbyne_protocol::constants::{CORE, MAX_SHARE_SUPPLY, NULL_ACCOUNT};
use carbyne_protocol::ids::*;
use carbyne_protocol::money::{Asset, Price};
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::asset::options::AssetOptions;
use carbyne_protocol::ops::options::{OptionSeriesCreate, OptionTerms, SYMBOL_PREFIX};
use carbyne_wire::Text;

/// Refuses assets that no option is about.
pub(super) fn check_pair(ledger: &Ledger, terms: &OptionTerms) -> Result<(), Rejected> {
    for asset in [terms.underlying, terms.quote] {
        not_settled(ledger, asset)?;
        let is_free = !ledger.get(asset)?.is_transfer_restricted();
        ensure!(is_free, ContractRefusal::Restricted { asset });
    }
    super::check_alive(ledger, &[terms.underlying, terms.quote])?;
    may_trade(ledger, terms.underlying, terms.quote)
}

/// The asset that holders have: it belongs to nobody, and has nothing that could be changed.
fn create_long(ledger: &mut Ledger, symbol: Text) -> AssetId {
    let data: AssetDynamicDataId = ledger.create(AssetDynamicData::default());
    let asset: AssetId = next_id(ledger);
    let (creation_block_num, creation_time) = ledger.run.tell_block();
    ledger.create(AssetObject {
        symbol,
        precision: 0,
        issuer: NULL_ACCOUNT,
        options: AssetOptions {
            max_supply: MAX_SHARE_SUPPLY,
            core_exchange_rate: Price::new(Asset::new(1, CORE), Asset::new(1, asset)),
            issuer_permissions: 0,
            flags: 0,
            ..AssetOptions::default()
        },
        dynamic_asset_data_id: data,
        creation_block_num,
        creation_time,
        ..AssetObject::default()
    })
}

impl Evaluate for OptionSeriesCreate {
    type Plan = Text;

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<Text, Rejected> {
        let latest = from_now(ledger, limits(ledger)?.option_max_ahead_sec)?;
        in_time("expiry", self.terms.expiry, from_now(ledger, 1)?, latest)?;
        check_pair(ledger, &self.terms)?;
        let known: Option<OptionSeriesId> = ledger.tables.option_series.index().find(&self.terms);
        only_if(known.is_none(), "there is such a series")?;
        let number = ledger.tables.option_series.next_instance();
        let symbol: Text = format!("{SYMBOL_PREFIX}{number}").as_str().into();
        let is_taken = ledger.tables.assets.index().find(&symbol).is_some();
        only_if(!is_taken, "the symbol of the series is taken")?;
        Ok(symbol)
    }

    fn apply(
        &self,
        symbol: Text,
        ledger: &mut Ledger,
        _: &Context,
    ) -> Result<OperationResult, Rejected> {
        let long = create_long(ledger, symbol);
        let terms = self.terms.clone();
        let id: OptionSeriesId =
            ledger.create(OptionSeries { terms, long, ..OptionSeries::default() });
        Ok(OperationResult::Object(id.into()))
    }
}
