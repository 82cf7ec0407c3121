//! What a chain opted in to beyond the reference. A chain that did not has no such object.

use carbyne_graph::NoIndex;
use carbyne_protocol::features::{ContractLimits, Family};
use carbyne_protocol::ids::*;
use carbyne_wire::{FlatSet, Wire};

/// Which families of contracts there are, and their limits.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct FeatureSettings {
    /// Id.
    pub id: FeatureSettingsId,
    /// In force.
    pub current: FeatureTerms,
    /// From the next maintenance on.
    pub pending: Option<Box<FeatureTerms>>,
}
object!(FeatureSettings, NoIndex, holds [], concerns []);

/// Which families of contracts there are, and their limits.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct FeatureTerms {
    /// Families that are open.
    pub open: FlatSet<Family>,
    /// Families in which nothing new begins.
    pub paused: FlatSet<Family>,
    /// Limits for new contracts.
    pub limits: ContractLimits,
}

impl FeatureSettings {
    /// The settings of a chain that begins with these families.
    pub fn new(open: FlatSet<Family>) -> Self {
        let current = FeatureTerms { open, ..FeatureTerms::default() };
        Self { id: carbyne_wire::Id(0), current, pending: None }
    }
}
