//! Asset create: a new asset, with a price feed and collateral if it is a SmartCoin.
//!
//! Signed by: the active authority of `issuer`, who pays the fee. The fee depends on the length of
//! the symbol and on the size of the operation. Half of it goes to the fee pool of the new asset.

use super::check_fee;
use crate::Rejected;
use crate::constants::{MAX_ASSET_SYMBOL_LENGTH, MIN_ASSET_SYMBOL_LENGTH};
use crate::fees::{FeeSchedule, data_fee};
use crate::ids::{AccountId, AssetId};
use crate::money::{Asset, Shares};
use crate::ops::asset::options::{AssetOptions, BitassetOptions, flag};
use crate::ops::{FeeParameters, Stateless};
use crate::reference_words as asked;
use crate::reference_words::Asked;
use carbyne_wire::{Extensions, FlatSet, Id, Pack, Text, Wire};

/// Largest number of decimal places.
pub(super) const MAX_PRECISION: u8 = 12;

/// Stands for the new asset in its core exchange rate.
const NEW_ASSET: AssetId = Id(1);

refusals! {
    /// Why an asset is not created, whatever the state.
    pub enum AssetCreateRefusal {
        /// A symbol with characters, a length or a form that is not allowed.
        InvalidSymbol { symbol: Text }: "{symbol} is no valid symbol",
        /// Permissions of SmartCoins without the options of one.
        NotABitasset { permissions: u16 }:
            "the permissions {permissions:#x} need the options of a SmartCoin",
        /// A prediction market with options or permissions that it cannot have.
        InvalidPredictionMarket { asked: Asked }:
            "a prediction market needs global_settle and cannot set a black swan response",
        /// A core exchange rate that is not between the core asset and the new one.
        RateOfOtherAsset { asset: AssetId }: "the core exchange rate gives {asset}, not the new \
            asset",
        /// Too many decimal places.
        PrecisionTooLarge { precision: u8, asked: Asked }: "the precision {precision} is above 12",
    }
}

/// Creates an asset.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct AssetCreate {
    /// Fee, paid by `issuer`.
    pub fee: Asset,
    /// Who issues the asset.
    pub issuer: AccountId,
    /// Unique symbol.
    pub symbol: Text,
    /// Decimal places.
    pub precision: u8,
    /// Options; the core exchange rate names the new asset as 1.3.1.
    pub common_options: AssetOptions,
    /// Options of a SmartCoin, if it is one.
    pub bitasset_opts: Option<BitassetOptions>,
    /// Whether it is a prediction market.
    pub is_prediction_market: bool,
    /// No extension is defined.
    pub extensions: Extensions,
}

fee_parameters! {
    /// Fee of a new asset, in smallest units of the core asset.
    pub struct AssetCreateFee {
        /// Symbols of three characters.
        symbol3: u64 = 50_000_000_000,
        /// Symbols of four characters.
        symbol4: u64 = 30_000_000_000,
        /// Longer symbols.
        long_symbol: u64 = 500_000_000,
        /// Per 1,024 bytes of the operation.
        price_per_kbyte: u32 = 10,
    }
}

impl Stateless for AssetCreate {
    const NAME: &'static str = "asset_create";
    type Fee = AssetCreateFee;

    paid_by!(issuer);

    fn calculate_fee(&self, fee: &Self::Fee, schedule: &FeeSchedule) -> Result<i64, Rejected> {
        let by_symbol = match (sub_asset_fee(schedule), self.symbol.len()) {
            (Some(sub_asset), _) if self.symbol.as_bytes().contains(&b'.') => sub_asset,
            (_, 3) => fee.symbol3,
            (_, 4) => fee.symbol4,
            _ => fee.long_symbol,
        };
        let by_size = data_fee(self.packed_len(), fee.price_per_kbyte.into())?;
        (by_symbol as i64).plus(by_size)
    }

    fn validate(&self) -> Result<(), Rejected> {
        check_fee(self.fee)?;
        ensure!(
            is_valid_symbol(&self.symbol),
            AssetCreateRefusal::InvalidSymbol { symbol: self.symbol.clone() }
        );
        self.common_options.validate()?;
        self.validate_kind()?;
        if let Some(options) = &self.bitasset_opts {
            options.validate()?;
        }
        let asset = Asset::core(1).times(self.common_options.core_exchange_rate)?.asset_id;
        ensure!(asset == NEW_ASSET, AssetCreateRefusal::RateOfOtherAsset { asset });
        let precision = self.precision;
        let asked = asked::asset::CREATE_PRECISION;
        let too_large = AssetCreateRefusal::PrecisionTooLarge { precision, asked };
        ensure!(precision <= MAX_PRECISION, too_large);
        Ok(())
    }

    fn touched(&self, accounts: &mut FlatSet<AccountId>) {
        accounts.insert(self.issuer);
    }
}

impl AssetCreate {
    fn validate_kind(&self) -> Result<(), Rejected> {
        let permissions = self.common_options.issuer_permissions;
        // The reference forgot to ask for a SmartCoin where only feeding by witnesses or committee
        // is permitted.
        let unchecked = flag::UIA | flag::WITNESS_FED_ASSET | flag::COMMITTEE_FED_ASSET;
        ensure!(
            permissions & !unchecked == 0 || self.bitasset_opts.is_some(),
            AssetCreateRefusal::NotABitasset { permissions }
        );
        if !self.is_prediction_market {
            return Ok(());
        }
        let options = self.bitasset_opts.as_ref().map(|options| &options.extensions);
        let responds = options.is_some_and(|options| options.black_swan_response_method.is_some());
        for (holds, asked) in [
            (options.is_some(), asked::asset::PREDICTION_MARKET_OPTIONS),
            (permissions & flag::GLOBAL_SETTLE != 0, asked::asset::PREDICTION_MARKET_SETTLES),
            (permissions & flag::DISABLE_BSRM_UPDATE == 0, asked::asset::PREDICTION_MARKET_BSRM),
            (!responds, asked::asset::PREDICTION_MARKET_RESPONSE),
        ] {
            ensure!(holds, AssetCreateRefusal::InvalidPredictionMarket { asked });
        }
        Ok(())
    }
}

/// The fee of a sub-asset. The parameter of `account_transfer`, which nobody can send, was given
/// this meaning when tickets came; a schedule without tickets has no such fee.
fn sub_asset_fee(schedule: &FeeSchedule) -> Option<u64> {
    const ACCOUNT_TRANSFER: u64 = 9;
    const TICKET_CREATE: u64 = 57;
    schedule.find(TICKET_CREATE)?;
    match schedule.find(ACCOUNT_TRANSFER) {
        Some(FeeParameters::AccountTransfer(parameters)) => Some(parameters.fee),
        _ => None,
    }
}

/// Upper case letters and digits with at most one dot; a letter first, no dot last, and not like a
/// BIT asset.
fn is_valid_symbol(symbol: &Text) -> bool {
    let bytes = symbol.as_bytes();
    let is_known = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'.';
    (MIN_ASSET_SYMBOL_LENGTH..=MAX_ASSET_SYMBOL_LENGTH).contains(&bytes.len())
        && !bytes.starts_with(b"BIT")
        && bytes.iter().all(is_known)
        && bytes.first().is_some_and(u8::is_ascii_uppercase)
        && bytes.last().is_some_and(|byte| *byte != b'.')
        && bytes.iter().filter(|byte| **byte == b'.').count() <= 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn symbols_are_upper_case_with_at_most_one_dot_inside() {
        for symbol in ["USD", "A.B", "A1234567890123.5", "BTS", "ABIT", "CNY2"] {
            assert!(is_valid_symbol(&symbol.into()), "{symbol}");
        }
        for symbol in ["AB", "BITUSD", "usd", "1AB", ".AB", "AB.", "A..B", "A.B.C", "A B", "A-B"] {
            assert!(!is_valid_symbol(&symbol.into()), "{symbol}");
        }
        assert!(!is_valid_symbol(&"ABCDEFGHIJKLMNOPQ".into()), "seventeen characters");
    }
}
