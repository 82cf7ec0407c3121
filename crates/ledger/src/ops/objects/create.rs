//! Object create: when the state refuses it and what it changes. What it says is
//! [`carbyne_protocol::ops::objects::create`].

use crate::Ledger;
use crate::contracts::within;
use crate::evaluate::{Context, Evaluate};
use crate::features::limits;
use carbyne_objects::OwnedObject;
use carbyne_protocol::Rejected;
use carbyne_protocol::ids::OwnedObjectId;
use carbyne_protocol::ops::OperationResult;
use carbyne_protocol::ops::objects::ObjectCreate;
use carbyne_wire::Bytes;

/// Refuses more data than objects have.
pub(super) fn check_size(ledger: &Ledger, data: &Bytes) -> Result<(), Rejected> {
    within("data", data.0.len() as u64, limits(ledger)?.object_max_bytes)
}

impl Evaluate for ObjectCreate {
    type Plan = ();

    fn check(&self, ledger: &Ledger, _: &Context) -> Result<(), Rejected> {
        check_size(ledger, &self.data)
    }

    fn apply(&self, (): (), ledger: &mut Ledger, _: &Context) -> Result<OperationResult, Rejected> {
        let id: OwnedObjectId = ledger.create(OwnedObject {
            owner: self.owner,
            creator: self.owner,
            kind: self.kind.clone(),
            data: self.data.clone(),
            transferable: self.transferable,
            mutable: self.mutable,
            royalty_bps: self.royalty_bps,
            ..OwnedObject::default()
        });
        Ok(OperationResult::Object(id.into()))
    }
}
