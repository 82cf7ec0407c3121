//! Transactions and blocks: content, ids, digests (reference: `protocol/transaction.hpp`,
//! `protocol/block.hpp`).

use crate::ids::WitnessId;
use crate::ops::{Operation, OperationResult};
use carbyne_crypto::hash::{ripemd160, sha224, sha256};
use carbyne_crypto::{PrivateKey, PublicKey, Signature, SignatureError};
use carbyne_wire::{
    Dialect, Digest, Extensions, Hash160, Json, JsonError, JsonIn, Pack, PackError, Reader,
    TimePointSec, Value, Wire,
};
use smallvec::SmallVec;
use std::sync::Arc;

/// Operations that are applied together or not at all, with the signatures for them.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct SignedTransaction {
    /// Lower 16 bits of the number of a recent block the transaction builds on.
    pub ref_block_num: u16,
    /// The second 32 bits of that block's id.
    pub ref_block_prefix: u32,
    /// After this moment it cannot enter a block.
    pub expiration: TimePointSec,
    /// The operations.
    pub operations: SmallVec<[Operation; 1]>,
    /// No extension is defined.
    pub extensions: Extensions,
    /// Signatures.
    pub signatures: SmallVec<[Signature; 1]>,
}

impl SignedTransaction {
    /// Appends what is signed and hashed: everything but the signatures.
    pub fn pack_unsigned(&self, out: &mut Vec<u8>) {
        self.ref_block_num.pack(out);
        self.ref_block_prefix.pack(out);
        self.expiration.pack(out);
        self.operations.pack(out);
        self.extensions.pack(out);
    }

    /// SHA-256 of the unsigned bytes.
    pub fn digest(&self) -> Digest<32> {
        let mut bytes = Vec::with_capacity(256);
        self.pack_unsigned(&mut bytes);
        Digest(sha256(&bytes))
    }

    /// The first 20 bytes of [`SignedTransaction::digest`].
    pub fn id(&self) -> Hash160 {
        let mut id = [0; 20];
        id.copy_from_slice(&self.digest().0[..20]);
        Digest(id)
    }

    /// What is signed on the chain with that id.
    pub fn sig_digest(&self, chain_id: &Digest<32>) -> Digest<32> {
        let mut bytes = chain_id.0.to_vec();
        self.pack_unsigned(&mut bytes);
        Digest(sha256(&bytes))
    }

    /// Adds a signature.
    pub fn sign(&mut self, key: &PrivateKey, chain_id: &Digest<32>) {
        self.signatures.push(key.sign(&self.sig_digest(chain_id).0));
    }

    /// The keys that signed, in the order of the signatures.
    pub fn signature_keys(&self, chain_id: &Digest<32>) -> Result<Vec<PublicKey>, SignatureError> {
        let digest = self.sig_digest(chain_id).0;
        self.signatures
            .iter()
            .map(|signature| carbyne_crypto::recover(&digest, signature))
            .collect()
    }
}

/// A transaction in a block, with what its operations gave back; the results do not count for
/// consensus.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ProcessedTransaction {
    /// The transaction.
    pub transaction: Arc<SignedTransaction>,
    /// One per operation, or none.
    pub operation_results: Vec<OperationResult>,
}

impl Pack for ProcessedTransaction {
    fn pack(&self, out: &mut Vec<u8>) {
        self.transaction.pack(out);
        self.operation_results.pack(out);
    }
    fn unpack(input: &mut Reader<'_>) -> Result<Self, PackError> {
        let transaction = Pack::unpack(input)?;
        Ok(Self { transaction, operation_results: Pack::unpack(input)? })
    }
}

impl JsonIn for ProcessedTransaction {
    fn to_json_in(&self, dialect: Dialect) -> Value {
        with_member(
            self.transaction.to_json_in(dialect),
            "operation_results",
            self.operation_results.to_json_in(dialect),
        )
    }
    fn from_json_in(value: &Value, dialect: Dialect) -> Result<Self, JsonError> {
        let operation_results = member_in(value, "operation_results", dialect)?;
        Ok(Self { transaction: JsonIn::from_json_in(value, dialect)?, operation_results })
    }
}

/// A member of an object, if it is there.
fn member_in<T: JsonIn + Default>(
    object: &Value,
    name: &str,
    dialect: Dialect,
) -> Result<T, JsonError> {
    let member = object.get(name).map(|member| T::from_json_in(member, dialect)).transpose();
    Ok(member.map_err(|error| error.in_member(name))?.unwrap_or_default())
}

fn with_member(mut object: Value, name: &str, member: Value) -> Value {
    if let Some(members) = object.as_object_mut() {
        members.insert(name.to_owned(), member);
    }
    object
}

/// What a witness signs.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
#[wire(plain)]
pub struct BlockHeader {
    /// Id of the block before.
    pub previous: Hash160,
    /// When the slot of the block began.
    pub timestamp: TimePointSec,
    /// Who made it.
    pub witness: WitnessId,
    /// Digest over its transactions.
    pub transaction_merkle_root: Hash160,
    /// No extension is defined.
    pub extensions: Extensions,
}

impl BlockHeader {
    /// Number of the block: one more than that in the id of the block before.
    pub fn block_num(&self) -> u32 {
        num_from_id(&self.previous).wrapping_add(1)
    }

    /// What the witness signs.
    pub fn digest(&self) -> Digest<32> {
        Digest(sha256(&self.to_bytes()))
    }
}

/// The block number in the first four bytes of a block id.
pub fn num_from_id(id: &Hash160) -> u32 {
    let [a, b, c, d, ..] = id.0;
    u32::from_be_bytes([a, b, c, d])
}

/// The 32 bits of a block id that a transaction names to say which chain it builds on.
pub fn ref_block_prefix(id: &Hash160) -> u32 {
    let [_, _, _, _, a, b, c, d, ..] = id.0;
    u32::from_le_bytes([a, b, c, d])
}

/// A header with the signature of its witness.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SignedHeader {
    /// What is signed.
    pub header: BlockHeader,
    /// Signature of the witness.
    pub witness_signature: Signature,
}

impl SignedHeader {
    /// The block id: SHA-224 of the packed signed header, cut to 20 bytes, the number in the first
    /// four.
    pub fn id(&self) -> Hash160 {
        let hash = sha224(&self.to_bytes());
        let mut id = [0; 20];
        id.copy_from_slice(&hash[..20]);
        id[..4].copy_from_slice(&self.header.block_num().to_be_bytes());
        Digest(id)
    }

    /// The key that signed the header.
    pub fn signee(&self) -> Result<PublicKey, SignatureError> {
        carbyne_crypto::recover(&self.header.digest().0, &self.witness_signature)
    }
}

impl Pack for SignedHeader {
    fn pack(&self, out: &mut Vec<u8>) {
        self.header.pack(out);
        self.witness_signature.pack(out);
    }
    fn unpack(input: &mut Reader<'_>) -> Result<Self, PackError> {
        let header = Pack::unpack(input)?;
        Ok(Self { header, witness_signature: Pack::unpack(input)? })
    }
}

impl JsonIn for SignedHeader {
    fn to_json_in(&self, dialect: Dialect) -> Value {
        let signature = self.witness_signature.to_json_in(dialect);
        with_member(self.header.to_json_in(dialect), "witness_signature", signature)
    }
    fn from_json_in(value: &Value, dialect: Dialect) -> Result<Self, JsonError> {
        let witness_signature = member_in(value, "witness_signature", dialect)?;
        Ok(Self { header: JsonIn::from_json_in(value, dialect)?, witness_signature })
    }
}

impl Json for SignedHeader {}

/// A block.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SignedBlock {
    /// Header and signature.
    pub signed_header: SignedHeader,
    /// Its transactions.
    pub transactions: Vec<ProcessedTransaction>,
}

impl SignedBlock {
    /// The header.
    pub fn header(&self) -> &BlockHeader {
        &self.signed_header.header
    }

    /// Number of the block.
    pub fn block_num(&self) -> u32 {
        self.header().block_num()
    }

    /// Id of the block.
    pub fn id(&self) -> Hash160 {
        self.signed_header.id()
    }

    /// Digest over the transactions: a tree of SHA-256, its root hashed with RIPEMD-160's width of
    /// 20 bytes.
    pub fn merkle_root(&self) -> Hash160 {
        let digests = self.transactions.iter().map(|transaction| sha256(&transaction.to_bytes()));
        merkle_root_of(digests.collect())
    }
}

/// The digest over the transactions with these digests.
pub(crate) fn merkle_root_of(mut level: Vec<[u8; 32]>) -> Hash160 {
    while level.len() > 1 {
        level = level
            .chunks(2)
            .map(|pair| match pair {
                [left, right] => sha256([*left, *right].as_flattened()),
                odd => odd.concat().try_into().unwrap_or_default(),
            })
            .collect();
    }
    level.first().map_or(Digest::default(), |root| Digest(ripemd160(root)))
}

impl Pack for SignedBlock {
    fn pack(&self, out: &mut Vec<u8>) {
        self.signed_header.pack(out);
        self.transactions.pack(out);
    }
    fn unpack(input: &mut Reader<'_>) -> Result<Self, PackError> {
        let signed_header = Pack::unpack(input)?;
        Ok(Self { signed_header, transactions: Pack::unpack(input)? })
    }
}

impl JsonIn for SignedBlock {
    fn to_json_in(&self, dialect: Dialect) -> Value {
        let transactions = self.transactions.to_json_in(dialect);
        with_member(self.signed_header.to_json_in(dialect), "transactions", transactions)
    }
    fn from_json_in(value: &Value, dialect: Dialect) -> Result<Self, JsonError> {
        let transactions = member_in(value, "transactions", dialect)?;
        Ok(Self { signed_header: JsonIn::from_json_in(value, dialect)?, transactions })
    }
}
