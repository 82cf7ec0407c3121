//! Markets as people read them. Amounts and prices are decimal texts in whole units; a price says
//! how much of the base one of the quote costs.

use carbyne_protocol::constants::NULL_ACCOUNT;
use carbyne_protocol::ids::{AccountId, LimitOrderId};
use carbyne_protocol::money::Price;
use carbyne_wire::{Id, Text, TimePointSec, Wire};

/// The best orders of both sides of a market (reference: `order_book`).
#[derive(Clone, Debug, Default, PartialEq, Wire)]
#[wire(plain)]
pub struct OrderBook {
    /// The base, as the question names it.
    pub base: Text,
    /// The quote, as the question names it.
    pub quote: Text,
    /// Orders that sell the base, the best first.
    pub bids: Vec<BookOrder>,
    /// Orders that sell the quote, the best first.
    pub asks: Vec<BookOrder>,
}

/// An order of a book (reference: `order`).
#[derive(Clone, Debug, Default, PartialEq, Wire)]
#[wire(plain)]
pub struct BookOrder {
    /// Its price.
    pub price: Text,
    /// How much of the quote it sells or gets.
    pub quote: Text,
    /// How much of the base it gets or sells.
    pub base: Text,
    /// The order.
    pub id: LimitOrderId,
    /// Whose it is.
    pub owner_id: AccountId,
    /// Name of that account.
    pub owner_name: Text,
    /// When it expires.
    pub expiration: TimePointSec,
}

/// The last 24 hours of a market (reference: `market_ticker`).
#[derive(Clone, Debug, PartialEq, Wire)]
#[wire(plain)]
pub struct Ticker {
    /// Time of the head block.
    pub time: TimePointSec,
    /// Symbol of the base.
    pub base: Text,
    /// Symbol of the quote.
    pub quote: Text,
    /// The newest price.
    pub latest: Text,
    /// The best price for which the quote is sold.
    pub lowest_ask: Text,
    /// How much of the base that order gets.
    pub lowest_ask_base_size: Text,
    /// How much of the quote it sells.
    pub lowest_ask_quote_size: Text,
    /// The best price for which the quote is bought.
    pub highest_bid: Text,
    /// How much of the base that order sells.
    pub highest_bid_base_size: Text,
    /// How much of the quote it gets.
    pub highest_bid_quote_size: Text,
    /// By how much the price changed, in percent with two decimals.
    pub percent_change: Text,
    /// How much of the base was traded.
    pub base_volume: Text,
    /// How much of the quote was traded.
    pub quote_volume: Text,
    /// What history keeps of the market, if there was ever a trade.
    pub mto_id: Option<Id<5, 2>>,
}

impl Default for Ticker {
    fn default() -> Self {
        let nothing = || Text::from("0");
        Self {
            time: TimePointSec::default(),
            base: Text::default(),
            quote: Text::default(),
            latest: nothing(),
            lowest_ask: nothing(),
            lowest_ask_base_size: nothing(),
            lowest_ask_quote_size: nothing(),
            highest_bid: nothing(),
            highest_bid_base_size: nothing(),
            highest_bid_quote_size: nothing(),
            percent_change: nothing(),
            base_volume: nothing(),
            quote_volume: nothing(),
            mto_id: None,
        }
    }
}

/// What was traded in a market in the last 24 hours (reference: `market_volume`).
#[derive(Clone, Debug, Default, PartialEq, Wire)]
#[wire(plain)]
pub struct Volume {
    /// Time of the head block.
    pub time: TimePointSec,
    /// Symbol of the base.
    pub base: Text,
    /// Symbol of the quote.
    pub quote: Text,
    /// How much of the base.
    pub base_volume: Text,
    /// How much of the quote.
    pub quote_volume: Text,
}

/// Two fills, one of the maker and one of the taker, seen as one (reference: `market_trade`).
#[derive(Clone, Debug, PartialEq, Wire)]
#[wire(plain)]
pub struct Trade {
    /// Counts the fills of the market.
    pub sequence: i64,
    /// Time of the block.
    pub date: TimePointSec,
    /// The price.
    pub price: Text,
    /// How much of the quote.
    pub amount: Text,
    /// How much of the base.
    pub value: Text,
    /// Whether the taker bought or sold the quote: `buy` or `sell`.
    pub type_: Text,
    /// The maker; the null account if its fill is not at hand.
    pub side1_account_id: AccountId,
    /// The taker; the null account if its fill is not at hand.
    pub side2_account_id: AccountId,
}

impl Default for Trade {
    fn default() -> Self {
        Self {
            sequence: 0,
            date: TimePointSec::default(),
            price: Text::default(),
            amount: Text::default(),
            value: Text::default(),
            type_: Text::default(),
            side1_account_id: NULL_ACCOUNT,
            side2_account_id: NULL_ACCOUNT,
        }
    }
}

/// Orders whose prices are near each other (reference: `limit_order_group`).
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct LimitOrderGroup {
    /// The least price.
    pub min_price: Price,
    /// The greatest price.
    pub max_price: Price,
    /// What the orders sell, in smallest units of the prices' base.
    pub total_for_sale: i64,
}
