//! The node, asked one question after the other, with what is known of accounts and assets.
//!
//! Names and precisions never change, so they are asked for once.

use crate::amount;
use crate::error::{Result, WalletError};
use carbyne_answers::ExtendedAsset;
use carbyne_client::{Client, ClientError};
use carbyne_objects::{Account, AssetObject};
use carbyne_protocol::ids::{AccountId, AssetId};
use carbyne_protocol::money::Asset;
use carbyne_wire::{Dialect, Digest, JsonIn, ObjectId, Tags};
use serde_json::{Value, json};
use std::cell::RefCell;
use std::collections::BTreeMap;
use tokio::runtime::Handle;

/// What a chain opted in to stands there; others have no such object.
const FEATURE_SETTINGS: &str = "16.0.0";

/// Symbol and decimals of an asset.
#[derive(Clone, Debug, Default)]
pub struct Unit {
    /// Symbol.
    pub symbol: String,
    /// Decimals.
    pub precision: u8,
}

/// What is known for good.
#[derive(Default)]
struct Known {
    accounts: BTreeMap<AccountId, String>,
    assets: BTreeMap<AssetId, Unit>,
}

/// The node.
pub struct Node {
    client: Client,
    runtime: Handle,
    known: RefCell<Known>,
}

/// The id that a text is, if it is one.
pub fn as_id(text: &str) -> Option<ObjectId> {
    let is_number = text.starts_with(|c: char| c.is_ascii_digit());
    ObjectId::parse(text).ok().filter(|_| is_number)
}

impl Node {
    /// A node that is asked by a client. Where its chain opted in to contracts, their operations
    /// are known from then on.
    pub fn new(client: Client, runtime: Handle) -> Self {
        let mut node = Self { client, runtime, known: RefCell::default() };
        let settings = node.call("database", "get_objects", json!([[FEATURE_SETTINGS], false]));
        if settings.is_ok_and(|found| found[0].is_object()) {
            node.client = node.client.knowing(Tags::All);
        }
        node
    }

    /// The client.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The chain.
    pub fn chain_id(&self) -> Digest<32> {
        self.client.chain_id()
    }

    /// How the chain writes keys.
    pub fn dialect(&self) -> Dialect {
        self.client.dialect()
    }

    /// Waits for what the client does.
    pub fn wait<T>(
        &self,
        asked: impl Future<Output = std::result::Result<T, ClientError>>,
    ) -> Result<T> {
        Ok(self.runtime.block_on(asked)?)
    }

    /// Calls a method of an API.
    pub fn call(&self, api: &str, method: &str, arguments: Value) -> Result<Value> {
        self.wait(self.client.call(api, method, arguments))
    }

    /// Calls a method of the database API and reads its answer.
    pub fn ask<T: JsonIn>(&self, method: &str, arguments: Value) -> Result<T> {
        self.wait(self.client.ask("database", method, arguments))
    }

    /// An account by name or id.
    pub fn account(&self, name_or_id: &str) -> Result<Account> {
        let account = self.wait(self.client.account(name_or_id))?;
        self.known.borrow_mut().accounts.insert(account.id, account.name.to_string());
        Ok(account)
    }

    /// An asset by symbol or id.
    pub fn asset(&self, symbol_or_id: &str) -> Result<ExtendedAsset> {
        let asset = self.wait(self.client.asset(symbol_or_id))?;
        let AssetObject { id, symbol, precision, .. } = &asset.asset;
        let unit = Unit { symbol: symbol.to_string(), precision: *precision };
        self.known.borrow_mut().assets.insert(*id, unit);
        Ok(asset)
    }

    /// An object by id.
    pub fn object<T: JsonIn>(&self, id: impl Into<ObjectId>) -> Result<T> {
        let id = id.into();
        let name = || ClientError::Unknown { what: "object", name: id.to_string() };
        let object = self.wait(self.client.object(id))?.ok_or_else(name)?;
        Ok(T::from_json_in(&object, self.dialect())?)
    }

    /// The name of an account, or its id if it has none.
    pub fn name(&self, id: AccountId) -> String {
        if let Some(name) = self.known.borrow().accounts.get(&id) {
            return name.clone();
        }
        self.account(&id.to_string()).map_or_else(|_| id.to_string(), |one| one.name.to_string())
    }

    /// Symbol and decimals of an asset; its id and none if it is not known.
    pub fn unit(&self, id: AssetId) -> Unit {
        if let Some(unit) = self.known.borrow().assets.get(&id) {
            return unit.clone();
        }
        let _known_now = self.asset(&id.to_string());
        let known = self.known.borrow();
        let unknown = || Unit { symbol: id.to_string(), precision: 0 };
        known.assets.get(&id).cloned().unwrap_or_else(unknown)
    }

    /// An amount as people read it, such as `10.50000 BTS`.
    pub fn pretty(&self, amount: Asset) -> String {
        let unit = self.unit(amount.asset_id);
        format!("{} {}", amount::show(amount.amount, unit.precision), unit.symbol)
    }

    /// An amount of an asset as people write it.
    pub fn amount(&self, text: &str, symbol_or_id: &str) -> Result<Asset> {
        let asset = self.asset(symbol_or_id)?.asset;
        Ok(Asset::new(amount::parse(text, asset.precision)?, asset.id))
    }

    /// What begins with a text: names of accounts, or symbols of assets, at most ten.
    pub fn beginning_with(&self, kind: &str, text: &str) -> Vec<String> {
        const MOST: usize = 10;
        let found = match kind {
            "account" => self.call("database", "lookup_accounts", json!([text, MOST, false])),
            _ => self.call("database", "list_assets", json!([text.to_uppercase(), MOST])),
        };
        let names = found.unwrap_or_default();
        let names = names.as_array().map(Vec::as_slice).unwrap_or_default().iter();
        let name = |one: &Value| match kind {
            "account" => one[0].as_str().map(str::to_owned),
            _ => one["symbol"].as_str().map(str::to_owned),
        };
        let fits = |name: &String| name.to_lowercase().starts_with(&text.to_lowercase());
        names.filter_map(name).filter(fits).collect()
    }
}

/// Refuses a wallet of another chain than the node's.
pub fn same_chain(wanted: Digest<32>, found: Digest<32>) -> Result<()> {
    if wanted == found { Ok(()) } else { Err(WalletError::OtherChain { wanted, found }) }
}
