//! Network node: peers. A node without a peer network answers as the reference does without one.

use super::{Method, submit};
use crate::view::{NetworkRequest, Submission};

pub(super) const METHODS: &[Method] = &[
    submit(
        "get_info() -> network_info",
        "Where this node listens for peers, and who it is; refused without a peer network.",
        |_| Ok(Submission::Network(NetworkRequest::Info)),
    ),
    submit(
        "add_node(ep: string) -> null",
        "Connects to a peer; does nothing without a peer network.",
        |arguments| Ok(Submission::Network(NetworkRequest::AddNode(arguments.get(0)?))),
    ),
    submit(
        "get_connected_peers() -> [peer_status]",
        "Peers that items are exchanged with: none without a peer network.",
        |_| Ok(Submission::Network(NetworkRequest::Connected)),
    ),
    submit(
        "get_potential_peers() -> [potential_peer_record]",
        "Nodes that were heard of: none without a peer network.",
        |_| Ok(Submission::Network(NetworkRequest::Potential)),
    ),
    submit(
        "get_advanced_node_parameters() -> network_parameters",
        "Limits of the peer network; refused while there is none.",
        |_| Ok(Submission::Network(NetworkRequest::Parameters)),
    ),
    submit(
        "set_advanced_node_parameters(params: network_parameters) -> null",
        "Sets limits of the peer network until the node ends; refused while there is none.",
        |arguments| {
            let parameters = arguments.raw(0)?.clone();
            Ok(Submission::Network(NetworkRequest::SetParameters(parameters)))
        },
    ),
];
