//! Transactions and blocks with everything about them that needs no state: ids, sizes, keys that
//! signed.
//!
//! Invariant: what is known about a transaction was computed from that transaction, because only
//! the constructors here can say it. Made by workers; the core only compares. Never knows the state
//! of a chain.

use crate::ids::{AccountId, WitnessId};
use crate::ops::Operation;
use crate::reference_words::{self as asked, Asked};
use crate::required::needs_only;
use crate::transaction::{
    BlockHeader, ProcessedTransaction, SignedBlock, SignedHeader, SignedTransaction, merkle_root_of,
};
use crate::{ErrorCode, Rejected};
use carbyne_crypto::batch::{self, Claim, KnownKey};
use carbyne_crypto::hash::sha256;
use carbyne_crypto::{PublicKey, Signature, SignatureError};
use carbyne_wire::{Digest, FlatSet, Hash160, Pack, TimePointSec, VarUint};
use smallvec::SmallVec;
use std::num::NonZeroUsize;
use std::sync::Arc;

refusals! {
    /// Why a transaction or block is refused before the state is asked.
    pub enum RecoveryRefusal {
        /// A transaction without operations.
        NoOperations: "a transaction needs at least one operation",
        /// The same key signed twice.
        DuplicateSignature [DUPLICATE_SIGNATURE]: "the same key signed twice",
        /// A signature from which no key can be recovered.
        BadSignature { error: SignatureError, asked: Asked }: "{error}",
        /// A signature whose first byte says nothing.
        BadRecoveryByte { byte: u8 } [UNSPECIFIED]:
            "the first byte of a signature is {byte}, which says nothing about its key",
        /// The keys are asked for and were never recovered.
        NotRecovered: "the signatures were not recovered",
    }
}

/// Keys in order, each once: most transactions have one.
pub type Keys = SmallVec<[PublicKey; 1]>;

/// Whether the costly half is computed: keys from signatures, and digests over a block's
/// transactions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recover {
    /// Everything.
    Signatures,
    /// Only ids and sizes; checks that need more will refuse.
    Nothing,
}

/// What is believed of who signs: it makes work cheaper when it is right, and changes nothing when
/// it is wrong.
pub trait Signers: Sync {
    /// The keys with which these accounts are believed to sign, as far as anything is believed.
    fn believed(&self, accounts: &[AccountId]) -> Vec<Option<KnownKey>>;

    /// What transactions with one signature have shown.
    fn learn(&self, shown: &[Signed]);

    /// The same of these witnesses and the blocks that they make.
    fn believed_of_witnesses(&self, witnesses: &[WitnessId]) -> Vec<Option<KnownKey>>;

    /// What blocks have shown: whose they say they are, and the key that signed them.
    fn learn_of_witnesses(&self, shown: &[(WitnessId, PublicKey)]);
}

/// Who pays for a transaction, and the one key that signed it.
#[derive(Clone, Copy, Debug)]
pub struct Signed {
    /// Who pays for its first operation.
    pub payer: AccountId,
    /// The key.
    pub key: PublicKey,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum KeyError {
    NotRecovered,
    Duplicate,
    Signature(SignatureError),
}

impl From<KeyError> for Rejected {
    fn from(error: KeyError) -> Self {
        match error {
            KeyError::NotRecovered => RecoveryRefusal::NotRecovered.into(),
            KeyError::Duplicate => RecoveryRefusal::DuplicateSignature.into(),
            KeyError::Signature(SignatureError::RecoveryByte(byte)) => {
                RecoveryRefusal::BadRecoveryByte { byte }.into()
            }
            KeyError::Signature(error @ SignatureError::NotCanonical) => {
                let asked = asked::transaction::SIGNATURE_NOT_CANONICAL;
                RecoveryRefusal::BadSignature { error, asked }.into()
            }
            KeyError::Signature(error @ SignatureError::NoKey) => {
                let asked = asked::transaction::SIGNATURE_WITHOUT_KEY;
                RecoveryRefusal::BadSignature { error, asked }.into()
            }
        }
    }
}

/// What is known of a transaction without state. Only made from that transaction.
#[derive(Clone, Debug)]
pub struct Facts {
    id: Hash160,
    unsigned_size: usize,
    /// With the signatures.
    size: usize,
    valid: Result<(), Rejected>,
    alone: Option<AccountId>,
    touched: Touched,
    /// The digest under which it stands in a block that keeps no results, if keys were recovered.
    in_block: [u8; 32],
    keys: Result<Keys, KeyError>,
}

/// Accounts that a transaction is about: mostly two.
type Touched = SmallVec<[AccountId; 2]>;

/// So many of them are told ahead.
const TOUCHED_MAX: usize = 64;

/// Bytes of the count of results behind a transaction in a block that keeps none.
const NO_RESULTS: usize = 1;

impl Facts {
    fn of(transaction: &SignedTransaction, chain_id: &Digest<32>, recover: Recover) -> Self {
        let (mut facts, digest) = Self::without_keys(transaction, chain_id, recover);
        if recover == Recover::Signatures {
            facts.keys = keys(transaction, &digest);
        }
        facts
    }

    /// Everything but the keys, and the digest that was signed.
    fn without_keys(
        transaction: &SignedTransaction,
        chain_id: &Digest<32>,
        recover: Recover,
    ) -> (Self, [u8; 32]) {
        let mut bytes = Vec::with_capacity(512);
        bytes.extend_from_slice(&chain_id.0);
        transaction.pack_unsigned(&mut bytes);
        let unsigned = bytes.get(chain_id.0.len()..).unwrap_or_default();
        let unsigned_size = unsigned.len();
        let id = sha256(unsigned).first_chunk().copied().unwrap_or_default();
        let mut facts = Self {
            id: Digest(id),
            unsigned_size,
            size: unsigned_size.saturating_add(transaction.signatures.packed_len()),
            valid: check_stateless(transaction),
            alone: needs_only(&transaction.operations),
            touched: touched(transaction),
            in_block: [0; 32],
            keys: Err(KeyError::NotRecovered),
        };
        let mut digest = [0; 32];
        if recover == Recover::Signatures {
            digest = sha256(&bytes);
            transaction.signatures.pack(&mut bytes);
            bytes.extend_from_slice(&[0; NO_RESULTS]);
            facts.in_block = sha256(bytes.get(chain_id.0.len()..).unwrap_or_default());
        }
        (facts, digest)
    }

    /// What is known of several transactions, keys included. Where what is believed of who signs is
    /// right, most of it costs a third.
    fn of_all(
        transactions: &[&SignedTransaction],
        chain_id: &Digest<32>,
        signers: &dyn Signers,
    ) -> Vec<Self> {
        let drafts = transactions.iter().map(|one| {
            let (facts, digest) = Self::without_keys(one, chain_id, Recover::Signatures);
            (*one, facts, digest)
        });
        let mut drafts: Vec<Draft<'_>> = drafts.collect();
        show_believed(&mut drafts, signers);
        let mut learned = Vec::new();
        for (transaction, facts, digest) in &mut drafts {
            if facts.keys == Err(KeyError::NotRecovered) {
                facts.keys = keys(transaction, digest);
            }
            if let (Some(payer), Ok([key])) = (only_signer(transaction), facts.keys.as_deref()) {
                learned.push(Signed { payer, key: *key });
            }
        }
        signers.learn(&learned);
        drafts.into_iter().map(|(_, facts, _)| facts).collect()
    }

    /// The digest under which it stands in a block without results, if it is known.
    fn in_block(&self) -> Option<[u8; 32]> {
        (self.keys != Err(KeyError::NotRecovered)).then_some(self.in_block)
    }

    /// The id of the transaction.
    #[inline]
    pub fn id(&self) -> Hash160 {
        self.id
    }

    /// The account whose active authority is all that the transaction needs, if one's is.
    #[inline]
    pub fn alone(&self) -> Option<AccountId> {
        self.alone
    }

    /// Accounts that the transaction is about, as far as it is worth knowing them ahead; who pays
    /// for its first operation comes first.
    #[inline]
    pub fn touched(&self) -> &[AccountId] {
        &self.touched
    }

    /// Length of the packed transaction without its signatures, in bytes.
    #[inline]
    pub fn unsigned_size(&self) -> usize {
        self.unsigned_size
    }

    /// The keys that signed.
    #[inline]
    pub fn keys(&self) -> Result<&[PublicKey], Rejected> {
        self.keys.as_deref().map_err(|error| (*error).into())
    }

    /// Refuses what no state could make valid. The reason is kept: whoever asks must not pay for
    /// the mathematics of all operations before the one that is refused.
    #[inline]
    pub fn validate(&self) -> Result<(), Rejected> {
        self.valid.clone()
    }
}

/// A transaction, what is known of it but perhaps its keys, and the digest that was signed.
type Draft<'a> = (&'a SignedTransaction, Facts, [u8; 32]);

/// Who pays for a transaction with one signature.
fn only_signer(transaction: &SignedTransaction) -> Option<AccountId> {
    let operation = transaction.operations.first()?;
    (transaction.signatures.len() == 1).then(|| operation.stateless().payer())
}

/// Gives those their key of which it can be shown together that what is believed is true.
fn show_believed(drafts: &mut [Draft<'_>], signers: &dyn Signers) {
    let single = |place: usize, draft: &Draft<'_>| Some((place, only_signer(draft.0)?));
    let single = drafts.iter().enumerate().filter_map(|(place, draft)| single(place, draft));
    let (places, payers): (Vec<usize>, Vec<AccountId>) = single.unzip();
    let believed = places.into_iter().zip(signers.believed(&payers));
    let claims = believed.filter_map(|(place, key)| {
        let (transaction, _, digest) = drafts.get(place)?;
        let signature = *transaction.signatures.first()?;
        Some((place, Claim { digest: *digest, signature, key: key? }))
    });
    let (places, claims): (Vec<usize>, Vec<Claim>) = claims.unzip();
    let shown = batch::shown(&claims);
    for ((place, claim), _) in
        places.into_iter().zip(&claims).zip(shown).filter(|(_, shown)| *shown)
    {
        if let Some((_, facts, _)) = drafts.get_mut(place) {
            facts.keys = Ok(Keys::from_slice(&[claim.key.key()]));
        }
    }
}

/// Whom a transaction is about, the first payer first. No more is gathered than is kept: what is
/// known of a transaction lives as long as it waits.
fn touched(transaction: &SignedTransaction) -> Touched {
    let whom = |operation: &Operation| {
        let mut accounts = FlatSet::new();
        operation.stateless().touch(&mut accounts);
        let payer = operation.stateless().payer();
        std::iter::once(payer).chain(accounts.into_iter().filter(move |id| *id != payer))
    };
    transaction.operations.iter().flat_map(whom).take(TOUCHED_MAX).collect()
}

fn check_stateless(transaction: &SignedTransaction) -> Result<(), Rejected> {
    ensure!(!transaction.operations.is_empty(), RecoveryRefusal::NoOperations);
    transaction.operations.iter().try_for_each(|op| op.stateless().check_stateless())
}

fn keys(transaction: &SignedTransaction, sig_digest: &[u8; 32]) -> Result<Keys, KeyError> {
    let mut keys = Keys::new();
    for signature in &transaction.signatures {
        keys.push(carbyne_crypto::recover(sig_digest, signature).map_err(KeyError::Signature)?);
    }
    if keys.len() > 1 {
        // By bytes: the order of keys by address costs two hashes per comparison.
        let mut sorted: Vec<&[u8; 33]> = keys.iter().map(|key| &key.0).collect();
        sorted.sort_unstable();
        if sorted.array_windows().any(|[left, right]| left == right) {
            return Err(KeyError::Duplicate);
        }
    }
    Ok(keys)
}

/// A transaction whose signatures were turned into keys.
#[derive(Clone, Debug)]
pub struct RecoveredTransaction {
    transaction: Arc<SignedTransaction>,
    facts: Facts,
}

impl RecoveredTransaction {
    /// Computes what is known without state.
    pub fn new(
        transaction: SignedTransaction,
        chain_id: &Digest<32>,
        recover: Recover,
    ) -> RecoveredTransaction {
        let facts = Facts::of(&transaction, chain_id, recover);
        Self { transaction: Arc::new(transaction), facts }
    }

    /// Computes what is known without state of several, their keys included.
    pub fn all(
        transactions: Vec<SignedTransaction>,
        chain_id: &Digest<32>,
        signers: &dyn Signers,
    ) -> Vec<RecoveredTransaction> {
        let facts = Facts::of_all(&transactions.iter().collect::<Vec<_>>(), chain_id, signers);
        let both = transactions.into_iter().zip(facts);
        both.map(|(transaction, facts)| Self { transaction: Arc::new(transaction), facts })
            .collect()
    }

    /// The transaction.
    #[inline]
    pub fn transaction(&self) -> &Arc<SignedTransaction> {
        &self.transaction
    }

    /// Its id.
    #[inline]
    pub fn id(&self) -> Hash160 {
        self.facts.id
    }

    /// Length of the packed transaction, signatures included, in bytes.
    #[inline]
    pub fn size(&self) -> usize {
        self.facts.size
    }

    /// Refuses what no state could make valid, bad signatures included.
    pub fn validate(&self) -> Result<(), Rejected> {
        self.facts.validate()?;
        self.facts.keys().map(|_| ())
    }

    /// The keys that signed, each once.
    pub fn keys(&self) -> Result<&[PublicKey], Rejected> {
        self.facts.keys()
    }

    /// What is to be remembered of its refusal.
    pub fn refused(&self, reason: &Rejected) -> RefusedTransaction {
        RefusedTransaction {
            id: self.id(),
            expiration: self.transaction.expiration,
            code: reason.code(),
            reference_words: reason.reference_words(),
            reason: reason.reason(),
            text: reason.to_string(),
        }
    }

    /// What is known of it.
    #[inline]
    pub fn facts(&self) -> &Facts {
        &self.facts
    }
}

/// A transaction that was refused.
#[derive(Clone, Debug, PartialEq)]
pub struct RefusedTransaction {
    /// Which.
    pub id: Hash160,
    /// Until when it could have been in a block.
    pub expiration: TimePointSec,
    /// The reference's code.
    pub code: ErrorCode,
    /// What the reference says after the name of the code.
    pub reference_words: String,
    /// `Enum::Variant` of the reason.
    pub reason: &'static str,
    /// The reason in our words.
    pub text: String,
}

/// Finds a transaction by its id among those whose keys are known.
pub type Known<'a> = &'a (dyn Fn(&Hash160) -> Option<Arc<RecoveredTransaction>> + Sync);

/// Some transactions of a block, of which is to be computed what is known without state.
pub struct Part<'a> {
    transactions: &'a [ProcessedTransaction],
    sources: Sources<'a>,
    facts: Vec<Facts>,
}

/// Where what is known of the transactions of a block comes from.
#[derive(Clone, Copy)]
pub struct Sources<'a> {
    /// The chain.
    pub chain_id: &'a Digest<32>,
    /// What is known already.
    pub known: Known<'a>,
    /// What is believed of who signs.
    pub signers: &'a dyn Signers,
}

impl Part<'_> {
    /// Computes it, on whatever thread. The keys of the very same transaction, signatures and all,
    /// are not recovered again.
    pub fn work(&mut self) {
        let Sources { chain_id, known, signers } = self.sources;
        let known = |one: &Arc<SignedTransaction>| match known(&one.id()) {
            Some(known) if known.transaction == *one => Some(known.facts.clone()),
            _ => None,
        };
        let transactions = self.transactions.iter().map(|one| &one.transaction);
        let known: Vec<Option<Facts>> = transactions.clone().map(known).collect();
        let others = transactions.zip(&known).filter(|(_, known)| known.is_none());
        let others: Vec<&SignedTransaction> = others.map(|(one, _)| &**one).collect();
        let mut others = Facts::of_all(&others, chain_id, signers).into_iter();
        self.facts =
            known.into_iter().filter_map(|known| known.or_else(|| others.next())).collect();
    }

    /// What was computed; computes it now if nobody did.
    fn done(mut self) -> Vec<Facts> {
        if self.facts.len() != self.transactions.len() {
            self.work();
        }
        self.facts
    }
}

/// The digest over the transactions of a block.
fn merkle_root(block: &SignedBlock, facts: &[Facts]) -> Hash160 {
    let has_results = block.transactions.iter().any(|one| !one.operation_results.is_empty());
    let known: Option<Vec<[u8; 32]>> = facts.iter().map(Facts::in_block).collect();
    match known {
        Some(digests) if !has_results => merkle_root_of(digests),
        _ => block.merkle_root(),
    }
}

/// Length of a packed block that keeps no results, in bytes.
fn packed_len(header: &SignedHeader, facts: &[Facts]) -> usize {
    let count = VarUint(facts.len() as u64).packed_len();
    let transactions = facts.iter().map(|facts| facts.size.saturating_add(NO_RESULTS));
    let header = header.packed_len().saturating_add(count);
    transactions.fold(header, usize::saturating_add)
}

/// The keys that signed blocks. Where what is believed of their witnesses is right, most of them
/// cost a fraction.
fn signees(blocks: &[SignedBlock], signers: &dyn Signers) -> Vec<Result<PublicKey, KeyError>> {
    let header = |block: &SignedBlock| block.signed_header.header.witness;
    let witnesses: Vec<WitnessId> = blocks.iter().map(header).collect();
    let believed = signers.believed_of_witnesses(&witnesses);
    let claims = blocks.iter().zip(believed).enumerate().filter_map(|(place, (block, key))| {
        let SignedHeader { header, witness_signature } = &block.signed_header;
        let (digest, signature) = (header.digest().0, *witness_signature);
        Some((place, Claim { digest, signature, key: key? }))
    });
    let (places, claims): (Vec<usize>, Vec<Claim>) = claims.unzip();
    let mut keys: Vec<Option<PublicKey>> = blocks.iter().map(|_| None).collect();
    for ((place, claim), is_shown) in places.into_iter().zip(&claims).zip(batch::shown(&claims)) {
        if let Some(key) = keys.get_mut(place).filter(|_| is_shown) {
            *key = Some(claim.key.key());
        }
    }
    let mut learned = Vec::new();
    let mut recover = |(block, key): (&SignedBlock, Option<PublicKey>)| {
        if let Some(key) = key {
            return Ok(key);
        }
        let key = block.signed_header.signee().map_err(KeyError::Signature)?;
        learned.push((header(block), key));
        Ok(key)
    };
    let found = blocks.iter().zip(keys).map(&mut recover).collect();
    signers.learn_of_witnesses(&learned);
    found
}

/// A block whose signatures were turned into keys.
#[derive(Clone, Debug)]
pub struct RecoveredBlock {
    block: SignedBlock,
    id: Hash160,
    size: usize,
    merkle_root: Option<Hash160>,
    signee: Result<PublicKey, KeyError>,
    facts: Vec<Facts>,
}

impl RecoveredBlock {
    /// Computes what is known without state.
    pub fn new(block: SignedBlock, chain_id: &Digest<32>, recover: Recover) -> RecoveredBlock {
        let transactions = block.transactions.iter().map(|processed| &processed.transaction);
        let facts = transactions.map(|one| Facts::of(one, chain_id, recover)).collect();
        Self::of_facts(block, facts, recover)
    }

    /// Computes everything that is known without state.
    pub fn with_signers(
        block: SignedBlock,
        chain_id: &Digest<32>,
        signers: &dyn Signers,
    ) -> RecoveredBlock {
        let transactions = block.transactions.iter().map(|processed| &*processed.transaction);
        let facts = Facts::of_all(&transactions.collect::<Vec<_>>(), chain_id, signers);
        Self::of_facts(block, facts, Recover::Signatures)
    }

    /// The same of several blocks at once.
    pub fn all(
        blocks: Vec<SignedBlock>,
        chain_id: &Digest<32>,
        signers: &dyn Signers,
    ) -> Vec<RecoveredBlock> {
        let transactions = blocks.iter().flat_map(|block| &block.transactions);
        let transactions: Vec<&SignedTransaction> =
            transactions.map(|processed| &*processed.transaction).collect();
        let mut facts = Facts::of_all(&transactions, chain_id, signers).into_iter();
        let signees = signees(&blocks, signers);
        let of_block = |(block, signee): (SignedBlock, _)| {
            let facts = facts.by_ref().take(block.transactions.len()).collect();
            Self::signed(block, facts, signee)
        };
        blocks.into_iter().zip(signees).map(of_block).collect()
    }

    /// Computes everything in parts of so many transactions, which `run` has computed by whatever
    /// threads; what is known already is taken over.
    pub fn in_parts(
        block: SignedBlock,
        sources: Sources<'_>,
        each: NonZeroUsize,
        run: impl FnOnce(&mut [Part<'_>]),
    ) -> RecoveredBlock {
        let parts = block.transactions.chunks(each.get());
        let parts = parts.map(|transactions| Part { transactions, sources, facts: Vec::new() });
        let mut parts: Vec<Part<'_>> = parts.collect();
        run(&mut parts);
        let facts = parts.into_iter().flat_map(Part::done).collect();
        Self::of_facts(block, facts, Recover::Signatures)
    }

    fn of_facts(block: SignedBlock, facts: Vec<Facts>, recover: Recover) -> RecoveredBlock {
        let signee = match recover {
            Recover::Signatures => block.signed_header.signee().map_err(KeyError::Signature),
            Recover::Nothing => Err(KeyError::NotRecovered),
        };
        Self::signed(block, facts, signee)
    }

    fn signed(
        block: SignedBlock,
        facts: Vec<Facts>,
        signee: Result<PublicKey, KeyError>,
    ) -> RecoveredBlock {
        let everything = signee != Err(KeyError::NotRecovered);
        Self {
            id: block.id(),
            size: block.packed_len(),
            merkle_root: everything.then(|| merkle_root(&block, &facts)),
            signee,
            facts,
            block,
        }
    }

    /// The block that a witness makes of transactions that are known, without its signature.
    pub fn unsigned<'a>(
        header: BlockHeader,
        transactions: impl IntoIterator<Item = &'a RecoveredTransaction>,
    ) -> RecoveredBlock {
        let mut block = SignedBlock::default();
        let mut facts = Vec::new();
        for known in transactions {
            let transaction = known.transaction.clone();
            let plain = ProcessedTransaction { transaction, operation_results: Vec::new() };
            block.transactions.push(plain);
            facts.push(known.facts.clone());
        }
        let root = merkle_root(&block, &facts);
        block.signed_header.header = BlockHeader { transaction_merkle_root: root, ..header };
        let signee = Err(KeyError::NotRecovered);
        Self {
            id: block.id(),
            size: packed_len(&block.signed_header, &facts),
            merkle_root: Some(root),
            signee,
            facts,
            block,
        }
    }

    /// The block with a signature, of whomever it may be.
    pub fn with_signature(mut self, signature: Signature) -> RecoveredBlock {
        let header = &mut self.block.signed_header;
        header.witness_signature = signature;
        self.id = header.id();
        self.signee = header.signee().map_err(KeyError::Signature);
        self
    }

    /// The block.
    pub fn block(&self) -> &SignedBlock {
        &self.block
    }

    /// Its id.
    pub fn id(&self) -> Hash160 {
        self.id
    }

    /// Its number.
    pub fn number(&self) -> u32 {
        self.block.block_num()
    }

    /// Refuses what no state could make valid: bad signatures, and transactions that are not valid
    /// in themselves.
    pub fn validate(&self) -> Result<(), Rejected> {
        for facts in &self.facts {
            facts.validate()?;
            facts.keys()?;
        }
        self.signee().map(|_| ())
    }

    /// Whether `key` signed it; refused if no key can be recovered from the signature.
    pub fn signed_by(&self, key: &PublicKey) -> Result<bool, Rejected> {
        Ok(self.signee()? == *key)
    }

    /// The ids of its transactions, in order.
    pub fn transaction_ids(&self) -> impl Iterator<Item = Hash160> {
        self.facts.iter().map(Facts::id)
    }

    /// Its transactions, each with what is known about it, to wait for another block: their keys
    /// are recovered if they were not, because nobody vouches for them then.
    pub fn recovered_transactions(
        &self,
        chain_id: &Digest<32>,
    ) -> impl DoubleEndedIterator<Item = RecoveredTransaction> {
        self.block.transactions.iter().zip(&self.facts).map(move |(processed, facts)| {
            let transaction = processed.transaction.clone();
            let facts = match facts.keys {
                Err(KeyError::NotRecovered) => {
                    Facts::of(&transaction, chain_id, Recover::Signatures)
                }
                _ => facts.clone(),
            };
            RecoveredTransaction { transaction, facts }
        })
    }

    /// Length of the packed block, in bytes.
    pub fn size(&self) -> usize {
        self.size
    }

    /// The digest over its transactions, if it was computed.
    pub fn merkle_root(&self) -> Result<Hash160, Rejected> {
        self.merkle_root.ok_or_else(|| RecoveryRefusal::NotRecovered.into())
    }

    /// The key that signed it.
    pub fn signee(&self) -> Result<PublicKey, Rejected> {
        self.signee.map_err(Into::into)
    }

    /// Its transactions, each with what is known of it.
    pub fn transactions(&self) -> impl Iterator<Item = (&Arc<SignedTransaction>, &Facts)> + Clone {
        self.block.transactions.iter().map(|processed| &processed.transaction).zip(&self.facts)
    }
}
