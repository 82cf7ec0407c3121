//! Network node: peers. Answers as a reference node whose peer network is off, for this node has
//! none.

use super::{Method, read};
use crate::ApiError;
use crate::refusal::ApiRefusal;
use serde_json::{Value, json};

pub(super) const METHODS: &[Method] = &[
    read(
        "get_info() -> network_info",
        "About the peer network; refused while there is none.",
        |_, _| no_network(),
    ),
    read(
        "add_node(ep: string) -> null",
        "Connects to a peer; does nothing without a peer network.",
        |_, arguments| arguments.get::<String>(0).map(|_| Value::Null),
    ),
    read(
        "get_connected_peers() -> [peer_status]",
        "Peers: none without a peer network.",
        |_, _| Ok(json!([])),
    ),
    read(
        "get_potential_peers() -> [potential_peer_record]",
        "Known addresses: none without a network.",
        |_, _| Ok(json!([])),
    ),
    read(
        "get_advanced_node_parameters() -> network_parameters",
        "Limits of the peer network; refused while there is none.",
        |_, _| no_network(),
    ),
    read(
        "set_advanced_node_parameters(params: network_parameters) -> null",
        "Sets limits of the peer network; refused while there is none.",
        |_, arguments| {
            arguments.raw(0)?;
            no_network()
        },
    ),
];

fn no_network() -> Result<Value, ApiError> {
    Err(ApiRefusal::NoPeers.into())
}
