//! Blocks in short form: taken apart where they are sent, put together where they are received.
//!
//! Invariant: what is put together is no longer than a message may be, and is taken for the block
//! only if its hash is that of the block's message, so a name that fits two transactions costs a
//! way to the peer, never a wrong block. This file must never know who asked whom.

use crate::frame::PAYLOAD_BYTES_MAX;
use crate::message::{CompactBlock, CompactTransaction, ShortName, message_hash};
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::transaction::{SignedHeader, SignedTransaction};
use carbyne_wire::{Bytes, Digest, Hash160, Pack, Reader, Tags, pack_varint};
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

/// Blocks that are kept taken apart: more than there are payloads of, so that nobody can have us do
/// that again and again.
const KEPT: usize = 8;

/// How the hash of a transaction's message begins.
pub(crate) fn name_of(hash: &Hash160) -> ShortName {
    Digest(hash.0.first_chunk().copied().unwrap_or_default())
}

/// The entry of that name; none if two have it.
pub(crate) fn only_named<'a, V>(
    entries: &'a BTreeMap<Hash160, V>,
    name: &ShortName,
) -> Option<(&'a Hash160, &'a V)> {
    let mut first = Digest([0; 20]);
    first.0.iter_mut().zip(name.0).for_each(|(byte, of_name)| *byte = of_name);
    let mut named = entries.range(first..).take_while(|(hash, _)| name_of(hash) == *name);
    let found = named.next()?;
    named.next().is_none().then_some(found)
}

/// The payload of a block's message, and where its transactions are in it.
#[derive(Debug)]
pub(crate) struct Parts {
    payload: Arc<[u8]>,
    /// Where the header ends.
    header: usize,
    each: Vec<Part>,
}

/// A transaction in a block.
#[derive(Clone, Copy, Debug)]
struct Part {
    hash: Hash160,
    begin: usize,
    /// Where the transaction ends and its results begin.
    middle: usize,
    end: usize,
}

impl Parts {
    /// Takes a payload apart; none if it is not that of a block.
    fn of(payload: &Arc<[u8]>) -> Option<Self> {
        // Whether the chain knows what is in it was asked when it came.
        let mut input = Reader::new(payload, Tags::All);
        let at = |input: &Reader<'_>| payload.len().saturating_sub(input.remaining());
        SignedHeader::unpack(&mut input).ok()?;
        let header = at(&input);
        let count = input.count().ok()?;
        let mut each = Vec::new();
        for _ in 0..count {
            let begin = at(&input);
            SignedTransaction::unpack(&mut input).ok()?;
            let middle = at(&input);
            Vec::<OperationResult>::unpack(&mut input).ok()?;
            let hash = message_hash(payload.get(begin..middle)?);
            each.push(Part { hash, begin, middle, end: at(&input) });
        }
        Some(Self { payload: payload.clone(), header, each })
    }

    /// The block in short form; a transaction that the receiver does not have is given.
    pub(crate) fn compact(&self, block: Hash160, has: impl Fn(&Hash160) -> bool) -> CompactBlock {
        let bytes =
            |from: usize, to: usize| Bytes(self.payload.get(from..to).unwrap_or_default().to_vec());
        let short = |part: &Part| CompactTransaction {
            name: name_of(&part.hash),
            results: bytes(part.middle, part.end),
            given: if has(&part.hash) { Bytes::default() } else { bytes(part.begin, part.middle) },
        };
        let id = self.payload.last_chunk().copied().unwrap_or_default();
        CompactBlock {
            block,
            header: bytes(0, self.header),
            transactions: self.each.iter().map(short).collect(),
            id: Digest(id),
        }
    }

    /// The transactions at some places, which rise; none if they do not, or there is none there.
    pub(crate) fn at(&self, places: &[u32]) -> Option<Vec<Bytes>> {
        let rises = places.is_sorted_by(|one, other| one < other);
        let transaction = |place: &u32| {
            let part = self.each.get(usize::try_from(*place).ok()?)?;
            Some(Bytes(self.payload.get(part.begin..part.middle)?.to_vec()))
        };
        rises.then(|| places.iter().map(transaction).collect())?
    }
}

/// The last blocks that were taken apart.
#[derive(Debug, Default)]
pub(crate) struct TakenApart(VecDeque<(Hash160, Arc<Parts>)>);

impl TakenApart {
    /// A block's parts; none if the payload is not that of a block.
    pub(crate) fn parts(&mut self, block: Hash160, payload: &Arc<[u8]>) -> Option<Arc<Parts>> {
        if let Some((_, parts)) = self.0.iter().find(|(kept, _)| *kept == block) {
            return Some(parts.clone());
        }
        let parts = Arc::new(Parts::of(payload)?);
        self.keep(block, parts.clone());
        Some(parts)
    }

    /// Keeps a block that was put together, which has been taken apart already.
    pub(crate) fn keep(&mut self, block: Hash160, parts: Arc<Parts>) {
        self.0.push_front((block, parts));
        self.0.truncate(KEPT);
    }
}

/// Something is wrong with a block in short form, whoever looks at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct False;

/// A block in short form of which some transactions may be missing.
#[derive(Debug)]
pub(crate) struct Half {
    header: Bytes,
    id: Hash160,
    slots: Vec<Slot>,
    /// Bytes of all that is here.
    size: usize,
}

#[derive(Debug)]
struct Slot {
    name: ShortName,
    results: Bytes,
    transaction: Option<(Hash160, Arc<[u8]>)>,
}

impl Half {
    /// Looks what of a block is here; `find` finds a transaction by its name.
    pub(crate) fn new(
        block: CompactBlock,
        find: impl Fn(&ShortName) -> Option<(Hash160, Arc<[u8]>)>,
    ) -> Result<Self, False> {
        let header = block.header;
        let size = header.len();
        let mut half = Self { header, id: block.id, slots: Vec::new(), size };
        for CompactTransaction { name, results, given } in block.transactions {
            half.grow(results.len())?;
            let transaction = match given.is_empty() {
                true => find(&name),
                false => Some(named(&name, given)?),
            };
            half.grow(transaction.as_ref().map_or(0, |(_, bytes)| bytes.len()))?;
            half.slots.push(Slot { name, results, transaction });
        }
        Ok(half)
    }

    fn grow(&mut self, bytes: usize) -> Result<(), False> {
        self.size = self.size.saturating_add(bytes);
        if self.size > PAYLOAD_BYTES_MAX { Err(False) } else { Ok(()) }
    }

    /// The places of the transactions that are missing.
    pub(crate) fn missing(&self) -> Vec<u32> {
        let places = (0..).zip(&self.slots);
        places.filter(|(_, slot)| slot.transaction.is_none()).map(|(place, _)| place).collect()
    }

    /// Transactions of the block.
    pub(crate) fn len(&self) -> usize {
        self.slots.len()
    }

    /// Bytes held.
    pub(crate) fn size(&self) -> usize {
        self.size
    }

    /// Takes in all that were missing.
    pub(crate) fn fill(&mut self, transactions: Vec<Bytes>) -> Result<(), False> {
        let bytes = transactions.iter().map(|bytes| bytes.len()).fold(0, usize::saturating_add);
        self.grow(bytes)?;
        let mut came = transactions.into_iter();
        for slot in self.slots.iter_mut().filter(|slot| slot.transaction.is_none()) {
            slot.transaction = Some(named(&slot.name, came.next().ok_or(False)?)?);
        }
        came.next().map_or(Ok(()), |_| Err(False))
    }

    /// The payload of the block's message; to be called when nothing is missing.
    pub(crate) fn build(self) -> Parts {
        let mut payload = Vec::with_capacity(self.size.saturating_add(64));
        payload.extend_from_slice(&self.header);
        let mut each = Vec::with_capacity(self.slots.len());
        pack_varint(self.slots.len() as u64, &mut payload);
        for Slot { results, transaction, .. } in self.slots {
            let (hash, bytes) = transaction.unwrap_or_default();
            let begin = payload.len();
            payload.extend_from_slice(&bytes);
            let middle = payload.len();
            payload.extend_from_slice(&results);
            each.push(Part { hash, begin, middle, end: payload.len() });
        }
        self.id.pack(&mut payload);
        Parts { payload: payload.into(), header: self.header.len(), each }
    }
}

impl Parts {
    /// The payload of the block's message.
    pub(crate) fn payload(&self) -> &Arc<[u8]> {
        &self.payload
    }
}

/// A transaction that has the name it is given for.
fn named(name: &ShortName, transaction: Bytes) -> Result<(Hash160, Arc<[u8]>), False> {
    let hash = message_hash(&transaction);
    if name_of(&hash) == *name { Ok((hash, transaction.0.into())) } else { Err(False) }
}
