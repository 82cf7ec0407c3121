//! Accounts, their balances and their statistics (reference: `chain/account_object.hpp`).

use super::asked_order::AskedOrders;
use super::holdings::Holdings;
use carbyne_crypto::hash::sha256;
use carbyne_crypto::{Address, PublicKey};
use carbyne_graph::{Index, Job, NumberSet, Ranked, Rows, Sparse};
use carbyne_protocol::authority::{Authority, SpecialAuthority};
use carbyne_protocol::ids::*;
use carbyne_protocol::money::Asset;
use carbyne_protocol::ops::account::options::AccountOptions;
use carbyne_wire::{Empty, FlatSet, Rare, Text, TimePointSec, Wire};
use smallvec::SmallVec;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

#[cfg(test)]
mod tests;

/// What few accounts have; in bytes and in JSON its members stand among those of the account.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct AccountExtras {
    /// Accounts that list it as good.
    pub whitelisting_accounts: FlatSet<AccountId>,
    /// Accounts that list it as bad.
    pub blacklisting_accounts: FlatSet<AccountId>,
    /// Accounts it lists as good.
    pub whitelisted_accounts: FlatSet<AccountId>,
    /// Accounts it lists as bad.
    pub blacklisted_accounts: FlatSet<AccountId>,
    /// Where its cashback vests.
    pub cashback_vb: Option<VestingBalanceId>,
    /// Who else the owner authority follows.
    pub owner_special_authority: SpecialAuthority,
    /// Who else the active authority follows.
    pub active_special_authority: SpecialAuthority,
    /// Bits: 1 owner, 2 active authority is controlled by top holders.
    pub top_n_control_flags: u8,
    /// The only assets it may hold, if set.
    pub allowed_assets: Option<FlatSet<AssetId>>,
}

impl Empty for AccountExtras {
    const EMPTY: &'static Self = &Self {
        whitelisting_accounts: FlatSet::new(),
        blacklisting_accounts: FlatSet::new(),
        whitelisted_accounts: FlatSet::new(),
        blacklisted_accounts: FlatSet::new(),
        cashback_vb: None,
        owner_special_authority: SpecialAuthority::None,
        active_special_authority: SpecialAuthority::None,
        top_n_control_flags: 0,
        allowed_assets: None,
    };
}

/// An account.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct Account {
    /// Id.
    pub id: AccountId,
    /// When the membership ends; the last moment for lifetime members, 1970 for basic accounts.
    pub membership_expiration_date: TimePointSec,
    /// Who registered it.
    pub registrar: AccountId,
    /// Who referred it.
    pub referrer: AccountId,
    /// The lifetime member nearest above it.
    pub lifetime_referrer: AccountId,
    /// Part of its fees for the network, in basis points.
    pub network_fee_percentage: u16,
    /// Part of its fees for the lifetime referrer, in basis points.
    pub lifetime_referrer_fee_percentage: u16,
    /// Part of the rest for the referrer, in basis points.
    pub referrer_rewards_percentage: u16,
    /// Unique name.
    pub name: Text,
    /// Who may change everything.
    pub owner: Authority,
    /// Who may act in daily business.
    pub active: Authority,
    /// What it sets for itself.
    pub options: AccountOptions,
    /// Number of committee members it votes for.
    pub num_committee_voted: u16,
    /// Its statistics.
    pub statistics: AccountStatisticsId,
    /// What few accounts have.
    #[wire(base)]
    pub extras: Rare<AccountExtras>,
    /// Block that created it.
    pub creation_block_num: u32,
    /// Time of that block.
    pub creation_time: TimePointSec,
}
object!(Account, AccountIndex, holds [], concerns [id]);

impl Account {
    /// Whether its membership never ends.
    pub fn is_lifetime_member(&self) -> bool {
        self.membership_expiration_date == TimePointSec::MAX
    }

    /// Whether anybody but fixed keys and accounts controls it.
    pub fn has_special_authority(&self) -> bool {
        self.extras.owner_special_authority != SpecialAuthority::None
            || self.extras.active_special_authority != SpecialAuthority::None
    }

    /// Whether it is no member at `now`.
    pub fn is_basic_account(&self, now: TimePointSec) -> bool {
        now > self.membership_expiration_date
    }
}

/// What most transactions ask of an account, in one line of the processor's cache: with a million
/// accounts, reading a row is waiting for memory ten times as long.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(align(64))]
pub struct Brief {
    /// A key that satisfies the active authority alone.
    pub sole_key: Option<PublicKey>,
    /// Whether it may hold every asset that has no list of those who may.
    pub is_unlisted: bool,
    /// Its statistics.
    pub statistics: AccountStatisticsId,
}

impl Brief {
    fn of(account: &Account) -> Self {
        Self {
            sole_key: account.active.sole_key(),
            is_unlisted: account.extras.allowed_assets.is_none()
                && account.extras.blacklisting_accounts.is_empty(),
            statistics: account.statistics,
        }
    }
}

/// What the authorities and options of accounts name; for questions only, no rule asks it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Member {
    /// A key, by its bytes because the order of keys by address is costly.
    Key([u8; 33]),
    /// An address.
    Address([u8; 20]),
    /// An account.
    Account(AccountId),
}

impl Member {
    /// A number under which those that name it are found. Others may have the same: then the
    /// account is asked. Whoever names a key or an address chooses its bytes, so the number comes
    /// of a hash of them: nobody can make many that share one.
    fn mark(self) -> u64 {
        let (kind, part) = match self {
            Self::Key(key) => (0, first_bytes(&sha256(&key))),
            Self::Address(address) => (1, first_bytes(&sha256(&address))),
            Self::Account(account) => (2, account.0.wrapping_shl(KIND_BITS)),
        };
        part & (u64::MAX << KIND_BITS) | kind
    }

    /// Whether `account` names it.
    fn is_named_by(&self, account: &Account) -> bool {
        let mut authorities = [&account.owner, &account.active].into_iter();
        match self {
            Self::Key(key) => {
                account.options.memo_key.0 == *key
                    || authorities.any(|one| one.key_auths.keys().any(|named| named.0 == *key))
            }
            Self::Address(address) => {
                let is_it = |named: &Address| named.0 == *address;
                authorities.any(|one| one.address_auths.keys().any(is_it))
            }
            Self::Account(id) => authorities.any(|one| one.account_auths.contains_key(id)),
        }
    }
}

/// Bits of a mark that tell keys, addresses and accounts apart.
const KIND_BITS: u32 = 2;

fn first_bytes(bytes: &[u8]) -> u64 {
    bytes.first_chunk().map_or(0, |part| u64::from_be_bytes(*part))
}

/// Marks of what an account names, in order, each once; for most accounts one key in all places.
type Marks = SmallVec<[u64; 2]>;

fn marks(account: &Account) -> Marks {
    let mut marks = Marks::new();
    // What most have in several places is hashed once.
    let memo = &account.options.memo_key;
    let owner = account.owner.key_auths.keys().next().unwrap_or(memo);
    let known = [memo, owner];
    marks.push(Member::Key(memo.0).mark());
    if owner != memo {
        marks.push(Member::Key(owner.0).mark());
    }
    for authority in [&account.owner, &account.active] {
        let keys = authority.key_auths.keys().filter(|key| !known.contains(key));
        marks.extend(keys.map(|key| Member::Key(key.0).mark()));
        let addresses = authority.address_auths.keys();
        marks.extend(addresses.map(|address| Member::Address(address.0).mark()));
        marks.extend(authority.account_auths.keys().map(|id| Member::Account(*id).mark()));
    }
    marks.sort_unstable();
    marks.dedup();
    marks
}

/// Accounts by name, by what they name, and in brief.
#[derive(Clone, Debug, Default)]
pub struct AccountIndex {
    briefs: Sparse<Brief>,
    by_name: BTreeMap<Text, u64>,
    by_mark: BTreeSet<(u64, u64)>,
}

impl AccountIndex {
    /// The account of that name.
    pub fn find(&self, name: &Text) -> Option<AccountId> {
        self.by_name.get(name).map(|instance| carbyne_wire::Id(*instance))
    }

    /// An account in brief.
    #[inline]
    pub fn brief(&self, account: AccountId) -> Option<&Brief> {
        self.briefs.get(account.0)
    }

    /// Asks the processor for [`AccountIndex::brief`].
    #[inline]
    pub fn prefetch_brief(&self, account: AccountId) {
        self.briefs.prefetch(account.0);
    }

    /// Names from `first` on, in order, with their accounts.
    pub fn names_from(&self, first: &Text) -> impl Iterator<Item = (&Text, AccountId)> {
        self.by_name.range(first.clone()..).map(|(name, n)| (name, carbyne_wire::Id(*n)))
    }

    /// The accounts from `first` on that name `member`, in order of id. `find` finds accounts.
    pub fn naming<'a>(
        &'a self,
        member: Member,
        first: AccountId,
        find: impl Fn(AccountId) -> Option<&'a Account>,
    ) -> impl Iterator<Item = AccountId> {
        let mark = member.mark();
        let marked = self.by_mark.range((mark, first.0)..=(mark, u64::MAX));
        let accounts = marked.map(|(_, instance)| carbyne_wire::Id(*instance));
        accounts.filter(move |id| find(*id).is_some_and(|account| member.is_named_by(account)))
    }
}

impl Index<Account> for AccountIndex {
    type Keys = (Text, Marks, Brief);
    fn keys(row: &Account) -> Self::Keys {
        (row.name.clone(), marks(row), Brief::of(row))
    }
    fn insert(&mut self, instance: u64, (name, marks, brief): Self::Keys) {
        self.by_name.insert(name, instance);
        self.by_mark.extend(marks.into_iter().map(|mark| (mark, instance)));
        self.briefs.insert(instance, brief);
    }
    /// Trees that are made of what is in order need not be searched, and their nodes are full.
    fn fill<'a>(&'a mut self, rows: Rows<'a, Account>) -> Vec<Job<'a>> {
        let Self { briefs, by_name, by_mark } = self;
        let name = move || {
            let named = rows.iter().map(|(instance, account)| (account.name.clone(), instance));
            *by_name = named.collect();
        };
        let mark = move || {
            let mut marked = Vec::with_capacity(rows.len());
            for (instance, account) in rows.iter() {
                marked.extend(marks(account).into_iter().map(|mark| (mark, instance)));
            }
            marked.sort_unstable();
            *by_mark = marked.into_iter().collect();
        };
        let brief = move || {
            *briefs = Sparse::default();
            for (instance, account) in rows.iter() {
                briefs.insert(instance, Brief::of(account));
            }
        };
        vec![Box::new(mark), Box::new(name), Box::new(brief)]
    }
    fn remove(&mut self, instance: u64, (name, marks, _): Self::Keys) {
        self.by_name.remove(&name);
        for mark in marks {
            self.by_mark.remove(&(mark, instance));
        }
        self.briefs.remove(instance);
    }
}

/// What an account has of one asset.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct AccountBalance {
    /// Id.
    pub id: AccountBalanceId,
    /// Whose.
    pub owner: AccountId,
    /// Of what.
    pub asset_type: AssetId,
    /// How much, in smallest units.
    pub balance: i64,
    /// Whether it changed since the last maintenance; only of the core asset.
    pub maintenance_flag: bool,
}
object! {
    AccountBalance, BalanceIndex,
    holds |balance, _assets, sheet| {
        sheet.hold(Asset::new(balance.balance, balance.asset_type));
    },
    concerns [owner]
}

impl AccountBalance {
    /// A new balance of `amount`.
    pub fn new(owner: AccountId, amount: Asset) -> Self {
        Self {
            id: carbyne_wire::Id(0),
            owner,
            asset_type: amount.asset_id,
            balance: amount.amount,
            maintenance_flag: amount.asset_id == carbyne_protocol::constants::CORE,
        }
    }
}

/// Balances by account and asset and by asset, those that maintenance has to look at, and holders
/// by amount.
#[derive(Clone, Debug, Default)]
pub struct BalanceIndex {
    by_account: Sparse<Holdings>,
    /// For questions only.
    by_asset: BTreeMap<AssetId, Ranked<u64>>,
    flagged: NumberSet,
    /// The largest first, of equal ones the account with the smallest id; for questions only.
    by_amount: AskedOrders<AssetId, HolderPlace>,
}

impl BalanceIndex {
    /// The balance object of an account and asset.
    #[inline]
    pub fn find(&self, account: AccountId, asset: AssetId) -> Option<u64> {
        self.by_account.get(account.0)?.find(asset)
    }

    /// Asks the processor for [`BalanceIndex::find`].
    #[inline]
    pub fn prefetch(&self, account: AccountId) {
        self.by_account.prefetch(account.0);
    }

    /// How many balance objects there are of an asset.
    pub fn count(&self, asset: AssetId) -> u64 {
        self.by_asset.get(&asset).map_or(0, |numbers| numbers.len() as u64)
    }

    /// Works on the order of the holders of an asset, `steps` at most; whether it is ready. `find`
    /// finds balances.
    pub fn prepare_holders<'a>(
        &self,
        asset: AssetId,
        steps: usize,
        find: impl Fn(AccountBalanceId) -> Option<&'a AccountBalance>,
    ) -> bool {
        let numbers = self.by_asset.get(&asset);
        let rows = |first: u64| {
            let numbers = numbers.into_iter().flat_map(move |numbers| numbers.from(&first));
            let rows = numbers.filter_map(move |number| find(carbyne_wire::Id(*number)));
            rows.map(|row| (row.id.0, holder_place(row.balance, row.owner)))
        };
        self.by_amount.prepare(asset, steps, rows)
    }

    /// What holders of an asset have, the largest first, of equal ones the account with the
    /// smallest id: as many as `limit` behind `skipped` others. Only when their order is ready.
    pub fn holders(&self, asset: AssetId, skipped: usize, limit: usize) -> Vec<(i64, AccountId)> {
        let wanted = |holders: &Ranked<_>| holders.skip(skipped).take(limit).map(holder).collect();
        self.by_amount.of(&asset, wanted).unwrap_or_default()
    }

    /// The same from an amount and an account on.
    pub fn holders_from(
        &self,
        asset: AssetId,
        (amount, owner): (i64, AccountId),
        limit: usize,
    ) -> Vec<(i64, AccountId)> {
        let first = (Reverse(amount), owner);
        let wanted = |holders: &Ranked<_>| holders.from(&first).take(limit).map(holder).collect();
        self.by_amount.of(&asset, wanted).unwrap_or_default()
    }

    /// All balance objects of an account, in order of asset.
    pub fn of_account(
        &self,
        account: AccountId,
    ) -> impl Iterator<Item = (AssetId, AccountBalanceId)> {
        let holdings = self.by_account.get(account.0).into_iter().flat_map(Holdings::iter);
        holdings.map(|(asset, instance)| (asset, carbyne_wire::Id(instance)))
    }

    /// The balance objects whose `maintenance_flag` is set.
    pub fn flagged(&self) -> impl Iterator<Item = AccountBalanceId> {
        self.flagged.iter().map(carbyne_wire::Id)
    }
}

/// Place of a holder.
type HolderPlace = (Reverse<i64>, AccountId);

/// Who has nothing is no holder.
fn holder_place(amount: i64, owner: AccountId) -> Option<HolderPlace> {
    (amount != 0).then_some((Reverse(amount), owner))
}

fn holder((amount, owner): &HolderPlace) -> (i64, AccountId) {
    (amount.0, *owner)
}

impl Index<AccountBalance> for BalanceIndex {
    type Keys = (AccountId, AssetId, bool, i64);
    #[inline]
    fn keys(row: &AccountBalance) -> Self::Keys {
        (row.owner, row.asset_type, row.maintenance_flag, row.balance)
    }
    fn insert(&mut self, instance: u64, (account, asset, is_flagged, balance): Self::Keys) {
        if is_flagged {
            self.flagged.insert(instance);
        }
        self.by_asset.entry(asset).or_default().insert(instance);
        self.by_amount.note(&asset, instance, [None, holder_place(balance, account)]);
        if let Some(holdings) = self.by_account.get_or_insert_with(account.0, Holdings::default) {
            holdings.insert(asset, instance);
        }
    }
    fn remove(&mut self, instance: u64, (account, asset, is_flagged, balance): Self::Keys) {
        if is_flagged {
            self.flagged.remove(instance);
        }
        if let Some(numbers) = self.by_asset.get_mut(&asset) {
            numbers.remove(&instance);
            if numbers.is_empty() {
                self.by_asset.remove(&asset);
            }
        }
        self.by_amount.note(&asset, instance, [holder_place(balance, account), None]);
        if let Some(holdings) = self.by_account.get_mut(account.0) {
            holdings.remove(instance);
        }
    }
    /// A balance never changes its owner or asset: only the mark and the amount are left.
    #[inline]
    fn update(&mut self, instance: u64, before: Self::Keys, after: Self::Keys) {
        let (account, asset, is_flagged, balance) = after;
        let places = [before.3, balance].map(|amount| holder_place(amount, account));
        if before.2 != is_flagged {
            mark(&mut self.flagged, instance, is_flagged);
        }
        self.by_amount.note(&asset, instance, places);
    }
}

fn mark(marked: &mut NumberSet, instance: u64, is_marked: bool) {
    if is_marked {
        marked.insert(instance);
    } else {
        marked.remove(instance);
    }
}

/// What the tickets of an account are worth; few have any. In bytes and in JSON its members stand
/// among those of the statistics.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
#[wire(plain)]
pub struct TicketSums {
    /// Core in tickets locked forever whose value is gone, in smallest units.
    pub total_core_inactive: i64,
    /// Core in tickets locked forever that have value, in smallest units.
    pub total_core_pob: i64,
    /// Core in all other tickets, in smallest units.
    pub total_core_pol: i64,
    /// Voting value of the tickets locked forever.
    pub total_pob_value: i64,
    /// Voting value of all other tickets.
    pub total_pol_value: i64,
}

impl Empty for TicketSums {
    const EMPTY: &'static Self = &Self {
        total_core_inactive: 0,
        total_core_pob: 0,
        total_core_pol: 0,
        total_pob_value: 0,
        total_pol_value: 0,
    };
}

/// What the votes of an account came to, and what else counts with them; most have none. In bytes
/// and in JSON its members stand among those of the statistics.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
#[wire(plain)]
pub struct Voting {
    /// Whether it has cashback that vests.
    pub has_cashback_vb: bool,
    /// Whether it votes, itself or through another.
    pub is_voting: bool,
    /// When it last changed its votes.
    pub last_vote_time: TimePointSec,
    /// Voting power before decay.
    pub vp_all: u64,
    /// Voting power after decay.
    pub vp_active: u64,
    /// Voting power for committee members.
    pub vp_committee: u64,
    /// Voting power for witnesses.
    pub vp_witness: u64,
    /// Voting power for workers.
    pub vp_worker: u64,
    /// When its votes were last counted.
    pub vote_tally_time: TimePointSec,
}

impl Empty for Voting {
    const EMPTY: &'static Self = &Self {
        has_cashback_vb: false,
        is_voting: false,
        last_vote_time: TimePointSec(0),
        vp_all: 0,
        vp_active: 0,
        vp_committee: 0,
        vp_witness: 0,
        vp_worker: 0,
        vote_tally_time: TimePointSec(0),
    };
}

/// Numbers about an account that change often, apart from the account itself.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
#[wire(plain)]
pub struct AccountStatistics {
    /// Id.
    pub id: AccountStatisticsId,
    /// Whose.
    pub owner: AccountId,
    /// The account's name.
    pub name: Text,
    /// Core in open orders and the like, in smallest units.
    pub total_core_in_orders: i64,
    /// What its tickets are worth.
    #[wire(base)]
    pub tickets: Rare<TicketSums>,
    /// Core balance at the last maintenance, in smallest units.
    pub core_in_balance: i64,
    /// What its votes came to.
    #[wire(base)]
    pub voting: Rare<Voting>,
    /// Fees paid in its life, in smallest units of core.
    pub lifetime_fees_paid: i64,
    /// Fees to be shared out at the next maintenance, in smallest units of core.
    pub pending_fees: i64,
    /// The same, for parts that need not vest.
    pub pending_vested_fees: i64,
}
object! {
    AccountStatistics, StatisticsIndex,
    holds |statistics, _assets, sheet| {
        sheet.hold(Asset::core(statistics.pending_fees));
        sheet.hold(Asset::core(statistics.pending_vested_fees));
    },
    concerns [owner]
}

impl AccountStatistics {
    /// Whether it votes with some core.
    pub fn has_some_core_voting(&self) -> bool {
        self.voting.is_voting
            && (self.total_core_in_orders > 0
                || self.core_in_balance > 0
                || self.voting.has_cashback_vb
                || self.tickets.total_core_pol > 0)
    }

    /// Whether fees wait to be shared out.
    pub fn has_pending_fees(&self) -> bool {
        self.pending_fees > 0 || self.pending_vested_fees > 0
    }

    /// Whether maintenance has to look at it.
    pub fn needs_maintenance(&self) -> bool {
        self.has_some_core_voting() || self.has_pending_fees()
    }
}

/// Place of somebody whose votes were counted: who was counted last is first, of these the most
/// powerful, of equals the one with the smallest id.
pub type VoterPlace = (Reverse<(TimePointSec, u64)>, AccountStatisticsId);

/// Statistics that maintenance has to look at, and those of accounts whose votes were ever counted,
/// by voting power; the latter for questions only, no rule asks it.
#[derive(Clone, Debug, Default)]
pub struct StatisticsIndex {
    due: NumberSet,
    by_power: AskedOrders<(), VoterPlace>,
}

impl StatisticsIndex {
    /// The statistics that need maintenance, in order of id.
    pub fn due(&self) -> &NumberSet {
        &self.due
    }

    /// Works on the order of voters, `steps` at most; whether it is ready. `rows` are the
    /// statistics from a number on.
    pub fn prepare_voters<'a, R: Iterator<Item = &'a AccountStatistics>>(
        &self,
        steps: usize,
        rows: impl FnOnce(u64) -> R,
    ) -> bool {
        let place = |row: &AccountStatistics| (row.id.0, voter_place(row.id, power(row)));
        self.by_power.prepare((), steps, |first| rows(first).map(place))
    }

    /// As many as `limit` voters from a place on. Only when their order is ready.
    pub fn voters_from(&self, first: &VoterPlace, limit: usize) -> Vec<AccountStatisticsId> {
        let wanted =
            |all: &Ranked<VoterPlace>| all.from(first).take(limit).map(|one| one.1).collect();
        self.by_power.of(&(), wanted).unwrap_or_default()
    }
}

/// When votes were counted last, and their power.
type Power = Option<(TimePointSec, u64)>;

fn power(row: &AccountStatistics) -> Power {
    let voting = &*row.voting;
    let is_counted = voting.vote_tally_time != TimePointSec::default();
    is_counted.then_some((voting.vote_tally_time, voting.vp_active))
}

fn voter_place(id: AccountStatisticsId, power: Power) -> Option<VoterPlace> {
    power.map(|power| (Reverse(power), id))
}

impl Index<AccountStatistics> for StatisticsIndex {
    type Keys = (bool, Power);
    #[inline]
    fn keys(row: &AccountStatistics) -> Self::Keys {
        (row.needs_maintenance(), power(row))
    }
    fn insert(&mut self, instance: u64, keys: Self::Keys) {
        self.update(instance, (false, None), keys);
    }
    fn remove(&mut self, instance: u64, keys: Self::Keys) {
        self.update(instance, keys, (false, None));
    }
    #[inline]
    fn update(&mut self, instance: u64, before: Self::Keys, after: Self::Keys) {
        if before.0 != after.0 {
            mark(&mut self.due, instance, after.0);
        }
        let place = |power| voter_place(carbyne_wire::Id(instance), power);
        self.by_power.note(&(), instance, [before.1, after.1].map(place));
    }
}
