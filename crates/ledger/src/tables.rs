//! The list of object tables, and tables seen without their type: as ids and JSON.

use crate::base::{BaseCursor, Piece};
use carbyne_graph::{Change, Job, Object, Part, Table};
use carbyne_objects::*;
use carbyne_protocol::ids::*;
use carbyne_wire::{Dialect, FlatSet, JsonError, JsonIn, ObjectId, Pack, PackError, Reader, Value};
use std::any::Any;
use std::sync::Arc;

/// An id type that finds its objects.
pub trait Stored: Copy + Into<ObjectId> + std::fmt::Debug {
    /// What the id names.
    type Object: Object;
    /// Where the table stands among those that share their sessions.
    const PLACE: u8;
    /// The table of these objects.
    fn table(tables: &Tables) -> &Table<Self::Object>;
    /// The table of these objects, to change.
    fn table_mut(tables: &mut Tables) -> &mut Table<Self::Object>;
    /// The instance number.
    fn number(self) -> u64;
    /// The id with that instance number.
    fn from_number(number: u64) -> Self;
}

tables! {
    accounts: Account, AccountId;
    assets: AssetObject, AssetId;
    force_settlements: ForceSettlement, ForceSettlementId;
    committee_members: CommitteeMember, CommitteeMemberId;
    witnesses: Witness, WitnessId;
    limit_orders: LimitOrder, LimitOrderId;
    call_orders: CallOrder, CallOrderId;
    proposals: Proposal, ProposalId;
    withdraw_permissions: WithdrawPermission, WithdrawPermissionId;
    vesting_balances: VestingBalance, VestingBalanceId;
    workers: Worker, WorkerId;
    claims: Balance, BalanceId;
    htlcs: Htlc, HtlcId;
    custom_authorities: CustomAuthority, CustomAuthorityId;
    tickets: Ticket, TicketId;
    liquidity_pools: LiquidityPool, LiquidityPoolId;
    samet_funds: SametFund, SametFundId;
    credit_offers: CreditOffer, CreditOfferId;
    credit_deals: CreditDeal, CreditDealId;
    global_properties: GlobalProperty, GlobalPropertyId;
    dynamic_properties: DynamicGlobalProperty, DynamicGlobalPropertyId;
    asset_dynamic_data: AssetDynamicData, AssetDynamicDataId;
    bitassets: AssetBitassetData, AssetBitassetDataId;
    balances: AccountBalance, AccountBalanceId;
    statistics: AccountStatistics, AccountStatisticsId;
    transactions: TransactionHistory, TransactionHistoryId;
    block_summaries: BlockSummary, BlockSummaryId;
    blinded_balances: BlindedBalance, BlindedBalanceId;
    chain_properties: ChainProperty, ChainPropertyId;
    witness_schedules: WitnessSchedule, WitnessScheduleId;
    budget_records: BudgetRecordObject, BudgetRecordId;
    special_authorities: SpecialAuthorityObject, SpecialAuthorityId;
    buybacks: Buyback, BuybackId;
    fba_accumulators: FbaAccumulator, FbaAccumulatorId;
    collateral_bids: CollateralBid, CollateralBidId;
    credit_deal_summaries: CreditDealSummary, CreditDealSummaryId;
    feature_settings: FeatureSettings, FeatureSettingsId;
    recurring: Recurring, RecurringId;
    escrows: Escrow, EscrowId;
    bond_offers: BondOffer, BondOfferId;
    bonds: Bond, BondId;
    option_series: OptionSeries, OptionSeriesId;
    option_positions: OptionPosition, OptionPositionId;
    titles: Title, TitleId;
    owned_objects: OwnedObject, OwnedObjectId;
    listings: Listing, ListingId;
    title_offers: TitleForSale, TitleOfferId;
    option_tranches: OptionTranche, OptionTrancheId;
}

impl Tables {
    /// Whether the genesis opted in to contracts that the reference does not have.
    pub fn opted_in(&self) -> bool {
        self.feature_settings.next_instance() > 0
    }

    /// Bytes of the old values that open sessions keep, by estimate.
    pub fn saved_bytes(&self) -> usize {
        let mut bytes = 0_usize;
        self.each(&mut |_, table| bytes = bytes.saturating_add(table.saved_bytes()));
        bytes
    }

    /// Whether the chain knows objects of that space.
    fn knows(&self, space: u8) -> bool {
        space != FeatureSettingsId::SPACE || self.opted_in()
    }
}

/// An object a session touched: what it was and what it is.
#[derive(Clone, Debug)]
pub struct ObjectChange {
    /// The object.
    pub id: ObjectId,
    /// Whether it was created.
    pub is_new: bool,
    /// Before the session, if that was asked for; none if it was created.
    pub old: Option<Arc<dyn AnyObject>>,
    /// Now; none if it was removed.
    pub new: Option<Arc<dyn AnyObject>>,
    /// The market that it is or was an order of.
    pub market: Option<Market>,
}

/// Whether it is gathered what objects were, which costs a copy of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Old {
    /// Of all.
    All,
    /// Of those that are gone or concern other accounts than before.
    WhereItTells,
}

/// How a session touched an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Touch {
    /// Created.
    Created,
    /// Changed.
    Changed,
    /// Removed.
    Removed,
}

/// Makes JSON of a row.
pub type RowJson = Box<dyn FnOnce(Dialect) -> Value + Send>;

/// Objects that were unpacked for a table, without their type.
pub struct AnyPart(Box<dyn Any + Send>);

/// Unpacks so many objects.
pub type Unpack = fn(u32, &mut Reader<'_>) -> Result<AnyPart, PackError>;

/// A table without its type.
pub trait AnyTable: Send {
    /// Number of objects.
    fn count(&self) -> usize;
    /// Bytes of memory, by estimate: see [`Table::bytes`].
    fn bytes(&self) -> usize;
    /// Bytes of the old values among them.
    fn saved_bytes(&self) -> usize;
    /// The instance number the next object gets.
    fn next_number(&self) -> u64;
    /// An object as JSON.
    fn json(&self, instance: u64, dialect: Dialect) -> Option<Value>;
    /// An object as it is now, to become JSON later, and its packed size in bytes.
    fn row(&self, instance: u64) -> Option<(usize, RowJson)>;
    /// The instance numbers of all objects, in order.
    fn numbers(&self) -> Vec<u64>;
    /// The instance numbers of objects from `first` on, in order, `most` at most.
    fn numbers_from(&self, first: u64, most: usize) -> Vec<u64>;
    /// What the newest session changed; markets are left out.
    fn changed(&self, old: Old) -> Vec<ObjectChange>;
    /// Which objects the newest session touched.
    fn touched(&self) -> Vec<(u64, Touch)>;
    /// Appends the packed form of the whole table: count, next number, objects.
    fn pack_all(&self, out: &mut Vec<u8>);
    /// Appends the next packed objects to `out`, until it has `limit` bytes or more, as they were
    /// before the oldest open session, which must stay open until the last piece is read.
    fn pack_base(&self, cursor: &mut BaseCursor, limit: usize, out: &mut Vec<u8>) -> Piece;
    /// The number the next object would have got before the oldest open session.
    fn base_next_number(&self) -> u64;
    /// What unpacks objects of the table, from outside the rules: it needs nothing of the table, so
    /// several parts can be unpacked beside each other.
    fn unpacker(&self) -> Unpack;
    /// Takes in what was unpacked for it; false if it is another table's. No session is open, and
    /// [`AnyTable::indexing`] is to follow.
    fn load(&mut self, part: AnyPart) -> bool;
    /// What makes the indexes of all objects, after they were loaded.
    fn indexing(&mut self) -> Vec<Job<'_>>;
    /// Writes an object from outside the rules.
    fn put_json(&mut self, value: &Value, dialect: Dialect) -> Result<(), JsonError>;
    /// Removes an object from outside the rules; false if there is none.
    fn take(&mut self, instance: u64) -> bool;
    /// Sets the number the next object gets.
    fn set_next_number(&mut self, next: u64);
}

/// Small values are inside of a row; what its packed form has more than it, the row owns.
fn owned_bytes<T: Pack>(row: &T) -> usize {
    let mut packed = Vec::new();
    row.pack(&mut packed);
    packed.len().saturating_sub(size_of::<T>())
}

fn concern_the_same<T: AnyObject>(one: &T, other: &T) -> bool {
    let (mut before, mut after) = (FlatSet::new(), FlatSet::new());
    one.concerns(&mut before);
    other.concerns(&mut after);
    before == after
}

fn unpack<T: Object + Pack + Send + 'static>(
    count: u32,
    input: &mut Reader<'_>,
) -> Result<AnyPart, PackError> {
    let mut part = Part::default();
    for _ in 0..count {
        part.push(T::unpack(input)?);
    }
    Ok(AnyPart(Box::new(part)))
}

impl<T> AnyTable for Table<T>
where
    T: Object<Index: Send> + JsonIn + Pack + AnyObject + Send + Sync + 'static,
{
    fn count(&self) -> usize {
        self.len()
    }

    fn bytes(&self) -> usize {
        self.bytes(owned_bytes)
    }

    fn saved_bytes(&self) -> usize {
        self.saved_bytes(owned_bytes)
    }

    fn next_number(&self) -> u64 {
        self.next_instance()
    }

    fn json(&self, instance: u64, dialect: Dialect) -> Option<Value> {
        self.get(instance).map(|row| row.to_json_in(dialect))
    }

    fn row(&self, instance: u64) -> Option<(usize, RowJson)> {
        let row = self.get(instance)?.clone();
        Some((Pack::packed_len(&row), Box::new(move |dialect| row.to_json_in(dialect))))
    }

    fn numbers(&self) -> Vec<u64> {
        self.iter().map(Object::instance).collect()
    }

    fn numbers_from(&self, first: u64, most: usize) -> Vec<u64> {
        self.iter_from(first).take(most).map(Object::instance).collect()
    }

    fn changed(&self, wanted: Old) -> Vec<ObjectChange> {
        let object = |row: &T| Some(Arc::new(row.clone()) as Arc<dyn AnyObject>);
        let changes = self.changes().into_iter().map(|change| match change {
            Change::Created(new) => (new.id(), true, None, object(new)),
            Change::Changed { old, new } if wanted == Old::All || !concern_the_same(old, new) => {
                (new.id(), false, object(old), object(new))
            }
            Change::Changed { new, .. } => (new.id(), false, None, object(new)),
            Change::Removed(old) => (old.id(), false, object(old), None),
        });
        let changes = changes.map(|(id, is_new, old, new)| ObjectChange {
            id,
            is_new,
            old,
            new,
            market: None,
        });
        changes.collect()
    }

    fn touched(&self) -> Vec<(u64, Touch)> {
        self.changes()
            .into_iter()
            .map(|change| match change {
                Change::Created(row) => (row.instance(), Touch::Created),
                Change::Changed { new, .. } => (new.instance(), Touch::Changed),
                Change::Removed(row) => (row.instance(), Touch::Removed),
            })
            .collect()
    }

    fn pack_all(&self, out: &mut Vec<u8>) {
        (self.len() as u64).pack(out);
        self.next_instance().pack(out);
        self.iter().for_each(|row| row.pack(out));
    }

    fn pack_base(&self, cursor: &mut BaseCursor, limit: usize, out: &mut Vec<u8>) -> Piece {
        cursor.read(self, limit, out)
    }

    fn base_next_number(&self) -> u64 {
        self.base_next_instance()
    }

    fn unpacker(&self) -> Unpack {
        unpack::<T>
    }

    fn load(&mut self, AnyPart(part): AnyPart) -> bool {
        let part = part.downcast::<Part<T>>();
        part.map(|part| self.load(*part)).is_ok()
    }

    fn indexing(&mut self) -> Vec<Job<'_>> {
        self.indexing()
    }

    fn put_json(&mut self, value: &Value, dialect: Dialect) -> Result<(), JsonError> {
        self.put(T::from_json_in(value, dialect)?);
        Ok(())
    }

    fn take(&mut self, instance: u64) -> bool {
        self.remove(instance).is_some()
    }

    fn set_next_number(&mut self, next: u64) {
        self.set_next_instance(next);
    }
}
