//! What the reference says about chain parameters, genesis and schedule.

use crate::genesis::build::GenesisRefusal;
use crate::schedule::ScheduleRefusal;

reference_words! { GenesisRefusal {
    NoTimestamp => "Must initialize genesis timestamp.",
    UnevenTimestamp { time, interval } =>
        "Genesis timestamp {time} must be divisible by {interval}",
    NoWitnesses => "Cannot start a chain with zero witnesses.",
    TooFewWitnesses { active, candidates } =>
        "{active} witnesses are to be active, there are {candidates}",
    EvenMinimum { minimum } => "the minimum of {minimum} must be odd",
    UnknownAccount { name } => "Unable to find account '{name}' in initial_accounts",
    UnknownAsset { symbol } => "Unable to find asset '{symbol}' in initial_assets",
    Imbalanced { asset, debt, supply } =>
        "Genesis for asset {asset} is not balanced: debt is {debt}, supply is {supply}",
} }

reference_words! { ScheduleRefusal {
    NoInterval => "the block interval is zero",
    NoWitness => "the schedule holds no witness",
} }
