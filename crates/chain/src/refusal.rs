//! Why a block does not enter the chain, apart from its content.

use carbyne_ledger::ids::WitnessId;
use carbyne_ledger::{ErrorCode, Refusal, code};
use carbyne_wire::{Hash160, TimePointSec};
use std::fmt;

/// Why a block, a transaction or a step back is refused by the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChainRefusal {
    /// The block before is not known.
    Unlinkable {
        /// Id of the block.
        block: Hash160,
        /// Id of the block before.
        previous: Hash160,
    },
    /// The block is older than what is kept for switching forks.
    TooOld {
        /// Number of the block.
        number: u32,
        /// Number of the newest block of the longest branch.
        head: u32,
        /// How many numbers back are kept.
        kept: u32,
    },
    /// The branch of the block parts from the chain below the blocks that can be undone.
    PartsTooDeep {
        /// Id of the block.
        block: Hash160,
        /// How many blocks can be undone.
        undoable: u32,
    },
    /// The block comes before the first slot after the block before it.
    BeforeSlot {
        /// Its time.
        time: TimePointSec,
        /// The first time it could have.
        first: TimePointSec,
    },
    /// The witness was not due.
    WrongWitness {
        /// Who made the block.
        witness: WitnessId,
        /// Who was due.
        scheduled: WitnessId,
    },
    /// The block is not signed by the key of its witness.
    WrongSignature {
        /// Who made the block.
        witness: WitnessId,
    },
    /// There is no block that could be undone.
    NothingToPop,
    /// The transaction is too large to be looked at.
    TransactionTooLarge {
        /// Its size in bytes.
        size: usize,
        /// The limit in bytes.
        limit: usize,
    },
    /// The time asked for is in no slot after the head block.
    NoSlot {
        /// The time.
        time: TimePointSec,
    },
    /// The key is not that of the witness.
    WrongKey {
        /// The witness.
        witness: WitnessId,
    },
}

impl ChainRefusal {
    /// Every reason, as [`Refusal::reason`] writes it.
    pub const ALL: &'static [&'static str] = &[
        "ChainRefusal::Unlinkable",
        "ChainRefusal::TooOld",
        "ChainRefusal::PartsTooDeep",
        "ChainRefusal::BeforeSlot",
        "ChainRefusal::WrongWitness",
        "ChainRefusal::WrongSignature",
        "ChainRefusal::NothingToPop",
        "ChainRefusal::TransactionTooLarge",
        "ChainRefusal::NoSlot",
        "ChainRefusal::WrongKey",
    ];
}

impl fmt::Display for ChainRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unlinkable { .. } => f.write_str("block does not link to known chain"),
            Self::TooOld { number, head, kept } => write!(
                f,
                "attempting to push a block that is too old: {number}, the head is {head}, {kept} are kept"
            ),
            Self::PartsTooDeep { block, undoable } => write!(
                f,
                "the branch of {block} parts below the {undoable} blocks that can be undone"
            ),
            Self::BeforeSlot { time, first } => {
                write!(f, "the block's time {time} is before its first slot at {first}")
            }
            Self::WrongWitness { witness, scheduled } => {
                write!(f, "{witness} instead of {scheduled}: Witness produced block at wrong time")
            }
            Self::WrongSignature { witness } => {
                write!(f, "the block is not signed by the key of {witness}")
            }
            Self::NothingToPop => f.write_str("there is no block that could be undone"),
            Self::TransactionTooLarge { size, limit } => {
                write!(f, "Transaction exceeds maximum transaction size: {size} bytes of {limit}")
            }
            Self::NoSlot { time } => write!(f, "{time} is in no slot after the head block"),
            Self::WrongKey { witness } => write!(f, "this is not the signing key of {witness}"),
        }
    }
}

impl Refusal for ChainRefusal {
    fn code(&self) -> ErrorCode {
        match self {
            Self::Unlinkable { .. } => code::UNLINKABLE_BLOCK,
            _ => code::ASSERT,
        }
    }

    fn reason(&self) -> &'static str {
        match self {
            Self::Unlinkable { .. } => "ChainRefusal::Unlinkable",
            Self::TooOld { .. } => "ChainRefusal::TooOld",
            Self::PartsTooDeep { .. } => "ChainRefusal::PartsTooDeep",
            Self::BeforeSlot { .. } => "ChainRefusal::BeforeSlot",
            Self::WrongWitness { .. } => "ChainRefusal::WrongWitness",
            Self::WrongSignature { .. } => "ChainRefusal::WrongSignature",
            Self::NothingToPop => "ChainRefusal::NothingToPop",
            Self::TransactionTooLarge { .. } => "ChainRefusal::TransactionTooLarge",
            Self::NoSlot { .. } => "ChainRefusal::NoSlot",
            Self::WrongKey { .. } => "ChainRefusal::WrongKey",
        }
    }
}
