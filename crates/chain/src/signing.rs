//! Who signs blocks: a key that is here, or somebody who is asked. This file must never know where
//! a key is kept, or how it is found out what was signed before.

use carbyne_crypto::{PrivateKey, PublicKey, Signature};
use carbyne_protocol::ids::WitnessId;
use carbyne_protocol::refusals;
use carbyne_protocol::transaction::BlockHeader;
use carbyne_wire::TimePointSec;
use std::fmt::Debug;
use std::sync::Arc;

refusals! {
    /// Why a block is not signed.
    pub enum SigningRefusal {
        /// Two blocks of one slot must never be signed.
        AnotherSigned { witness: WitnessId, time: TimePointSec }:
            "another block of {witness} was signed for the slot at {time}",
        /// What was signed for slots of that time is not known any more.
        Forgotten { witness: WitnessId, time: TimePointSec, known_after: TimePointSec }:
            "a block of {witness} for the slot at {time} may have been signed: what was is known \
             only after {known_after}",
        /// Another node makes the blocks of these keys.
        Leased { holder: String, seconds: u32 }:
            "{holder} makes the blocks, and may do so for {seconds} s from now",
        /// The signer does not have the key.
        NotMyKey: "the signer does not have this key",
        /// The signer gave no answer.
        NoAnswer { reason: String }: "the signer gave no answer: {reason}",
        /// What is to be signed could not be written down.
        NotRecorded { reason: String }:
            "what is to be signed could not be brought to disk: {reason}",
    }
}

/// Whoever signs the headers of blocks with one key. A signature that was given can be used
/// whatever becomes of who asked for it.
pub trait BlockSigner: Debug + Send + Sync {
    /// The key that the signatures are of.
    fn public_key(&self) -> PublicKey;

    /// Says that blocks can be made, and asks whether they would be signed. Called at the begin of
    /// every slot; must not wait for anything.
    fn ready(&self) -> Result<(), SigningRefusal> {
        Ok(())
    }

    /// Signs the digest of a header. May wait, a part of a second at most.
    fn sign_header(&self, header: &BlockHeader) -> Result<Signature, SigningRefusal>;
}

impl BlockSigner for PrivateKey {
    fn public_key(&self) -> PublicKey {
        self.public_key()
    }

    fn sign_header(&self, header: &BlockHeader) -> Result<Signature, SigningRefusal> {
        Ok(self.sign(&header.digest().0))
    }
}

impl<S: BlockSigner + ?Sized> BlockSigner for Arc<S> {
    fn public_key(&self) -> PublicKey {
        (**self).public_key()
    }

    fn ready(&self) -> Result<(), SigningRefusal> {
        (**self).ready()
    }

    fn sign_header(&self, header: &BlockHeader) -> Result<Signature, SigningRefusal> {
        (**self).sign_header(header)
    }
}
