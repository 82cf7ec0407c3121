//! A market maker: an order on each side of a price, placed anew when one of them is gone.
//!
//! `cargo run -p carbyne-client --example market_maker -- NODE dev key.txt BTS USD 5 2`
//!
//! sells and buys BTS at 5 BTS for a USD, 2 percent apart on each side. All amounts here are in
//! smallest units.

use carbyne_client::{BlockEvent, Client, ClientError, Config, Draft, Start};
use carbyne_crypto::PrivateKey;
use carbyne_objects::{AssetObject, LimitOrder};
use carbyne_protocol::ids::AccountId;
use carbyne_protocol::money::Asset;
use carbyne_protocol::ops::Operation;
use carbyne_protocol::ops::market::limit_order_cancel::LimitOrderCancel;
use carbyne_protocol::ops::market::limit_order_create::LimitOrderCreate;

/// What is quoted.
pub struct Quote<'a> {
    /// Symbol of the base.
    pub base: &'a str,
    /// Symbol of the quote.
    pub quote: &'a str,
    /// Whole units of the base for one of the quote.
    pub price: i64,
    /// Percent between the price and each order.
    pub spread_percent: i64,
}

/// Keeps both orders; ends when they were placed `rounds` times.
pub async fn run(
    client: &Client,
    name: &str,
    key: &PrivateKey,
    quote: &Quote<'_>,
    rounds: usize,
) -> Result<(), ClientError> {
    let own = client.account(name).await?.id;
    let assets = (client.asset(quote.base).await?.asset, client.asset(quote.quote).await?.asset);
    let mut blocks = client.blocks(Start::Now).await?;
    let mut placed = 0;
    while placed < rounds {
        let orders = client.orders_of(name, quote.base, quote.quote).await?;
        if orders.len() != 2 {
            let mut transaction =
                client.prepare(Draft::of_all(replaced(own, &orders, &assets, quote))).await?;
            client.sign(&mut transaction, std::slice::from_ref(key));
            client.send(&transaction).await?;
            placed += 1;
            continue;
        }
        match blocks.next().await {
            Some(Ok(BlockEvent::Applied(_) | BlockEvent::Undone { .. })) => {}
            Some(Err(error)) => return Err(error),
            None => break,
        }
    }
    Ok(())
}

/// One whole unit.
fn unit(asset: &AssetObject) -> i64 {
    10_i64.pow(asset.precision.into())
}

/// Operations that take away what is left of the orders and place both anew.
fn replaced(
    own: AccountId,
    orders: &[LimitOrder],
    (base, quote): &(AssetObject, AssetObject),
    wanted: &Quote<'_>,
) -> Vec<Operation> {
    let cancels = orders.iter().map(|order| {
        LimitOrderCancel { fee_paying_account: own, order: order.id, ..LimitOrderCancel::default() }
            .into()
    });
    let of_quote = Asset::new(unit(quote), quote.id);
    let of_base =
        |percent: i64| Asset::new(unit(base) * wanted.price * (100 + percent) / 100, base.id);
    let order = |amount_to_sell, min_to_receive| LimitOrderCreate {
        seller: own,
        amount_to_sell,
        min_to_receive,
        ..LimitOrderCreate::default()
    };
    let ask = order(of_quote, of_base(wanted.spread_percent));
    let bid = order(of_base(-wanted.spread_percent), of_quote);
    cancels.chain([ask.into(), bid.into()]).collect()
}

#[tokio::main]
#[allow(dead_code)]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [node, name, key_file, base, quote, price, spread] = arguments.as_slice() else {
        return Err("usage: market_maker NODE ACCOUNT KEY_FILE BASE QUOTE PRICE PERCENT".into());
    };
    let key = PrivateKey::from_wif(std::fs::read_to_string(key_file)?.trim())?;
    let client = Client::connect(Config::new([node])).await?;
    let (price, spread_percent) = (price.parse()?, spread.parse()?);
    let quote = Quote { base, quote, price, spread_percent };
    Ok(run(&client, name, &key, &quote, usize::MAX).await?)
}
